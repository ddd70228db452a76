"""Delete a job's chunks when no output needs them any more, and what a canceled attempt left."""

from uuid import UUID

from pydantic import BaseModel

from chassis.database import Database, Transaction
from chassis.objects import ObjectStore
from chassis.work import Completion
from render import repository
from render.render_part import place_of


class DiscardOrder(BaseModel):
    """`place` is where the files of an attempt lie that was stopped before it could note them."""

    job_id: UUID
    place: str | None = None


async def discard_parts(order: DiscardOrder, database: Database, store: ObjectStore) -> Completion:
    """Marked first, then deleted, then forgotten: from any point it can be done again."""
    async with database.transaction() as tx:
        await repository.lock_job(tx, order.job_id)
        if not await repository.has_outputs_under_way(tx.session, order.job_id):
            await repository.discard_parts(tx, order.job_id)
    async with database.read() as session:
        discarded = await repository.discarded_parts(session, order.job_id)
    for part in discarded:
        await store.delete(part.plan_key)
        await _delete_all(store, place_of(order.job_id, part.id))
    if order.place:
        await _delete_all(store, order.place)

    async def complete(tx: Transaction) -> None:
        await repository.forget_parts(tx, [part.id for part in discarded])

    return complete


async def _delete_all(store: ObjectStore, place: str) -> None:
    async for info in store.list(place):
        await store.delete(info.key)
