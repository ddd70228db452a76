"""A creator uploads a file: it streams to the object store, and ingest hears of it."""

import re
from typing import get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from chassis.database import Database
from chassis.ids import uuid7
from chassis.objects import ObjectInfo, ObjectStore
from contracts.events import AssetSubmitted, UploadedFile
from contracts.media import AssetRole
from gateway.models import Asset, Project
from gateway.multipart import FileHeader, MultipartUpload
from gateway.problems import ProjectArchived, RoleInvalid
from gateway.repository import owned

ROLES: tuple[AssetRole, ...] = get_args(AssetRole)
ROLE: TypeAdapter[AssetRole | None] = TypeAdapter(AssetRole | None)
CONTENT_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")


async def upload_asset(
    database: Database,
    store: ObjectStore,
    user_id: UUID,
    project_id: UUID,
    upload: MultipartUpload,
) -> Asset:
    """Return the submitted asset. Nothing stays in the store when anything fails."""
    async with database.read() as session:
        project = await owned(session, Project, user_id, project_id)
    if project.status == "archived":
        raise ProjectArchived(id=str(project_id))
    file = await upload.file()
    _role(upload)
    asset_id = uuid7()
    key = f"uploads/{asset_id}"
    try:
        info = await store.put_stream(key, upload.chunks(), content_type=_content_type(file))
        await upload.read_rest()
        return await _submit(database, project, asset_id, file, upload, info)
    except BaseException:
        await store.delete(key)
        raise


async def _submit(
    database: Database,
    project: Project,
    asset_id: UUID,
    file: FileHeader,
    upload: MultipartUpload,
    info: ObjectInfo,
) -> Asset:
    role = _role(upload)
    async with database.transaction() as tx:
        asset = Asset(
            id=asset_id,
            project_id=project.id,
            user_id=project.user_id,
            name=file.filename,
            role=role,
            content_type=info.content_type,
            storage_path=info.key,
            size_bytes=info.size,
        )
        tx.session.add(asset)
        await tx.session.flush()
        await tx.session.refresh(asset)
        await tx.publish(
            AssetSubmitted(
                asset_id=asset.id,
                project_id=project.id,
                user_id=project.user_id,
                filename=asset.name,
                role=role,
                source=UploadedFile(key=info.key, size_bytes=info.size),
                transcript=upload.fields.get("transcript") or None,
            )
        )
    return asset


def _role(upload: MultipartUpload) -> AssetRole | None:
    """What has been said of the role so far."""
    given = upload.fields.get("role") or None
    try:
        return ROLE.validate_python(given.lower() if given else None)
    except ValidationError as error:
        raise RoleInvalid(f"{given!r} is none of {', '.join(ROLES)}") from error


def _content_type(file: FileHeader) -> str:
    """As the client says, which ingest does not rely on."""
    known = CONTENT_TYPE.match(file.content_type)
    return known[0] if known else "application/octet-stream"
