"""Claims work, holds its leases, and does it."""

import asyncio
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import structlog
from opentelemetry import propagate, trace
from structlog.contextvars import bound_contextvars

from chassis import leases, queue
from chassis.backoff import Backoff
from chassis.database import Database
from chassis.notify import Listener
from chassis.outcome import AttemptsExhausted, LeaseLost, Outcome
from chassis.work import Completion, Tasks, Work

log = structlog.get_logger()
DEFAULT_BACKOFF = Backoff(1, 60)

tracer = trace.get_tracer("chassis.worker")


@dataclass
class Running:
    work: Work
    job: asyncio.Task[Completion]
    told_to_stop: bool = False

    def stop(self) -> None:
        self.told_to_stop = True
        self.job.cancel()


class Worker:
    """Does up to `concurrency` pieces of work at once; any number of workers may share a table.

    Leases are short and renewed often: work of a killed process is taken up again after
    `lease_seconds`, and a cancel whose notification got lost is seen after `renew_seconds`.
    """

    def __init__(
        self,
        *,
        database: Database,
        tasks: Tasks,
        concurrency: int = 1,
        lease_seconds: float = 10,
        renew_seconds: float = 1.5,
        poll_seconds: float = 5,
        backoff: Backoff = DEFAULT_BACKOFF,
    ) -> None:
        self._database = database
        self._tasks = tasks.by_kind
        self._kinds = sorted(tasks.by_kind)
        self._concurrency = concurrency
        self._lease = lease_seconds
        self._renew_every = renew_seconds
        self._poll = poll_seconds
        self._outcome = Outcome(database, tasks.by_kind, backoff)
        self._running: dict[UUID, Running] = {}
        self._attendants: set[asyncio.Task[None]] = set()
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False
        self._claim_soon = asyncio.Event()
        self._renew_soon = asyncio.Event()
        self._last_look = 0.0
        # After an outage every lease has run out: their living holders renew them first.
        self._patient_until = 0.0
        self._listener = Listener(
            database,
            {queue.WORK_CHANNEL: self._claim_soon.set, queue.CANCEL_CHANNEL: self._look_at_once},
        )

    async def start(self) -> None:
        if not self._kinds:
            return
        self._last_look = monotonic()
        self._listener.start()
        self._loops = [
            asyncio.create_task(self._claim_loop()),
            asyncio.create_task(self._renew_loop()),
        ]

    async def stop(self) -> None:
        """Give back what is running; that does not count as an attempt."""
        self._stopping = True
        self._look_at_once()
        await asyncio.gather(*self._loops)
        for running in self._running.values():
            running.stop()
        await asyncio.gather(*self._attendants)
        await self._listener.stop()

    def crashed(self) -> bool:
        """Whether a loop has ended by itself, which only a bug can make it do."""
        return not self._stopping and any(loop.done() for loop in self._loops)

    def healthy(self) -> bool:
        """Whether it claims and renews: both loops live and the queue was seen lately."""
        if not self._kinds:
            return True
        alive = bool(self._loops) and not any(loop.done() for loop in self._loops)
        return alive and monotonic() - self._last_look < 3 * self._poll

    def _look_at_once(self) -> None:
        self._renew_soon.set()
        self._claim_soon.set()

    async def _claim_loop(self) -> None:
        while not self._stopping:
            self._claim_soon.clear()
            try:
                wait = await self._claim()
                self._last_look = monotonic()
            except Exception as error:
                log.warning("claiming work failed", error=repr(error))
                self._patient_until = monotonic() + self._lease
                wait = min(1.0, self._poll)
            await _set_or_after(self._claim_soon, wait)

    async def _claim(self) -> float:
        """Start what there are free hands for; seconds until it makes sense to look again."""
        await self._outcome.settle_canceled()
        free = self._concurrency - len(self._attendants)
        if free <= 0:
            return self._poll
        async with self._database.transaction() as tx:
            if monotonic() > self._patient_until:
                await leases.reclaim(tx.session, self._running)
            rows = await leases.claim(tx.session, self._kinds, free, self._lease)
            due = await leases.next_due(tx.session, self._kinds)
        for row in rows:
            self._attend(self._outcome.work_of(row))
        if due is None or len(rows) == free:
            return self._poll
        return min(max(due, 0.01), self._poll)

    async def _renew_loop(self) -> None:
        while not self._stopping:
            await _set_or_after(self._renew_soon, self._renew_every)
            self._renew_soon.clear()
            try:
                await self._renew()
            except Exception as error:
                log.warning("renewing leases failed", error=repr(error))

    async def _renew(self) -> None:
        """Stop what is no longer ours: canceled, or taken over after a frozen while."""
        held = {running.work.id: running.work.fence for running in self._running.values()}
        if not held:
            return
        async with self._database.transaction() as tx:
            kept = await leases.renew(tx.session, held, self._lease)
        for work_id in held.keys() - kept:
            running = self._running.get(work_id)
            if running is not None and running.work.fence == held[work_id]:
                running.stop()

    def _attend(self, work: Work) -> None:
        attendant = asyncio.create_task(self._see_through(work))
        self._attendants.add(attendant)
        attendant.add_done_callback(self._attendant_is_free)

    def _attendant_is_free(self, attendant: asyncio.Task[None]) -> None:
        self._attendants.discard(attendant)
        self._claim_soon.set()

    async def _see_through(self, work: Work) -> None:
        """One attempt from its start until its end is recorded. Raises nothing."""
        with (
            bound_contextvars(work=work.kind, work_key=work.key, group=work.group),
            tracer.start_as_current_span(
                f"work {work.kind}",
                context=propagate.extract(work.trace),
                kind=trace.SpanKind.CONSUMER,
                attributes={"work.key": work.key, "work.attempt": work.attempt},
            ),
        ):
            running = Running(work, asyncio.create_task(self._run(work)))
            self._running[work.id] = running
            if self._stopping:
                running.stop()
            try:
                await self._record_end(running)
            except Exception:
                log.exception("the end of work was not recorded: its lease will run out")
            finally:
                self._running.pop(work.id, None)

    async def _run(self, work: Work) -> Completion:
        if work.attempt > work.max_attempts:
            raise AttemptsExhausted("every worker that tried it died or lost its lease")
        return await self._tasks[work.kind].run(work)

    async def _record_end(self, running: Running) -> None:
        await asyncio.wait([running.job])
        try:
            if running.told_to_stop and not _succeeded(running.job):
                await self._outcome.let_go(running.work)
            else:
                await self._outcome.record(running.work, running.job)
        except LeaseLost:
            log.warning("the lease was lost: this attempt's result is void")
            await self._outcome.let_go(running.work)


def _succeeded(job: asyncio.Task[Completion]) -> bool:
    return not job.cancelled() and job.exception() is None


async def _set_or_after(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
