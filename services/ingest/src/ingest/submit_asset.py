"""What happens when a creator hands something in."""

from chassis.database import Transaction
from contracts.events import AssetSubmitted, RemoteFile
from ingest import repository
from ingest.problems import UrlNotSupported
from ingest.reject_asset import reject_asset

INGEST = "ingest.asset"


async def submit_asset(event: AssetSubmitted, tx: Transaction) -> None:
    if not await repository.add_asset(tx, event):
        return
    if isinstance(event.source, RemoteFile):
        await reject_asset(event, UrlNotSupported(), tx)
        return
    asset = str(event.asset_id)
    await tx.enqueue(INGEST, asset, event, group=asset)
