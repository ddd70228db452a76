"""What happens when a job ends: its manifest is put together and kept."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.work import Completion, Tasks, Work
from gateway import lifecycle
from gateway.clock import now
from gateway.manifest import job_manifest
from gateway.models import Job, Output, SceneRow
from gateway.repository import job_assets, lock_job, touch

FINISH = "finish_job"

Documents = Mapping[UUID, dict[str, Any]]
"""What render says of its outputs, by their ids."""


def finishing_tasks(database: Database, store: ObjectStore) -> Tasks:
    tasks = Tasks()

    @tasks.on(FINISH, dead=_finish_without_documents)
    async def finish(work: Work) -> Completion:
        job_id, attempt = _subject(work)
        documents = await _read_documents(database, store, job_id)

        async def complete(tx: Transaction) -> None:
            await _finish(tx, job_id, attempt, documents)

        return complete

    return tasks


async def finish_when_rendered(tx: Transaction, job: Job) -> None:
    """End a job of which every output has ended, once there is a manifest; once per attempt."""
    if not lifecycle.is_rendered(job):
        return
    if not any(output.status == "completed" for output in job.outputs):
        lifecycle.finish(job, now())
        await end_job(tx, job)
        return
    lifecycle.note_progress(job, "finalizing", 0, "", now())
    subject = {"job_id": str(job.id), "attempt": job.attempt}
    await tx.enqueue(FINISH, f"{job.id}/{job.attempt}", subject, group=str(job.id))


async def end_job(tx: Transaction, job: Job, documents: Documents | None = None) -> None:
    """Keep the manifest of a job that has just ended."""
    scenes = await tx.session.scalars(
        select(SceneRow).where(SceneRow.job_id == job.id).order_by(SceneRow.scene_number)
    )
    assets = await job_assets(tx.session, job.id)
    job.manifest_json = job_manifest(job, assets, scenes.all(), documents or {})
    touch(tx, job)


async def _finish(tx: Transaction, job_id: UUID, attempt: int, documents: Documents) -> None:
    job = await lock_job(tx, job_id)
    if job is None or job.attempt != attempt or not lifecycle.is_rendered(job):
        return
    lifecycle.finish(job, now())
    await end_job(tx, job, documents)


async def _finish_without_documents(work: Work, _: Problem, tx: Transaction) -> None:
    """The outputs are there all the same: only the manifest lacks the reasons of their cuts."""
    await _finish(tx, *_subject(work), {})


async def _read_documents(database: Database, store: ObjectStore, job_id: UUID) -> Documents:
    async with database.read() as session:
        rows = await session.execute(
            select(Output.id, Output.artifacts).where(Output.job_id == job_id)
        )
        keys = {
            row.id: artifact["key"]
            for row in rows
            for artifact in row.artifacts
            if artifact["kind"] == "manifest"
        }
    raw = await asyncio.gather(*(store.get_bytes(key) for key in keys.values()))
    return dict(zip(keys, map(json.loads, raw), strict=True))


def _subject(work: Work) -> tuple[UUID, int]:
    return UUID(work.payload["job_id"]), int(work.payload["attempt"])
