"""The raw upload goes once the asset's fate is recorded, and never before."""

from chassis.database import Transaction
from contracts.events import AssetSubmitted, UploadedFile

DISCARD = "ingest.discard"


async def discard_upload(event: AssetSubmitted, tx: Transaction) -> None:
    """Queued, not done: a file cannot be deleted together with a commit."""
    if isinstance(event.source, UploadedFile):
        asset = str(event.asset_id)
        await tx.enqueue(DISCARD, asset, event.source, group=asset)
