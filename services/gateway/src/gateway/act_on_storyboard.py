"""A creator approves a storyboard, rejects it, or has scenes redone."""

import time
from uuid import UUID

from sqlalchemy import exists, select

from chassis.database import Database, Transaction
from chassis.ids import uuid7
from contracts.events import StoryboardRequested
from gateway import lifecycle
from gateway.job_feed import JobFeed
from gateway.models import Job, SceneRow, StoryboardAction
from gateway.problems import (
    NotFound,
    StoryboardNotInReview,
    StoryboardRefused,
    StoryboardVersionStale,
)
from gateway.repository import lock_owned_job, storyboard_action, touch
from gateway.schemas.jobs import RegenerateScene, StoryboardAct

ACTIONS = {
    "approve_storyboard": "approve",
    "reject_storyboard": "reject",
    "regenerate_scene": "regenerate_scene",
    "regenerate_all_scenes": "regenerate_all",
}


async def request_action(tx: Transaction, user_id: UUID, job_id: UUID, act: StoryboardAct) -> UUID:
    """Ask the storyboard service; return the id that its answer will carry."""
    job = await lock_owned_job(tx, user_id, job_id)
    await _check(tx, job, act)
    action = StoryboardAction(
        id=uuid7(),
        job_id=job.id,
        action=act.action,
        version=job.storyboard_version,
    )
    tx.session.add(action)
    lifecycle.note_asked(job)
    touch(tx, job)
    await tx.publish(_event(action, act))
    return action.id


async def answered(
    database: Database, feed: JobFeed, job_id: UUID, action_id: UUID, seconds: float
) -> bool:
    """Wait for the answer; False when there is none yet, StoryboardRefused when it is no."""
    deadline = time.monotonic() + seconds
    with feed.watching(job_id) as watch:
        while not await _is_answered(database, action_id):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            await watch.news(left)
    return True


async def _check(tx: Transaction, job: Job, act: StoryboardAct) -> None:
    if job.status != "storyboard_review":
        raise StoryboardNotInReview(f"The job is {job.status}", id=str(job.id))
    if act.version is not None and act.version != job.storyboard_version:
        raise StoryboardVersionStale(f"It is at {job.storyboard_version}", id=str(job.id))
    if isinstance(act, RegenerateScene):
        scene = exists().where(SceneRow.job_id == job.id, SceneRow.scene_number == act.scene_number)
        if not await tx.session.scalar(select(scene)):
            raise NotFound(f"There is no scene {act.scene_number}", id=str(job.id))


def _event(action: StoryboardAction, act: StoryboardAct) -> StoryboardRequested:
    return StoryboardRequested.model_validate(
        {
            "job_id": action.job_id,
            "request_id": action.id,
            "version": action.version,
            "action": ACTIONS[act.action],
            "scene_number": getattr(act, "scene_number", None),
            "feedback": getattr(act, "feedback", ""),
        }
    )


async def _is_answered(database: Database, action_id: UUID) -> bool:
    async with database.read() as session:
        action = await storyboard_action(session, action_id)
    if action is None or action.answered_at is None:
        return False
    if action.error_code:
        raise StoryboardRefused(action.error_message or "", code=action.error_code, status=409)
    return True
