"""The read model of assets, and what their news means for the jobs that use them."""

from decimal import Decimal
from uuid import UUID

from chassis.database import Transaction
from contracts.base import ProblemInfo
from contracts.events import AnalysisDone, AssetIngested
from contracts.media import MediaInfo
from gateway import lifecycle
from gateway.clock import now
from gateway.models import Asset
from gateway.repository import asset_statuses, lock_asset, lock_jobs_with, touch

FINAL = frozenset({"analysed", "rejected"})


async def ingested(tx: Transaction, event: AssetIngested) -> None:
    asset = await lock_asset(tx, event.asset_id)
    if asset is None:
        return
    asset.thumbnail_path = event.thumbnail_key
    _take_facts(asset, event.object_key, event.sha256, event.media)
    if asset.status == "submitted":
        asset.status = "ingested"
        await _tell_jobs(tx, asset)


async def analysed(tx: Transaction, event: AnalysisDone) -> None:
    asset = await lock_asset(tx, event.asset_id)
    if asset is None or asset.status in FINAL:
        return
    _take_facts(asset, event.object_key, event.sha256, event.media)
    asset.status = "analysed"
    await _tell_jobs(tx, asset)


async def rejected(tx: Transaction, asset_id: UUID, problem: ProblemInfo) -> None:
    asset = await lock_asset(tx, asset_id)
    if asset is None or asset.status in FINAL:
        return
    asset.status = "rejected"
    asset.error_code, asset.error_message = problem.code, problem.detail
    await _tell_jobs(tx, asset)


def _take_facts(asset: Asset, key: str, sha256: str, media: MediaInfo) -> None:
    asset.storage_path, asset.sha256 = key, sha256
    asset.type, asset.size_bytes = media.kind, media.size_bytes
    asset.duration_us = media.duration_us
    asset.media = media.model_dump(mode="json")
    if media.video:
        asset.width, asset.height = media.video.width, media.video.height
        rate = media.video.rate
        asset.fps = round(Decimal(rate.numerator) / rate.denominator, 4)


async def _tell_jobs(tx: Transaction, asset: Asset) -> None:
    await tx.session.flush()
    for job in await lock_jobs_with(tx, asset.id):
        lifecycle.note_assets(job, await asset_statuses(tx, job.id), now())
        touch(tx, job)
