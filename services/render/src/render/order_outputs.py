"""What happens when outputs are wanted, and when they are not wanted any more."""

from collections.abc import Iterable
from uuid import UUID

from pydantic import BaseModel

from chassis.database import Transaction
from chassis.errors import Problem
from chassis.ids import uuid7
from contracts.events import Cut, JobCanceled, OutputSpec, OutputsRequested, StoryboardApproved
from render import repository
from render.end_output import discard_when_over, fail_output, tell_failure
from render.problems import NoSuchCut, NotApproved

PLAN = "render.plan"


class PlanOrder(BaseModel):
    """Outputs to be planned together, so that they share what they can. `plan_key` is where the
    plan goes, at every attempt."""

    job_id: UUID
    output_ids: list[UUID]
    plan_key: str


async def approve_storyboard(event: StoryboardApproved, tx: Transaction) -> None:
    if await repository.save_approval(tx, event):
        await _order(tx, event.job_id, event.cuts, event.outputs)


async def request_outputs(event: OutputsRequested, tx: Transaction) -> None:
    approval = await repository.lock_job(tx, event.job_id)
    if approval is None:
        for spec in event.outputs:
            await tell_failure(tx, event.job_id, spec, NotApproved())
        return
    await tx.reopen_group(str(event.job_id))
    cuts = [Cut.model_validate(cut) for cut in approval.cuts]
    await _order(tx, event.job_id, cuts, event.outputs)


async def cancel_job(event: JobCanceled, tx: Transaction) -> None:
    await repository.lock_job(tx, event.job_id)
    await tx.cancel_group(str(event.job_id))
    await repository.cancel_outputs(tx, event.job_id)
    await discard_when_over(tx, event.job_id)


async def _order(
    tx: Transaction, job_id: UUID, cuts: Iterable[Cut], specs: Iterable[OutputSpec]
) -> None:
    by_shape = {(cut.kind, cut.aspect_ratio): cut for cut in cuts}
    wanted: list[UUID] = []
    for spec in specs:
        cut = by_shape.get((spec.kind, spec.aspect_ratio))
        output = await repository.order_output(tx, job_id, spec, cut.timeline_key if cut else None)
        if output is None:
            continue
        if cut is None or cut.timeline_key is None:
            await fail_output(tx, output, _why_not(cut))
        else:
            wanted.append(output.id)
    if wanted:
        key = f"{job_id}/{uuid7()}"
        order = PlanOrder(job_id=job_id, output_ids=wanted, plan_key=f"render/{key}.json")
        if not await tx.enqueue(PLAN, key, order, group=str(job_id)):
            await repository.cancel_outputs(tx, job_id)


def _why_not(cut: Cut | None) -> Problem:
    if cut is None or cut.problem is None:
        return NoSuchCut()
    return Problem(cut.problem.detail, code=cut.problem.code)
