"""Which kind of work is done by what."""

from chassis.database import Transaction
from chassis.errors import Problem
from chassis.work import Completion, Tasks, Work
from storyboard.direct_job import DirectJob, give_up
from storyboard.direction import DIRECT, Direction


def make_tasks(direct_job: DirectJob) -> Tasks:
    tasks = Tasks()

    @tasks.on(DIRECT, dead=_give_up)
    async def direct(work: Work) -> Completion:
        return await direct_job(Direction.model_validate(work.payload))

    return tasks


async def _give_up(work: Work, problem: Problem, tx: Transaction) -> None:
    await give_up(Direction.model_validate(work.payload), problem, tx)
