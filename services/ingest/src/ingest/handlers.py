"""Which event sets off what."""

from chassis.bus import Handlers
from chassis.database import Transaction
from contracts.events import AssetSubmitted
from ingest.submit_asset import submit_asset

handlers = Handlers()


@handlers.on(AssetSubmitted)
async def on_asset_submitted(event: AssetSubmitted, tx: Transaction) -> None:
    await submit_asset(event, tx)
