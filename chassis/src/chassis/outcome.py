"""How an attempt at work ended, recorded in one transaction fenced by its lease."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import structlog
from opentelemetry import trace
from sqlalchemy import Row

from chassis import leases, queue
from chassis.backoff import Backoff
from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.work import Completion, Task, Work

log = structlog.get_logger()


class LeaseLost(Exception):
    """Someone else holds the work by now, or it was canceled: this attempt's result is void."""


class AttemptsExhausted(Problem):
    code = "attempts_exhausted"
    title = "It failed at every attempt"


class Outcome:
    """Writes the end of attempts."""

    def __init__(self, database: Database, tasks: dict[str, Task], backoff: Backoff) -> None:
        self._database = database
        self._tasks = tasks
        self._backoff = backoff
        self._with_callback = sorted(kind for kind, task in tasks.items() if task.canceled)

    def work_of(self, row: Row[Any]) -> Work:
        """A claimed row, as the application sees it."""
        return Work(
            id=row.id,
            kind=row.kind,
            key=row.key,
            group=row.group_name,
            payload=row.payload,
            attempt=row.attempt,
            max_attempts=self._tasks[row.kind].max_attempts,
            fence=row.fence,
            trace=row.trace,
        )

    async def record(self, work: Work, job: asyncio.Task[Completion]) -> None:
        """Record a finished job; LeaseLost if that is not ours to do any more."""
        try:
            completion = job.result()
        except Problem as problem:
            await self.died(work, problem)
        except (Exception, asyncio.CancelledError) as error:
            await self.failed(work, error)
        else:
            await self.succeeded(work, completion)

    async def succeeded(self, work: Work, completion: Completion) -> None:
        async def write(tx: Transaction) -> None:
            if not await leases.complete(tx.session, work.id, work.fence):
                raise LeaseLost
            await completion(tx)

        try:
            await self._persist(write)
        except LeaseLost:
            raise
        except Problem as problem:
            await self.died(work, problem)
        except Exception as error:
            await self.failed(work, error)

    async def failed(self, work: Work, error: BaseException) -> None:
        """Another attempt later, or the end of them."""
        trace.get_current_span().record_exception(error)
        reason = f"{type(error).__name__}: {error}"
        if work.attempt >= work.max_attempts:
            await self.died(work, AttemptsExhausted(reason))
            return
        log.warning("work failed, will be tried again", attempt=work.attempt, exc_info=error)
        await self._try_later(work, {"code": "failed", "detail": reason})

    async def died(self, work: Work, problem: Problem) -> None:
        trace.get_current_span().record_exception(problem)
        log.warning("work is dead", code=problem.code, detail=problem.detail)
        reason = {"code": problem.code, "detail": problem.detail or problem.title, **problem.ids}

        async def write(tx: Transaction) -> None:
            if not await leases.bury(tx.session, work.id, work.fence, reason):
                raise LeaseLost
            await self._tasks[work.kind].dead(work, problem, tx)

        try:
            await self._persist(write)
        except LeaseLost:
            raise
        except Exception:
            log.exception("the callback for dead work failed, will be tried again")
            await self._try_later(work, reason)

    async def let_go(self, work: Work) -> None:
        """It was told to stop: back to the queue uncounted, or settled if it was canceled."""
        async with self._database.transaction() as tx:
            if await leases.release(tx.session, work.id, work.fence):
                tx.wake(queue.WORK_CHANNEL)
            await leases.stopped(tx.session, work.id, work.fence)
        await self.settle_canceled()

    async def settle_canceled(self) -> None:
        """Call back for canceled work that nobody runs any more."""
        while self._with_callback:
            async with self._database.transaction() as tx:
                row = await leases.settle_one(tx.session, self._with_callback)
                if row is None:
                    return
                work = self.work_of(row)
                canceled = self._tasks[work.kind].canceled
                if canceled is not None:
                    await canceled(work, tx)

    async def _try_later(self, work: Work, reason: dict[str, Any]) -> None:
        delay = self._backoff.delay(work.attempt)

        async def write(tx: Transaction) -> None:
            if not await leases.retry_later(tx.session, work.id, work.fence, reason, delay):
                raise LeaseLost

        await self._persist(write)

    async def _persist(self, write: Callable[[Transaction], Awaitable[None]]) -> None:
        """Long work is not thrown away because the database is away: wait until it is back."""
        for attempt in count(1):
            try:
                async with self._database.transaction() as tx:
                    await write(tx)
            except (LeaseLost, Problem):
                raise
            except Exception:
                if await self._database.reachable():
                    raise
                log.warning("the database is away, the result waits", attempt=attempt)
                await asyncio.sleep(min(self._backoff.delay(attempt), 5))
            else:
                return
