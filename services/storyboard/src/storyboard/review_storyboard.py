"""A creator approves a storyboard, rejects it, or has scenes redone."""

from chassis.database import Transaction
from chassis.errors import Problem
from contracts.events import StoryboardRequested
from storyboard import repository
from storyboard.announce import announce_approval, announce_refusal
from storyboard.direction import Direction
from storyboard.models import Job
from storyboard.problems import NotInReview, SceneNotFound, StaleVersion, StoryboardUnknown
from storyboard.wait_for_assets import direct_next_version


async def review_storyboard(event: StoryboardRequested, tx: Transaction) -> None:
    """Carry out a request once. What cannot be done is answered with a problem."""
    job = await repository.lock_job(tx, event.job_id)
    if job is None or job.version == 0:
        raise StoryboardUnknown(job_id=str(event.job_id))
    if job.state == "canceled" or not await repository.add_request(tx, event):
        return
    try:
        await _check(job, event, tx)
    except Problem as problem:
        await announce_refusal(job, event.request_id, problem, tx)
        return
    if event.action == "approve":
        await _approve(job, event, tx)
    else:
        await direct_next_version(job, _direction(job, event), tx)


async def _check(job: Job, event: StoryboardRequested, tx: Transaction) -> None:
    if event.version != job.version:
        raise StaleVersion(f"it is at version {job.version}, not {event.version}")
    if job.state != "review":
        raise NotInReview(f"version {job.version} is {job.state}")
    if event.action == "regenerate_scene":
        scenes = await repository.scenes(tx.session, job.id, job.version)
        if event.scene_number not in {scene.number for scene in scenes}:
            raise SceneNotFound(f"there is no scene {event.scene_number}, but {len(scenes)}")


async def _approve(job: Job, event: StoryboardRequested, tx: Transaction) -> None:
    job.state = "approved"
    await repository.set_status(tx, job.id, job.version, "approved")
    board = await repository.storyboard(tx.session, job.id, job.version)
    assert board is not None  # noqa: S101  # the job's version names it
    scenes = await repository.scenes(tx.session, job.id, job.version)
    await announce_approval(job, board, scenes, event.request_id, tx)


def _direction(job: Job, event: StoryboardRequested) -> Direction:
    return Direction.model_validate(
        {
            "job_id": job.id,
            "version": job.version + 1,
            "action": event.action,
            "scene_number": event.scene_number,
            "feedback": event.feedback,
            "request_id": event.request_id,
        }
    )
