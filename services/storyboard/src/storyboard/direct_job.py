"""Directing: from analyses to a storyboard version with its timelines."""

from dataclasses import dataclass

from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.threads import in_thread
from chassis.work import Completion
from contracts.base import ProblemInfo
from contracts.events import Cut, JobRequested, Scene
from contracts.timeline import Timeline
from storyboard import repository
from storyboard.announce import (
    announce_approval,
    announce_failure,
    announce_refusal,
    announce_review,
    as_info,
)
from storyboard.cuts.compose import Shape
from storyboard.cuts.derive import derive
from storyboard.describe import describe
from storyboard.direction import Direction
from storyboard.documents import Findings, Material, load_edit, load_material, store_version
from storyboard.edit import Edit
from storyboard.models import Storyboard
from storyboard.problems import StoryboardUnknown
from storyboard.rules.director import DIRECTOR, direct
from storyboard.rules.redo import redo_all, redo_scene
from storyboard.wishes import Wishes

OLD_STATUS = {
    "reject": "rejected",
    "regenerate_all": "superseded",
    "regenerate_scene": "superseded",
}


@dataclass(frozen=True)
class Directed:
    """A version that is not announced yet."""

    edit: Edit
    edit_key: str
    scenes: tuple[Scene, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class DirectJob:
    """The same job directed twice gives the same documents under the same keys."""

    database: Database
    store: ObjectStore

    async def __call__(self, direction: Direction) -> Completion:
        job, findings, old_key = await self._read(direction)
        material = await load_material(self.store, job, findings)
        old = await load_edit(self.store, old_key) if old_key else None
        edit, scenes, timelines = await in_thread(_think, direction, job, material, old)
        edit_key, cuts = await store_version(
            self.store, direction.job_id, direction.version, edit, timelines
        )
        directed = Directed(edit, edit_key, scenes, cuts)

        async def complete(tx: Transaction) -> None:
            await _conclude(direction, directed, tx)

        return complete

    async def _read(self, direction: Direction) -> tuple[JobRequested, Findings, str | None]:
        async with self.database.read() as session:
            job = await repository.job(session, direction.job_id)
            if job is None or job.request is None:
                raise StoryboardUnknown(job_id=str(direction.job_id))
            findings = await repository.findings(session, job.id)
            old = await repository.storyboard(session, job.id, direction.version - 1)
        return JobRequested.model_validate(job.request), findings, old.edit_key if old else None


Thought = tuple[Edit, tuple[Scene, ...], dict[Shape, Timeline | ProblemInfo]]


def _think(
    direction: Direction, job: JobRequested, material: Material, old: Edit | None
) -> Thought:
    edit = _edit(direction, job, material, old)
    notes = dict.fromkeys([*material.unusable, *edit.notes])
    edit = edit.model_copy(update={"notes": tuple(notes)})
    sources = {one.asset_id: one for one in material.footage}
    scenes = tuple(describe(scene, sources) for scene in edit.scenes)
    return edit, scenes, derive(edit, job, material.footage)


def _edit(direction: Direction, job: JobRequested, material: Material, old: Edit | None) -> Edit:
    footage, feedback = material.footage, direction.feedback
    if old is None:
        return direct(job, footage, Wishes.of_brief(job.brief), version=direction.version)
    if direction.action == "regenerate_scene":
        return redo_scene(job, footage, old, direction.scene_number or 0, feedback)
    return redo_all(job, footage, old, feedback, version=direction.version)


async def _conclude(direction: Direction, directed: Directed, tx: Transaction) -> None:
    """Keep the version and tell of it. A job that was canceled meanwhile is left alone."""
    job = await repository.lock_job(tx, direction.job_id)
    if job is None or job.state != "directing":
        return
    request = JobRequested.model_validate(job.request)
    is_first = direction.action == "direct"
    approved = is_first and request.review == "auto"
    if not is_first:
        await repository.set_status(tx, job.id, job.version, OLD_STATUS[direction.action])
    board = _board(direction, directed, "approved" if approved else "review")
    await repository.add_storyboard(tx, board, directed.scenes)
    job.version, job.state = board.version, board.status
    if approved:
        await announce_approval(job, board, directed.scenes, direction.request_id, tx)
    else:
        await announce_review(board, directed.scenes, direction.request_id, tx)


def _board(direction: Direction, directed: Directed, status: str) -> Storyboard:
    return Storyboard(
        job_id=direction.job_id,
        version=direction.version,
        status=status,
        director=directed.edit.director,
        feedback=direction.feedback,
        edit_key=directed.edit_key,
        cuts=[cut.model_dump(mode="json") for cut in directed.cuts],
        request_id=direction.request_id,
    )


async def give_up(direction: Direction, problem: Problem, tx: Transaction) -> None:
    """A first version that cannot be made fails the job; a new one leaves the old in review."""
    job = await repository.lock_job(tx, direction.job_id)
    if job is None or job.state != "directing":
        return
    if direction.request_id is not None:
        job.state = "review"
        await announce_refusal(job, direction.request_id, problem, tx)
        return
    board = Storyboard(
        job_id=job.id,
        version=direction.version,
        status="failed",
        director=DIRECTOR,
        cuts=[],
        problem=as_info(problem).model_dump(),
    )
    await repository.add_storyboard(tx, board, ())
    job.version, job.state = board.version, "failed"
    await announce_failure(board, problem, tx)
