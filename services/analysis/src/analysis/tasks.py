"""Which kind of work is done by what."""

from uuid import UUID

from analysis.analyse_asset import AnalyseAsset, give_up
from analysis.request_analysis import ANALYSE
from chassis.database import Transaction
from chassis.errors import Problem
from chassis.work import Completion, Tasks, Work

ATTEMPTS = 3


def make_tasks(analyse_asset: AnalyseAsset) -> Tasks:
    tasks = Tasks()

    @tasks.on(ANALYSE, dead=_give_up, max_attempts=ATTEMPTS)
    async def analyse(work: Work) -> Completion:
        return await analyse_asset(UUID(work.key))

    return tasks


async def _give_up(work: Work, problem: Problem, tx: Transaction) -> None:
    await give_up(UUID(work.key), problem, tx)
