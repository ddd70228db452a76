"""What each event means for what clients see."""

from chassis.bus import Handlers
from chassis.database import Transaction
from contracts.events import (
    AnalysisDone,
    AssetIngested,
    AssetRejected,
    JobProgressed,
    OutputRendered,
    ScenesGenerated,
    StoryboardApproved,
)
from gateway import follow_assets, follow_jobs

handlers = Handlers()


@handlers.on(AssetIngested)
async def on_ingested(event: AssetIngested, tx: Transaction) -> None:
    await follow_assets.ingested(tx, event)


@handlers.on(AssetRejected)
async def on_rejected(event: AssetRejected, tx: Transaction) -> None:
    await follow_assets.rejected(tx, event.asset_id, event.problem)


@handlers.on(AnalysisDone)
async def on_analysed(event: AnalysisDone, tx: Transaction) -> None:
    if event.problem:
        await follow_assets.rejected(tx, event.asset_id, event.problem)
    else:
        await follow_assets.analysed(tx, event)


@handlers.on(JobProgressed)
async def on_progress(event: JobProgressed, tx: Transaction) -> None:
    await follow_jobs.progressed(tx, event)


@handlers.on(ScenesGenerated)
async def on_scenes(event: ScenesGenerated, tx: Transaction) -> None:
    await follow_jobs.scenes_generated(tx, event)


@handlers.on(StoryboardApproved)
async def on_approved(event: StoryboardApproved, tx: Transaction) -> None:
    await follow_jobs.approved(tx, event)


@handlers.on(OutputRendered)
async def on_rendered(event: OutputRendered, tx: Transaction) -> None:
    await follow_jobs.rendered(tx, event)
