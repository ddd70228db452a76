"""Delete a job's chunks when no output needs them any more."""

from uuid import UUID

from pydantic import BaseModel

from chassis.database import Database, Transaction
from chassis.objects import ObjectStore
from chassis.work import Completion
from render import repository


class DiscardOrder(BaseModel):
    job_id: UUID


async def discard_parts(order: DiscardOrder, database: Database, store: ObjectStore) -> Completion:
    """Marked first, then deleted, then forgotten: from any point it can be done again."""
    async with database.transaction() as tx:
        await repository.lock_job(tx, order.job_id)
        if not await repository.has_outputs_under_way(tx.session, order.job_id):
            await repository.discard_parts(tx, order.job_id)
    async with database.read() as session:
        discarded = await repository.discarded_parts(session, order.job_id)
    for part in discarded:
        for key in [part.plan_key, *(part.result or {}).get("files", [])]:
            await store.delete(key)

    async def complete(tx: Transaction) -> None:
        await repository.forget_parts(tx, [part.id for part in discarded])

    return complete
