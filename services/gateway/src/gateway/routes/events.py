"""A job as it goes on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from gateway.composition import GatewayPart, UserId
from gateway.event_stream import job_events
from gateway.job_documents import job_document
from gateway.vocabulary import ENDED

router = APIRouter(tags=["jobs"])


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


STREAM_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


@router.get(
    "/jobs/{job_id}/events",
    response_class=EventStream,
    responses={204: {"description": "The job has ended, and you know all of it"}},
)
async def follow_job(
    job_id: UUID,
    user_id: UserId,
    gateway: GatewayPart,
    last_event_id: Annotated[int | None, Header(description="The revision you have")] = None,
) -> Response:
    """Stream the job: `snapshot` (all of it), `update` (fields that changed), and `end`.

    Each event's id is the job's revision. Comments come as heartbeats.
    """
    async with gateway.database.read() as session:
        job = await job_document(session, user_id, job_id)
    if job.status in ENDED and job.revision == last_event_id:
        return Response(status_code=204)
    return EventStream(job_events(gateway, user_id, job_id, last_event_id), headers=STREAM_HEADERS)
