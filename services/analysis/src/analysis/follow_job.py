"""A job was requested, or canceled: what that means for the analyses of its assets."""

from uuid import UUID

from analysis import repository
from analysis.request_analysis import ANALYSE, URGENT, begin, may_pass
from analysis.tell import tell_jobs
from chassis.database import Transaction
from contracts.events import JobCanceled, JobRequested


async def follow_job(event: JobRequested, tx: Transaction) -> None:
    """Its assets come before those that nobody waits for; what may go well now is tried again."""
    if not await repository.add_job(tx, event):
        return
    for analysis_id in await repository.analyses_of_job(tx.session, event.job_id):
        await _hurry(tx, analysis_id)


async def leave_job(event: JobCanceled, tx: Transaction) -> None:
    """Stop what was analysed for this job alone."""
    await repository.cancel_job(tx, event.job_id)
    for analysis_id in await repository.analyses_of_job(tx.session, event.job_id):
        if not await repository.is_wanted(tx.session, analysis_id):
            await _stop(tx, analysis_id)


async def _stop(tx: Transaction, analysis_id: UUID) -> None:
    """Another job may have asked for it meanwhile: only under the lock can one be sure."""
    key = str(analysis_id)
    stopped = await tx.cancel_group(key)
    await repository.lock_analysis(tx, analysis_id)
    if stopped and not await repository.is_wanted(tx.session, analysis_id):
        await repository.mark(tx, analysis_id, "canceled")
        return
    await tx.reopen_group(key)
    if stopped:
        await tx.requeue(ANALYSE, key)


async def _hurry(tx: Transaction, analysis_id: UUID) -> None:
    analysis = await repository.lock_analysis(tx, analysis_id)
    passing = analysis.status == "failed" and may_pass(analysis)
    if passing or analysis.status in ("queued", "canceled"):
        await begin(tx, analysis, URGENT)
    else:
        await tell_jobs(tx, analysis_id, "analysed")
