"""The read model of jobs: what the other services say of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete

from chassis.database import Transaction
from contracts.base import ProblemInfo
from contracts.events import (
    Cut,
    JobProgressed,
    OutputRendered,
    Scene,
    ScenesGenerated,
    StoryboardApproved,
)
from gateway import lifecycle
from gateway.clock import now
from gateway.finish_job import end_job, finish_when_rendered
from gateway.models import Job, Output, SceneRow
from gateway.repository import lock_job, storyboard_action, touch
from gateway.vocabulary import ENDED

UNNAMED = ProblemInfo(code="failed", detail="The reason was not given")


async def progressed(tx: Transaction, event: JobProgressed) -> None:
    job = await lock_job(tx, event.job_id)
    if job is None:
        return
    if event.output_id is None:
        lifecycle.note_progress(job, event.step, event.percent, event.message, now())
    elif output := _output(job, event.output_id):
        lifecycle.note_output_progress(job, output, event.percent, event.message, now())
    touch(tx, job)


async def scenes_generated(tx: Transaction, event: ScenesGenerated) -> None:
    job = await lock_job(tx, event.job_id)
    if job is None:
        return
    problem = (event.problem or UNNAMED) if event.status == "failed" else None
    if event.status != "approved":  # that is answered when there is something to render
        await _answer(tx, event.request_id, problem)
    if problem is None:
        if lifecycle.note_scenes(job, event.version, event.status, event.director, now()):
            await _replace_scenes(tx, job.id, event.scenes)
        touch(tx, job)
    elif event.request_id and job.storyboard_version:
        lifecycle.note_refused(job)
        touch(tx, job)
    else:
        await _fail(tx, job, problem)


async def approved(tx: Transaction, event: StoryboardApproved) -> None:
    job = await lock_job(tx, event.job_id)
    if job is None:
        return
    await _answer(tx, event.request_id, None)
    lifecycle.note_approved(job, now())
    for output in job.outputs:
        _note_cut(job, output, event.cuts)
    await finish_when_rendered(tx, job)
    touch(tx, job)


async def rendered(tx: Transaction, event: OutputRendered) -> None:
    job = await lock_job(tx, event.job_id)
    output = _output(job, event.output_id) if job else None
    if job is None or output is None:
        return
    problem = (event.problem or UNNAMED) if event.status == "failed" else None
    if lifecycle.note_rendered(job, output, problem, now()):
        output.facts = event.facts.model_dump(mode="json") if event.facts else None
        output.artifacts = [artifact.model_dump(mode="json") for artifact in event.artifacts]
    await finish_when_rendered(tx, job)
    touch(tx, job)


def _note_cut(job: Job, output: Output, cuts: Sequence[Cut]) -> None:
    """An output without a timeline has failed before it was rendered."""
    wanted = (output.output_type, output.aspect_ratio)
    cut = next((cut for cut in cuts if (cut.kind, cut.aspect_ratio) == wanted), None)
    if cut and cut.problem:
        lifecycle.note_rendered(job, output, cut.problem, now())


async def _fail(tx: Transaction, job: Job, problem: ProblemInfo) -> None:
    if job.status not in ENDED:
        lifecycle.fail(job, problem, now())
        await end_job(tx, job)


async def _replace_scenes(tx: Transaction, job_id: UUID, scenes: Sequence[Scene]) -> None:
    await tx.session.execute(delete(SceneRow).where(SceneRow.job_id == job_id))
    tx.session.add_all(
        SceneRow(
            id=scene.scene_id,
            job_id=job_id,
            scene_number=scene.number,
            duration_us=scene.duration_us,
            description=scene.description,
            script=scene.script,
            shot_type=scene.shot_type,
            transition=scene.transition,
            assets=[str(asset_id) for asset_id in scene.asset_ids],
            reason=scene.reason,
            details=scene.metadata,
        )
        for scene in scenes
    )


async def _answer(tx: Transaction, request_id: UUID | None, problem: ProblemInfo | None) -> None:
    """Tell whoever waits for this request, on whichever gateway."""
    action = await storyboard_action(tx.session, request_id) if request_id else None
    if action and action.answered_at is None:
        action.answered_at = now()
        action.error_code = problem.code if problem else None
        action.error_message = problem.detail if problem else None


def _output(job: Job, output_id: UUID | None) -> Output | None:
    return next((output for output in job.outputs if output.id == output_id), None)
