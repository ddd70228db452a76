"""The storyboard service's queries."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import ReadSession, Transaction
from contracts.events import AnalysisDone, AssetRejected, JobRequested, Scene, StoryboardRequested
from storyboard.models import (
    AssetFinding,
    Job,
    JobAsset,
    JobScene,
    Storyboard,
    StoryboardRequest,
)

# An event that tells of an asset and one that begins to wait for it may come at the same time:
# each must see what the other wrote, so they take turns, asset by asset.
LOCK_ASSETS = text("""
    SELECT pg_advisory_xact_lock(hashtext('asset'), hash) FROM (
        SELECT DISTINCT hashtext(id) AS hash FROM unnest(CAST(:ids AS text[])) AS id
        ORDER BY hash
    ) AS hashes
""")


async def take_turns_on(tx: Transaction, asset_ids: Iterable[UUID]) -> None:
    await tx.session.execute(LOCK_ASSETS, {"ids": [str(asset_id) for asset_id in asset_ids]})


async def add_job(tx: Transaction, event: JobRequested, asset_ids: Iterable[UUID]) -> bool:
    """False when it is known already, or was canceled before it was requested."""
    statement = insert(Job).values(id=event.job_id, request=event.model_dump(mode="json"))
    added = await tx.session.scalar(statement.on_conflict_do_nothing().returning(Job.id))
    if added is None:
        return False
    tx.session.add_all(JobAsset(job_id=event.job_id, asset_id=asset_id) for asset_id in asset_ids)
    await tx.session.flush()
    return True


async def cancel_job(tx: Transaction, job_id: UUID) -> None:
    """Known or not: what is requested later stays canceled."""
    statement = insert(Job).values(id=job_id, state="canceled")
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={"state": "canceled", "updated_at": func.now()}
        )
    )


async def lock_job(tx: Transaction, job_id: UUID) -> Job | None:
    query = select(Job).where(Job.id == job_id).with_for_update()
    return (await tx.session.scalars(query)).one_or_none()


async def lock_jobs_waiting_for(tx: Transaction, asset_id: UUID) -> Sequence[Job]:
    needs_it = exists().where(JobAsset.job_id == Job.id, JobAsset.asset_id == asset_id)
    query = select(Job).where(Job.state == "waiting", needs_it).order_by(Job.id).with_for_update()
    return (await tx.session.scalars(query)).all()


async def is_waiting_for_assets(tx: Transaction, job_id: UUID) -> bool:
    found = exists().where(AssetFinding.asset_id == JobAsset.asset_id)
    query = select(JobAsset.asset_id).where(JobAsset.job_id == job_id, ~found).limit(1)
    return await tx.session.scalar(query) is not None


async def put_finding(tx: Transaction, event: AnalysisDone | AssetRejected) -> None:
    values = {"topic": event.topic, "event": event.model_dump(mode="json")}
    statement = insert(AssetFinding).values(asset_id=event.asset_id, **values)
    changed = {**values, "updated_at": func.now()}
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["asset_id"], set_=changed)
    )


async def findings(session: ReadSession, job_id: UUID) -> dict[UUID, AnalysisDone | AssetRejected]:
    """What came of each of a job's assets."""
    waits = exists().where(JobAsset.job_id == job_id, JobAsset.asset_id == AssetFinding.asset_id)
    rows = await session.scalars(select(AssetFinding).where(waits))
    models: dict[str, type[AnalysisDone] | type[AssetRejected]] = {
        AnalysisDone.topic: AnalysisDone,
        AssetRejected.topic: AssetRejected,
    }
    return {row.asset_id: models[row.topic].model_validate(row.event) for row in rows}


async def job(session: ReadSession, job_id: UUID) -> Job | None:
    return await session.get(Job, job_id)


async def storyboard(session: ReadSession, job_id: UUID, version: int) -> Storyboard | None:
    query = select(Storyboard).where(Storyboard.job_id == job_id, Storyboard.version == version)
    return (await session.scalars(query)).one_or_none()


async def add_storyboard(tx: Transaction, board: Storyboard, scenes: Iterable[Scene]) -> None:
    tx.session.add(board)
    await tx.session.flush()
    tx.session.add_all(
        JobScene(
            id=scene.scene_id,
            version=board.version,
            storyboard_id=board.id,
            job_id=board.job_id,
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


async def set_status(tx: Transaction, job_id: UUID, version: int, status: str) -> None:
    which = (Storyboard.job_id == job_id, Storyboard.version == version)
    await tx.session.execute(update(Storyboard).where(*which).values(status=status))


async def scenes(session: ReadSession, job_id: UUID, version: int) -> tuple[Scene, ...]:
    query = select(JobScene).where(JobScene.job_id == job_id, JobScene.version == version)
    rows = await session.scalars(query.order_by(JobScene.scene_number))
    return tuple(
        Scene(
            scene_id=row.id,
            number=row.scene_number,
            duration_us=row.duration_us,
            description=row.description,
            script=row.script,
            shot_type=row.shot_type,
            transition=row.transition,
            asset_ids=tuple(UUID(asset_id) for asset_id in row.assets),
            reason=row.reason,
            metadata=row.details,
        )
        for row in rows
    )


async def add_request(tx: Transaction, event: StoryboardRequested) -> bool:
    """False when it was asked before."""
    statement = insert(StoryboardRequest).values(
        id=event.request_id,
        job_id=event.job_id,
        version=event.version,
        action=event.action,
        scene_number=event.scene_number,
        feedback=event.feedback,
    )
    statement = statement.on_conflict_do_nothing()
    return await tx.session.scalar(statement.returning(StoryboardRequest.id)) is not None
