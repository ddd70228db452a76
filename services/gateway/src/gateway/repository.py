"""The gateway's queries. Every one that answers a client is scoped to that client's user."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import selectinload

from chassis.database import ReadSession, Transaction
from gateway.job_feed import CHANNEL
from gateway.models import Asset, Job, JobAsset, Project, StoryboardAction
from gateway.problems import NotFound
from gateway.vocabulary import ENDED

Owned = TypeVar("Owned", Project, Asset, Job)

WITH_PARTS = (selectinload(Job.steps), selectinload(Job.outputs))


async def owned(session: ReadSession, kind: type[Owned], user_id: UUID, thing_id: UUID) -> Owned:
    """Raise NotFound, also for what is someone else's."""
    thing: Owned | None = await session.scalar(
        select(kind).where(kind.id == thing_id, kind.user_id == user_id)
    )
    if thing is None:
        raise NotFound(id=str(thing_id))
    return thing


async def lock_project(tx: Transaction, user_id: UUID, project_id: UUID) -> Project:
    """For one transaction at a time, so that two requests with one key cannot pass each other."""
    project: Project | None = await tx.session.scalar(
        select(Project)
        .where(Project.id == project_id, Project.user_id == user_id)
        .with_for_update(key_share=True)
    )
    if project is None:
        raise NotFound(id=str(project_id))
    return project


async def lock_assets(tx: Transaction, project_id: UUID) -> Sequence[Asset]:
    """A project's assets, oldest first; locked, so that a job that begins now misses no news."""
    assets = await tx.session.scalars(
        select(Asset)
        .where(Asset.project_id == project_id)
        .order_by(Asset.id)
        .with_for_update(read=True)
    )
    return assets.all()


async def lock_asset(tx: Transaction, asset_id: UUID) -> Asset | None:
    asset: Asset | None = await tx.session.scalar(
        select(Asset).where(Asset.id == asset_id).with_for_update(key_share=True)
    )
    return asset


async def lock_job(tx: Transaction, job_id: UUID) -> Job | None:
    """The job with its steps and outputs, for one transaction at a time."""
    return await _lock(tx, select(Job).where(Job.id == job_id))


async def lock_owned_job(tx: Transaction, user_id: UUID, job_id: UUID) -> Job:
    job = await _lock(tx, select(Job).where(Job.id == job_id, Job.user_id == user_id))
    if job is None:
        raise NotFound(id=str(job_id))
    return job


async def lock_jobs_with(tx: Transaction, asset_id: UUID) -> Sequence[Job]:
    """The jobs under way that work with an asset."""
    uses = exists().where(JobAsset.job_id == Job.id, JobAsset.asset_id == asset_id)
    jobs = await tx.session.scalars(
        select(Job)
        .where(uses, Job.status.not_in(ENDED))
        .order_by(Job.id)
        .options(*WITH_PARTS)
        .with_for_update(of=Job)
    )
    return jobs.all()


async def asset_statuses(tx: Transaction, job_id: UUID) -> Sequence[str]:
    statuses = await tx.session.scalars(
        select(Asset.status)
        .join(JobAsset, JobAsset.asset_id == Asset.id)
        .where(JobAsset.job_id == job_id)
    )
    return statuses.all()


async def job_assets(session: ReadSession, job_id: UUID) -> Sequence[Asset]:
    assets = await session.scalars(
        select(Asset)
        .join(JobAsset, JobAsset.asset_id == Asset.id)
        .where(JobAsset.job_id == job_id)
        .order_by(JobAsset.position)
    )
    return assets.all()


async def storyboard_action(session: ReadSession, action_id: UUID) -> StoryboardAction | None:
    return await session.get(StoryboardAction, action_id)


async def job_manifest_of(
    session: ReadSession, user_id: UUID, job_id: UUID
) -> dict[str, Any] | None:
    """None while the job goes on."""
    row = (
        await session.execute(
            select(Job.manifest_json, Job.status).where(Job.id == job_id, Job.user_id == user_id)
        )
    ).first()
    if row is None:
        raise NotFound(id=str(job_id))
    return row.manifest_json if row.status in ENDED else None


def touch(tx: Transaction, job: Job) -> None:
    """Call last: a job that changed gets a new revision, and who watches it hears of it."""
    rows = (job, *job.steps, *job.outputs)
    if any(tx.session.is_modified(row) for row in rows):
        job.revision += 1
        tx.wake(CHANNEL)


async def _lock(tx: Transaction, query: Select[Job]) -> Job | None:
    """From here on nothing is flushed before the end: `touch` could not see it any more."""
    tx.session.sync_session.autoflush = False
    job: Job | None = await tx.session.scalar(query.options(*WITH_PARTS).with_for_update(of=Job))
    return job
