"""Which event sets off what."""

from chassis.bus import Handlers
from chassis.database import Transaction
from contracts.events import (
    AnalysisDone,
    AssetRejected,
    JobCanceled,
    JobRequested,
    StoryboardRequested,
)
from storyboard.review_storyboard import review_storyboard
from storyboard.wait_for_assets import begin_job, cancel_job, note_finding

handlers = Handlers()


@handlers.on(JobRequested)
async def on_job_requested(event: JobRequested, tx: Transaction) -> None:
    await begin_job(event, tx)


@handlers.on(AnalysisDone)
async def on_analysis_done(event: AnalysisDone, tx: Transaction) -> None:
    await note_finding(event, tx)


@handlers.on(AssetRejected)
async def on_asset_rejected(event: AssetRejected, tx: Transaction) -> None:
    await note_finding(event, tx)


@handlers.on(StoryboardRequested)
async def on_storyboard_requested(event: StoryboardRequested, tx: Transaction) -> None:
    await review_storyboard(event, tx)


@handlers.on(JobCanceled)
async def on_job_canceled(event: JobCanceled, tx: Transaction) -> None:
    await cancel_job(event.job_id, tx)
