"""Which kind of work is done by what."""

from uuid import UUID

from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.work import Completion, Tasks, Work
from render.discard_parts import DiscardOrder, discard_parts
from render.end_output import DISCARD, discard
from render.finish_output import FinishOutput, give_up_output
from render.finish_output import place_of as place_of_output
from render.order_outputs import PLAN, PlanOrder
from render.plan_outputs import (
    FINISH,
    PART,
    FinishOrder,
    PartOrder,
    PlanOutputs,
    give_up_plan,
)
from render.render_part import RenderPartOfJob, give_up_part
from render.render_part import place_of as place_of_part

ATTEMPTS = 3


def make_tasks(
    plan_outputs: PlanOutputs,
    render_part: RenderPartOfJob,
    finish_output: FinishOutput,
    database: Database,
    store: ObjectStore,
) -> Tasks:
    tasks = Tasks()

    async def part_died(work: Work, problem: Problem, tx: Transaction) -> None:
        await give_up_part(_part(work), problem, store, tx)

    @tasks.on(PLAN, dead=_plan_died, canceled=_plan_canceled, max_attempts=ATTEMPTS)
    async def plan(work: Work) -> Completion:
        return await plan_outputs(PlanOrder.model_validate(work.payload))

    @tasks.on(PART, dead=part_died, canceled=_part_canceled, max_attempts=ATTEMPTS)
    async def part(work: Work) -> Completion:
        return await render_part(_part(work))

    @tasks.on(FINISH, dead=_finish_died, canceled=_finish_canceled, max_attempts=ATTEMPTS)
    async def finish(work: Work) -> Completion:
        return await finish_output(_output(work))

    @tasks.on(DISCARD, dead=_leave)
    async def discard_what_is_left(work: Work) -> Completion:
        return await discard_parts(DiscardOrder.model_validate(work.payload), database, store)

    return tasks


def _part(work: Work) -> UUID:
    return PartOrder.model_validate(work.payload).part_id


def _output(work: Work) -> UUID:
    return FinishOrder.model_validate(work.payload).output_id


async def _plan_died(work: Work, problem: Problem, tx: Transaction) -> None:
    await give_up_plan(PlanOrder.model_validate(work.payload), problem, tx)


async def _finish_died(work: Work, problem: Problem, tx: Transaction) -> None:
    await give_up_output(_output(work), problem, tx)


async def _plan_canceled(work: Work, tx: Transaction) -> None:
    order = PlanOrder.model_validate(work.payload)
    await discard(tx, order.job_id, place=order.plan_key)


async def _part_canceled(work: Work, tx: Transaction) -> None:
    job_id = UUID(work.group)
    await discard(tx, job_id, place=place_of_part(job_id, _part(work)))


async def _finish_canceled(work: Work, tx: Transaction) -> None:
    await discard(tx, UUID(work.group), place=place_of_output(_output(work)))


async def _leave(_work: Work, _problem: Problem, _tx: Transaction) -> None:
    """Left-over chunks cost space, nothing else; the dead work tells of them."""
