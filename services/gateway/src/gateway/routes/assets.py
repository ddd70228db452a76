"""What a project's files are, and what they hold."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse
from sqlalchemy import select

from chassis.objects import ObjectMissing, ObjectStore
from gateway.byte_range import byte_range
from gateway.composition import GatewayPart, UserId
from gateway.models import Asset, Project
from gateway.paging import PageWanted, page
from gateway.problems import AssetNotReady, NotFound
from gateway.repository import owned
from gateway.schemas.assets import AssetView
from gateway.schemas.base import Envelope, Page

router = APIRouter(tags=["assets"])

FILE: dict[str, Any] = {"description": "The file", "content": {"application/octet-stream": {}}}

# Users upload what they like; a browser must not run it as a page of ours.
HARMLESS = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}


@router.get("/projects/{project_id}/assets")
async def list_assets(
    project_id: UUID, user_id: UserId, gateway: GatewayPart, wanted: PageWanted
) -> Page[AssetView]:
    """List a project's assets, newest first."""
    query = select(Asset).where(Asset.project_id == project_id, Asset.user_id == user_id)
    if wanted.cursor:
        query = query.where(Asset.id < wanted.cursor)
    async with gateway.database.read() as session:
        await owned(session, Project, user_id, project_id)
        rows = await session.scalars(query.order_by(Asset.id.desc()).limit(wanted.fetch))
        return page(rows.all(), wanted, AssetView.of)


@router.get("/assets/{asset_id}")
async def read_asset(asset_id: UUID, user_id: UserId, gateway: GatewayPart) -> Envelope[AssetView]:
    """Get one asset."""
    async with gateway.database.read() as session:
        return Envelope(data=AssetView.of(await owned(session, Asset, user_id, asset_id)))


@router.get(
    "/assets/{asset_id}/data",
    response_class=StreamingResponse,
    responses={200: FILE, 206: FILE | {"description": "The bytes asked for"}},
)
async def read_asset_data(
    asset_id: UUID,
    user_id: UserId,
    gateway: GatewayPart,
    requested: Annotated[str | None, Header(alias="range")] = None,
) -> StreamingResponse:
    """Get the file itself, or one range of its bytes (206)."""
    async with gateway.database.read() as session:
        asset = await owned(session, Asset, user_id, asset_id)
    if asset.status in ("submitted", "rejected"):
        raise AssetNotReady(f"It is {asset.status}", id=str(asset_id))
    disposition = f"inline; filename*=utf-8''{quote(asset.name, safe='')}"
    return await _file(
        gateway.store, asset.storage_path, requested, {"content-disposition": disposition}
    )


@router.get("/assets/{asset_id}/thumbnail", response_class=StreamingResponse, responses={200: FILE})
async def read_thumbnail(
    asset_id: UUID, user_id: UserId, gateway: GatewayPart
) -> StreamingResponse:
    """Get a small still picture of it."""
    async with gateway.database.read() as session:
        asset = await owned(session, Asset, user_id, asset_id)
    if asset.thumbnail_path is None:
        raise NotFound("The asset has no thumbnail", id=str(asset_id))
    return await _file(gateway.store, asset.thumbnail_path, None, {})


async def _file(
    store: ObjectStore, key: str, requested: str | None, headers: dict[str, str]
) -> StreamingResponse:
    info = await store.stat(key)
    if info is None:
        raise ObjectMissing(key=key)
    wanted = byte_range(requested, info.size)
    start, end = wanted or (0, info.size)
    headers |= {"accept-ranges": "bytes", "content-length": str(end - start), **HARMLESS}
    if wanted:
        headers["content-range"] = f"bytes {start}-{end - 1}/{info.size}"
    return StreamingResponse(
        store.stream(key, start=start, end=end),
        206 if wanted else 200,
        media_type=info.content_type,
        headers=headers,
    )
