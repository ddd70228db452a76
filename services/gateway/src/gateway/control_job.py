"""A creator stops a job, or has failed outputs rendered again."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Transaction
from contracts.events import JobCanceled, OutputsRequested
from gateway import lifecycle
from gateway.clock import now
from gateway.finish_job import end_job
from gateway.models import Job
from gateway.problems import JobEnded, NothingToRetry
from gateway.repository import lock_owned_job, touch
from gateway.request_job import output_spec
from gateway.vocabulary import ENDED


async def cancel_job(tx: Transaction, user_id: UUID, job_id: UUID) -> None:
    job = await lock_owned_job(tx, user_id, job_id)
    if job.status in ENDED:
        raise JobEnded(f"It is {job.status}", id=str(job.id))
    lifecycle.cancel(job, now())
    await end_job(tx, job)
    await tx.cancel_group(str(job.id))
    await tx.publish(JobCanceled(job_id=job.id, reason="asked for by the creator"))


async def retry_outputs(
    tx: Transaction, user_id: UUID, job_id: UUID, output_ids: Sequence[UUID] | None
) -> None:
    job = await lock_owned_job(tx, user_id, job_id)
    outputs = [
        output
        for output in lifecycle.retriable(job)
        if output_ids is None or output.id in output_ids
    ]
    if not outputs:
        raise NothingToRetry(_why(job), id=str(job.id))
    lifecycle.retry(job, outputs)
    touch(tx, job)
    await tx.publish(
        OutputsRequested(job_id=job.id, outputs=tuple(output_spec(output) for output in outputs))
    )


def _why(job: Job) -> str:
    if job.status == "canceled":
        return "The job was canceled"
    if job.storyboard_status != "approved":
        return "There is no approved storyboard to render from"
    return "None of these outputs has failed"
