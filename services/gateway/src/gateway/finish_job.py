"""What happens when a job ends: its manifest is put together and kept."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.work import Completion, Tasks, Work
from contracts.timeline import Timeline
from gateway import lifecycle
from gateway.clock import now
from gateway.manifest import job_manifest
from gateway.models import Job, Output, SceneRow
from gateway.repository import job_assets, lock_job, touch

FINISH = "finish_job"

Timelines = Mapping[UUID, Timeline]
"""The timelines that were cut, by output id."""


def finishing_tasks(database: Database, store: ObjectStore) -> Tasks:
    tasks = Tasks()

    @tasks.on(FINISH, dead=_finish_without_timelines)
    async def finish(work: Work) -> Completion:
        job_id, attempt = _subject(work)
        timelines = await _read_timelines(database, store, job_id)

        async def complete(tx: Transaction) -> None:
            await _finish(tx, job_id, attempt, timelines)

        return complete

    return tasks


async def finish_when_rendered(tx: Transaction, job: Job) -> None:
    """Queue the end of a job of which every output has ended; once per attempt."""
    if lifecycle.is_rendered(job):
        lifecycle.note_progress(job, "finalizing", 0, "", now())
        key = f"{job.id}/{job.attempt}"
        await tx.enqueue(
            FINISH, key, {"job_id": str(job.id), "attempt": job.attempt}, group=str(job.id)
        )


async def end_job(tx: Transaction, job: Job, timelines: Timelines | None = None) -> None:
    """Keep the manifest of a job that has just ended."""
    scenes = await tx.session.scalars(
        select(SceneRow).where(SceneRow.job_id == job.id).order_by(SceneRow.scene_number)
    )
    assets = await job_assets(tx.session, job.id)
    job.manifest_json = job_manifest(job, assets, scenes.all(), timelines or {})
    touch(tx, job)


async def _finish(tx: Transaction, job_id: UUID, attempt: int, timelines: Timelines) -> None:
    job = await lock_job(tx, job_id)
    if job is None or job.attempt != attempt or not lifecycle.is_rendered(job):
        return
    lifecycle.finish(job, now())
    await end_job(tx, job, timelines)


async def _finish_without_timelines(work: Work, _: Problem, tx: Transaction) -> None:
    """The outputs are there all the same: only the manifest lacks the reasons of their cuts."""
    await _finish(tx, *_subject(work), {})


async def _read_timelines(database: Database, store: ObjectStore, job_id: UUID) -> Timelines:
    async with database.read() as session:
        outputs = await session.scalars(
            select(Output).where(
                Output.job_id == job_id,
                Output.status == "completed",
                Output.timeline_path.is_not(None),
            )
        )
        paths = {output.id: str(output.timeline_path) for output in outputs}
    documents = await asyncio.gather(*(store.get_bytes(path) for path in paths.values()))
    return {
        output_id: Timeline.model_validate_json(document)
        for output_id, document in zip(paths, documents, strict=True)
    }


def _subject(work: Work) -> tuple[UUID, int]:
    return UUID(work.payload["job_id"]), int(work.payload["attempt"])
