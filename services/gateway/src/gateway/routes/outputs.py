"""What a job has made."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from gateway.composition import GatewayPart, UserId
from gateway.output_files import output_files
from gateway.problems import ManifestNotReady
from gateway.repository import job_manifest_of
from gateway.schemas.base import Envelope, Meta, Page
from gateway.schemas.job_views import OutputFiles

router = APIRouter(tags=["outputs"])


@router.get("/jobs/{job_id}/outputs")
async def list_outputs(job_id: UUID, user_id: UserId, gateway: GatewayPart) -> Page[OutputFiles]:
    """List a job's outputs with their files, each behind a signed URL."""
    return Page(data=await output_files(gateway, user_id, job_id), meta=Meta(next_cursor=None))


@router.get("/jobs/{job_id}/manifest")
async def read_manifest(
    job_id: UUID, user_id: UserId, gateway: GatewayPart
) -> Envelope[dict[str, Any]]:
    """Tell what came in, who did what, and why each cut is there; 409 `manifest_not_ready`."""
    async with gateway.database.read() as session:
        manifest = await job_manifest_of(session, user_id, job_id)
    if manifest is None:
        raise ManifestNotReady(id=str(job_id))
    return Envelope(data=manifest)
