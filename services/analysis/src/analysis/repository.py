"""Analysis's queries.

Who changes work and an analysis in one transaction touches the work first, as the end of an
attempt does: so nobody waits in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarResult, Select, case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from analysis.models import AnalysedAsset, AnalysisRow, Job, JobAsset
from chassis.database import ReadSession, Transaction
from chassis.errors import Problem
from chassis.ids import uuid7
from contracts.events import AssetIngested, JobRequested

ENDED = ("done", "failed")


@dataclass(frozen=True)
class JobShare:
    """How far a job's assets are, and the name of the one that this is about."""

    job_id: UUID
    percent: int
    filename: str


async def add_analysis(
    tx: Transaction, event: AssetIngested, version: str, transcript_hash: str
) -> AnalysisRow:
    """The analysis of a content, locked; new if there is none yet."""
    identity = {
        "sha256": event.sha256,
        "analyser_version": version,
        "transcript_hash": transcript_hash,
    }
    statement = insert(AnalysisRow).values(
        id=uuid7(),
        transcript=event.transcript,
        object_key=event.object_key,
        media=event.media.model_dump(mode="json"),
        **identity,
    )
    await tx.session.execute(statement.on_conflict_do_nothing(index_elements=list(identity)))
    known = select(AnalysisRow).filter_by(**identity).with_for_update()
    return (await tx.session.scalars(known)).one()


async def add_asset(tx: Transaction, event: AssetIngested, analysis_id: UUID) -> None:
    statement = insert(AnalysedAsset).values(
        asset_id=event.asset_id, analysis_id=analysis_id, filename=event.filename
    )
    changed = {"analysis_id": analysis_id, "filename": event.filename}
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["asset_id"], set_=changed)
    )


async def add_job(tx: Transaction, event: JobRequested) -> bool:
    """Remember a job and its assets. False when it has been canceled already."""
    job = insert(Job).values(job_id=event.job_id).on_conflict_do_nothing()
    await tx.session.execute(job)
    known = select(Job.canceled).where(Job.job_id == event.job_id).with_for_update()
    if await tx.session.scalar(known):
        return False
    rows = [{"job_id": event.job_id, "asset_id": asset.asset_id} for asset in event.assets]
    if rows:
        await tx.session.execute(insert(JobAsset).values(rows).on_conflict_do_nothing())
    return True


async def cancel_job(tx: Transaction, job_id: UUID) -> None:
    statement = insert(Job).values(job_id=job_id, canceled=True)
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["job_id"], set_={"canceled": True})
    )


async def get_analysis(session: ReadSession, analysis_id: UUID) -> AnalysisRow:
    found: ScalarResult[AnalysisRow] = await session.scalars(_analysis(analysis_id))
    return found.one()


async def lock_analysis(tx: Transaction, analysis_id: UUID) -> AnalysisRow:
    statement = _analysis(analysis_id).with_for_update()
    return (await tx.session.scalars(statement.execution_options(populate_existing=True))).one()


async def analyses_of_job(session: ReadSession, job_id: UUID) -> Sequence[UUID]:
    """Of the job's assets that have come in, ordered."""
    statement = (
        select(AnalysedAsset.analysis_id)
        .join(JobAsset, JobAsset.asset_id == AnalysedAsset.asset_id)
        .where(JobAsset.job_id == job_id)
        .distinct()
        .order_by(AnalysedAsset.analysis_id)
    )
    return (await session.scalars(statement)).all()


async def is_wanted(session: ReadSession, analysis_id: UUID) -> bool:
    """Whether a live job waits for it, or an asset that no job has asked for yet."""
    jobs = exists().where(JobAsset.asset_id == AnalysedAsset.asset_id)
    statement = select(AnalysedAsset.asset_id).where(
        AnalysedAsset.analysis_id == analysis_id, ~jobs | jobs.where(_is_live())
    )
    return await session.scalar(statement.limit(1)) is not None


async def has_job(session: ReadSession, asset_id: UUID) -> bool:
    statement = select(JobAsset.job_id).where(JobAsset.asset_id == asset_id, _is_live())
    return await session.scalar(statement.limit(1)) is not None


async def assets_of(session: ReadSession, analysis_id: UUID) -> Sequence[AnalysedAsset]:
    statement = select(AnalysedAsset).where(AnalysedAsset.analysis_id == analysis_id)
    return (await session.scalars(statement.order_by(AnalysedAsset.asset_id))).all()


async def mark(tx: Transaction, analysis_id: UUID, status: str) -> None:
    """Queued or canceled: nothing is known of its result then."""
    change = update(AnalysisRow).where(AnalysisRow.id == analysis_id)
    nothing = {"percent": 0, "problem_code": None, "problem_detail": None}
    await tx.session.execute(change.values(status=status, **nothing))


async def mark_done(tx: Transaction, analysis_id: UUID, key: str) -> None:
    change = update(AnalysisRow).where(AnalysisRow.id == analysis_id)
    await tx.session.execute(change.values(status="done", percent=100, analysis_key=key))


async def mark_failed(tx: Transaction, analysis_id: UUID, problem: Problem) -> None:
    change = update(AnalysisRow).where(AnalysisRow.id == analysis_id)
    await tx.session.execute(
        change.values(status="failed", problem_code=problem.code, problem_detail=str(problem))
    )


async def note_progress(tx: Transaction, analysis_id: UUID, percent: int) -> None:
    change = update(AnalysisRow).where(
        AnalysisRow.id == analysis_id, AnalysisRow.status == "queued"
    )
    await tx.session.execute(change.values(percent=percent))


async def shares_of_jobs(session: ReadSession, analysis_id: UUID) -> list[JobShare]:
    """For each live job that uses this analysis, how far all of its assets are."""
    this = AnalysedAsset.analysis_id == analysis_id
    concerned = select(JobAsset.job_id).join(
        AnalysedAsset, AnalysedAsset.asset_id == JobAsset.asset_id
    )
    done = case((AnalysisRow.status.in_(ENDED), 100), else_=func.coalesce(AnalysisRow.percent, 0))
    statement = (
        select(
            JobAsset.job_id,
            func.avg(done).label("percent"),
            func.min(AnalysedAsset.filename).filter(this).label("filename"),
        )
        .outerjoin(AnalysedAsset, AnalysedAsset.asset_id == JobAsset.asset_id)
        .outerjoin(AnalysisRow, AnalysisRow.id == AnalysedAsset.analysis_id)
        .where(JobAsset.job_id.in_(concerned.where(this, _is_live())))
        .group_by(JobAsset.job_id)
    )
    rows = (await session.execute(statement)).mappings()
    return [JobShare(row["job_id"], int(row["percent"]), row["filename"]) for row in rows]


def _analysis(analysis_id: UUID) -> Select[AnalysisRow]:
    return select(AnalysisRow).where(AnalysisRow.id == analysis_id)


def _is_live() -> ColumnElement[bool]:
    """Whether a row of job_assets belongs to a job that goes on."""
    return JobAsset.job_id.in_(select(Job.job_id).where(~Job.canceled))
