"""Plan outputs that were ordered together: which parts they need, and which of those are new."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.threads import in_thread
from chassis.work import Completion
from contracts.timeline import Timeline
from render import repository
from render.end_output import fail_output
from render.order_outputs import PlanOrder
from render.parts import Part, Plan, plan_parts

PART = "render.part"
FINISH = "render.finish"

PLAN_DOCUMENT = TypeAdapter(Plan)


class PartOrder(BaseModel):
    part_id: UUID


class FinishOrder(BaseModel):
    output_id: UUID


@dataclass(frozen=True)
class PlanOutputs:
    database: Database
    store: ObjectStore

    async def __call__(self, order: PlanOrder) -> Completion:
        async with self.database.read() as session:
            outputs = await repository.get_outputs(session, order.output_ids)
        keys = {o.id: o.timeline_key for o in outputs if o.status == "queued" and o.timeline_key}
        timelines = await read_timelines(self.store, keys)
        plan = Plan(keys, await in_thread(plan_parts, timelines))
        await self.store.put_bytes(
            order.plan_key, PLAN_DOCUMENT.dump_json(plan), content_type="application/json"
        )

        async def complete(tx: Transaction) -> None:
            await _start(tx, order.job_id, list(keys), plan.parts, order.plan_key)

        return complete


async def read_timelines(store: ObjectStore, keys: dict[UUID, str]) -> dict[UUID, Timeline]:
    documents = await asyncio.gather(*(store.get_bytes(key) for key in keys.values()))
    return {
        output_id: Timeline.model_validate_json(document)
        for output_id, document in zip(keys, documents, strict=True)
    }


async def read_plan(store: ObjectStore, key: str) -> Plan:
    return PLAN_DOCUMENT.validate_json(await store.get_bytes(key))


async def give_up_plan(order: PlanOrder, problem: Problem, tx: Transaction) -> None:
    await repository.lock_job(tx, order.job_id)
    for output in await repository.get_outputs(tx.session, order.output_ids):
        if output.status == "queued":
            await fail_output(tx, output, problem)


async def _start(
    tx: Transaction, job_id: UUID, output_ids: list[UUID], parts: tuple[Part, ...], plan_key: str
) -> None:
    await repository.lock_job(tx, job_id)
    outputs = await repository.get_outputs(tx.session, output_ids)
    await repository.forget_shares(tx, output_ids)
    for output in outputs:
        output.status = "rendering"
    for part in parts:
        await order_part(tx, job_id, part, plan_key)
    for output_id in output_ids:
        await finish_when_ready(tx, job_id, output_id)


async def order_part(tx: Transaction, job_id: UUID, part: Part, plan_key: str) -> None:
    """Parts that are done, or under way for another output, are not done again."""
    row, undone = await repository.save_part(tx, job_id, part, plan_key)
    if undone:
        key = f"{row.id}/{row.round}"
        await tx.enqueue(PART, key, PartOrder(part_id=row.id), group=str(job_id))


async def finish_when_ready(tx: Transaction, job_id: UUID, output_id: UUID) -> None:
    [output] = await repository.get_outputs(tx.session, [output_id])
    if output.status == "rendering" and await repository.are_parts_done(tx.session, output_id):
        key = f"{output_id}/{output.round}"
        order = FinishOrder(output_id=output_id)
        await tx.enqueue(FINISH, key, order, group=str(job_id), priority=1)
