"""A job waits until it is known of each of its assets what is in it; then it is directed."""

from uuid import UUID

from chassis.database import Transaction
from contracts.events import AnalysisDone, AssetRejected, JobProgressed, JobRequested
from storyboard import repository
from storyboard.direction import DIRECT, Direction
from storyboard.models import Job


async def begin_job(event: JobRequested, tx: Transaction) -> None:
    assets = {asset.asset_id for asset in event.assets}
    if event.music.asset_id:
        assets.add(event.music.asset_id)
    await repository.take_turns_on(tx, assets)
    if await repository.add_job(tx, event, sorted(assets)):
        job = await repository.lock_job(tx, event.job_id)
        assert job is not None  # noqa: S101  # it was added just now
        await _direct_when_ready(job, tx)


async def note_finding(event: AnalysisDone | AssetRejected, tx: Transaction) -> None:
    """What came of an asset. The last word counts, in whatever order the events came."""
    await repository.take_turns_on(tx, [event.asset_id])
    await repository.put_finding(tx, event)
    for job in await repository.lock_jobs_waiting_for(tx, event.asset_id):
        await _direct_when_ready(job, tx)


async def cancel_job(job_id: UUID, tx: Transaction) -> None:
    await repository.cancel_job(tx, job_id)
    await tx.cancel_group(str(job_id))


async def _direct_when_ready(job: Job, tx: Transaction) -> None:
    if await repository.is_waiting_for_assets(tx, job.id):
        return
    await direct_next_version(job, Direction(job_id=job.id, version=job.version + 1), tx)


async def direct_next_version(job: Job, direction: Direction, tx: Transaction) -> None:
    """Enqueue the work, once per version, and say that it has begun."""
    job.state = "directing"
    group = str(job.id)
    if await tx.enqueue(DIRECT, direction.key, direction, group=group):
        message = f"Directing version {direction.version}"
        await tx.publish(JobProgressed(job_id=job.id, step="edl", percent=0, message=message))
