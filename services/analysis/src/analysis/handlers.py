"""Which event sets off what."""

from analysis.follow_job import follow_job, leave_job
from analysis.request_analysis import request_analysis
from chassis.bus import Handlers
from chassis.database import Transaction
from contracts.events import AssetIngested, JobCanceled, JobRequested


def make_handlers(version: str) -> Handlers:
    """`version` is that of the analyser that this service runs."""
    handlers = Handlers()

    @handlers.on(AssetIngested)
    async def on_asset_ingested(event: AssetIngested, tx: Transaction) -> None:
        await request_analysis(event, version, tx)

    @handlers.on(JobRequested)
    async def on_job_requested(event: JobRequested, tx: Transaction) -> None:
        await follow_job(event, tx)

    @handlers.on(JobCanceled)
    async def on_job_canceled(event: JobCanceled, tx: Transaction) -> None:
        await leave_job(event, tx)

    return handlers
