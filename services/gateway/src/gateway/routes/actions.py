"""What a creator does with a job that is under way."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway.act_on_storyboard import answered, request_action
from gateway.composition import Gateway, GatewayPart, UserId
from gateway.control_job import cancel_job, retry_outputs
from gateway.job_documents import job_document
from gateway.schemas.base import Envelope
from gateway.schemas.job_views import JobView
from gateway.schemas.jobs import Cancel, JobAction, RetryOutputs, StoryboardAct

router = APIRouter(tags=["jobs"])


@router.post(
    "/jobs/{job_id}/actions",
    name="act_on_job",
    responses={202: {"model": Envelope[JobView], "description": "Asked for, but not done yet"}},
)
async def act(
    job_id: UUID, wanted: JobAction, user_id: UserId, gateway: GatewayPart, response: Response
) -> Envelope[JobView]:
    """Approve, reject or redo a storyboard, retry failed outputs, or cancel.

    What another service carries out is answered when it has: 200, or 202 if that takes longer
    than a few seconds; the job's events tell the rest.
    """
    if not await _carried_out(gateway, user_id, job_id, wanted):
        response.status_code = 202
    async with gateway.database.read() as session:
        return Envelope(data=await job_document(session, user_id, job_id))


async def _carried_out(gateway: Gateway, user_id: UUID, job_id: UUID, wanted: JobAction) -> bool:
    if isinstance(wanted, StoryboardAct):
        return await _ask_and_wait(gateway, user_id, job_id, wanted)
    async with gateway.database.transaction() as tx:
        if isinstance(wanted, RetryOutputs):
            await retry_outputs(tx, user_id, job_id, wanted.output_ids)
        elif isinstance(wanted, Cancel):
            await cancel_job(tx, user_id, job_id)
    return True


async def _ask_and_wait(
    gateway: Gateway, user_id: UUID, job_id: UUID, wanted: StoryboardAct
) -> bool:
    async with gateway.database.transaction() as tx:
        action_id = await request_action(tx, user_id, job_id, wanted)
    seconds = gateway.settings.answer_seconds
    return await answered(gateway.database, gateway.feed, job_id, action_id, seconds)
