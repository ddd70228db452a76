"""Bringing files in."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect

from gateway.composition import GatewayPart, UserId
from gateway.multipart import MultipartUpload
from gateway.problems import UploadInvalid
from gateway.schemas.assets import AssetView
from gateway.schemas.base import Envelope
from gateway.upload_asset import ROLES, upload_asset

router = APIRouter(tags=["assets"])

# FastAPI would keep the whole form on the disk before we saw a byte of it, so that the body is
# ours to read, and ours to describe.
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                        "role": {"type": "string", "enum": list(ROLES)},
                        "transcript": {
                            "type": "string",
                            "description": "What is said in it, where the creator knows",
                        },
                    },
                }
            }
        },
    }
}


@router.post(
    "/projects/{project_id}/assets/upload", name="upload_asset", status_code=201, openapi_extra=FORM
)
async def upload(
    project_id: UUID, request: Request, user_id: UserId, gateway: GatewayPart
) -> Envelope[AssetView]:
    """Upload one file of any size; what it holds is known once its status is `ingested`."""
    form = MultipartUpload(request.headers.get("content-type", ""), _body(request))
    asset = await upload_asset(gateway.database, gateway.store, user_id, project_id, form)
    return Envelope(data=AssetView.of(asset))


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect as error:
        raise UploadInvalid("The client went away") from error
