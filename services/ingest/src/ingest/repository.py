"""Ingest's queries."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import ReadSession, Transaction
from chassis.errors import Problem
from chassis.ids import uuid7
from contracts.events import AssetSubmitted, RemoteFile
from contracts.media import MediaInfo
from ingest.content import Content
from ingest.models import Asset, AssetBlob


async def add_asset(tx: Transaction, event: AssetSubmitted) -> bool:
    """False when it is known already."""
    statement = insert(Asset).values(
        id=event.asset_id,
        project_id=event.project_id,
        user_id=event.user_id,
        filename=event.filename,
        role=event.role,
        source_url=event.source.url if isinstance(event.source, RemoteFile) else None,
    )
    added = await tx.session.scalar(statement.on_conflict_do_nothing().returning(Asset.id))
    return added is not None


async def find_content(session: ReadSession, sha256: str) -> Content | None:
    media = await session.scalar(select(AssetBlob.media).where(AssetBlob.sha256 == sha256))
    return Content(sha256, MediaInfo.model_validate(media)) if media is not None else None


async def add_content(tx: Transaction, content: Content) -> UUID:
    """The id of the content's blob, which another asset may have brought first."""
    statement = insert(AssetBlob).values(
        id=uuid7(),
        sha256=content.sha256,
        object_key=content.object_key,
        thumbnail_key=content.thumbnail_key,
        content_type=content.content_type,
        size_bytes=content.media.size_bytes,
        media=content.media.model_dump(mode="json"),
    )
    await tx.session.execute(statement.on_conflict_do_nothing(index_elements=["sha256"]))
    blob = select(AssetBlob.id).where(AssetBlob.sha256 == content.sha256)
    return (await tx.session.scalars(blob)).one()


async def mark_ingested(tx: Transaction, asset_id: UUID, blob_id: UUID) -> None:
    change = update(Asset).where(Asset.id == asset_id)
    await tx.session.execute(change.values(status="ingested", blob_id=blob_id))


async def mark_rejected(tx: Transaction, asset_id: UUID, problem: Problem) -> None:
    change = update(Asset).where(Asset.id == asset_id)
    await tx.session.execute(
        change.values(status="rejected", problem_code=problem.code, problem_detail=str(problem))
    )
