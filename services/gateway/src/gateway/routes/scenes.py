"""The storyboard, as a person reads it."""

from uuid import UUID

from fastapi import APIRouter

from gateway.composition import GatewayPart, UserId
from gateway.job_documents import job_document
from gateway.problems import NotFound
from gateway.schemas.base import Envelope, Meta, Page
from gateway.schemas.job_views import SceneView

router = APIRouter(tags=["scenes"])


@router.get("/jobs/{job_id}/scenes")
async def list_scenes(job_id: UUID, user_id: UserId, gateway: GatewayPart) -> Page[SceneView]:
    """List all scenes of the newest version, in order."""
    async with gateway.database.read() as session:
        job = await job_document(session, user_id, job_id)
    return Page(data=job.scenes, meta=Meta(next_cursor=None))


@router.get("/jobs/{job_id}/scenes/{scene_number}")
async def read_scene(
    job_id: UUID, scene_number: int, user_id: UserId, gateway: GatewayPart
) -> Envelope[SceneView]:
    """Get one scene."""
    async with gateway.database.read() as session:
        job = await job_document(session, user_id, job_id)
    for scene in job.scenes:
        if scene.scene_number == scene_number:
            return Envelope(data=scene)
    raise NotFound(f"There is no scene {scene_number}", id=str(job_id))
