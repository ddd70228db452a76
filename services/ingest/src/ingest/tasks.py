"""Which kind of work is done by what."""

from chassis.database import Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.work import Completion, Tasks, Work
from contracts.events import AssetSubmitted, UploadedFile
from ingest.discard_upload import DISCARD
from ingest.ingest_asset import IngestAsset
from ingest.reject_asset import reject_asset
from ingest.submit_asset import INGEST


def make_tasks(ingest_asset: IngestAsset, store: ObjectStore) -> Tasks:
    tasks = Tasks()

    @tasks.on(INGEST, dead=_reject)
    async def ingest(work: Work) -> Completion:
        return await ingest_asset(AssetSubmitted.model_validate(work.payload))

    @tasks.on(DISCARD, dead=_leave)
    async def discard(work: Work) -> Completion:
        await store.delete(UploadedFile.model_validate(work.payload).key)
        return _nothing_more

    return tasks


async def _reject(work: Work, problem: Problem, tx: Transaction) -> None:
    await reject_asset(AssetSubmitted.model_validate(work.payload), problem, tx)


async def _leave(_work: Work, _problem: Problem, _tx: Transaction) -> None:
    """A left-over upload costs space, nothing else; the dead work tells of it."""


async def _nothing_more(_tx: Transaction) -> None:
    pass
