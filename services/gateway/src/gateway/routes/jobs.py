"""Jobs: asking for cuts, and seeing how far they are."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from gateway.clock import now
from gateway.composition import GatewayPart, UserId
from gateway.control_job import cancel_job
from gateway.job_documents import job_document, project_job_documents
from gateway.models import Project
from gateway.paging import PageWanted, page
from gateway.repository import lock_project, owned
from gateway.request_job import job_of_key, request_job
from gateway.schemas.base import Envelope, Page
from gateway.schemas.job_views import JobView
from gateway.schemas.jobs import NewJob

router = APIRouter(tags=["jobs"])


@router.post(
    "/projects/{project_id}/jobs",
    status_code=201,
    responses={200: {"model": Envelope[JobView], "description": "This key has made it already"}},
)
async def create_job(
    project_id: UUID,
    wanted: NewJob,
    user_id: UserId,
    gateway: GatewayPart,
    response: Response,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> Envelope[JobView]:
    """Have a project's assets cut. The same `Idempotency-Key` makes one job, however often sent."""
    async with gateway.database.transaction() as tx:
        project = await lock_project(tx, user_id, project_id)
        job_id = await job_of_key(tx, project_id, idempotency_key) if idempotency_key else None
        if job_id:
            response.status_code = 200
        else:
            job_id = await request_job(tx, project, wanted, idempotency_key, now())
            await tx.session.flush()
        return Envelope(data=await job_document(tx.session, user_id, job_id))


@router.get("/projects/{project_id}/jobs")
async def list_jobs(
    project_id: UUID, user_id: UserId, gateway: GatewayPart, wanted: PageWanted
) -> Page[JobView]:
    """List a project's jobs, newest first."""
    async with gateway.database.read() as session:
        await owned(session, Project, user_id, project_id)
        jobs = await project_job_documents(session, user_id, project_id, wanted)
    return page(jobs, wanted, lambda job: job)


@router.get("/jobs/{job_id}")
async def read_job(job_id: UUID, user_id: UserId, gateway: GatewayPart) -> Envelope[JobView]:
    """Get one job, with its steps, outputs and scenes."""
    async with gateway.database.read() as session:
        return Envelope(data=await job_document(session, user_id, job_id))


@router.post("/jobs/{job_id}/cancel", name="cancel_job")
async def cancel(job_id: UUID, user_id: UserId, gateway: GatewayPart) -> Envelope[JobView]:
    """Stop a job for good; 409 `job_ended`."""
    async with gateway.database.transaction() as tx:
        await cancel_job(tx, user_id, job_id)
        await tx.session.flush()
        return Envelope(data=await job_document(tx.session, user_id, job_id))
