"""Workers: success, failure, death, cancel, takeover and shutdown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text

from chassis import leases
from chassis.backoff import Backoff
from chassis.database import Database, Transaction
from chassis.errors import Problem, Transient
from chassis.work import Completion, Tasks, Work
from chassis.worker import Worker


async def nothing(tx: Transaction) -> None:
    """A completion with nothing to say."""


class Log:
    """Remembers what happened, and does it in the transaction too."""

    def __init__(self) -> None:
        self.attempts: list[int] = []
        self.dead: list[str] = []
        self.canceled: list[str] = []
        self.stopped: list[str] = []

    async def on_dead(self, work: Work, problem: Problem, tx: Transaction) -> None:
        self.dead.append(f"{work.key}: {problem.code}: {problem.detail}")

    async def on_canceled(self, work: Work, tx: Transaction) -> None:
        self.canceled.append(work.key)


@pytest.fixture
def log() -> Log:
    return Log()


@asynccontextmanager
async def working(database: Database, tasks: Tasks, **options: Any) -> AsyncIterator[Worker]:
    options = {"backoff": Backoff(0.01, 0.05), "poll_seconds": 1, **options}
    worker = Worker(database=database, tasks=tasks, **options)
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def enqueue(database: Database, *keys: str, group: str = "g") -> None:
    async with database.transaction() as tx:
        for key in keys:
            await tx.enqueue("cut", key, {"key": key}, group=group)


async def states(database: Database) -> dict[str, str]:
    async with database.read() as session:
        rows = await session.execute(text("SELECT key, state FROM work ORDER BY key"))
        return {row.key: row.state for row in rows}


def becomes(database: Database, **expected: str) -> Any:
    async def check() -> bool:
        return await states(database) == expected

    return check


async def test_work_is_done_and_its_completion_commits_with_it(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        async def complete(tx: Transaction) -> None:
            await tx.enqueue("pack", work.key, {"from": work.payload["key"]}, group=work.group)

        return complete

    async with working(database, tasks, concurrency=2) as worker:
        await enqueue(database, "a", "b")
        await eventually(pending(database, "pack", 2))
        assert worker.healthy()
    assert not log.dead


def pending(database: Database, kind: str, number: int) -> Any:
    async def check() -> bool:
        async with database.read() as session:
            query = text("SELECT count(*) FROM work WHERE kind = :kind")
            return bool(await session.scalar(query, {"kind": kind}) == number)

    return check


async def test_a_failure_is_tried_again_and_then_done(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        if work.attempt < 3:
            raise Transient("the store is away")
        return nothing

    async with working(database, tasks):
        await enqueue(database, "a")
        await eventually(becomes(database, a="done"))
    assert log.attempts == [1, 2, 3]


async def test_attempts_end_in_death_with_the_last_reason(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead, max_attempts=3)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        raise OSError("disk full")

    async with working(database, tasks):
        await enqueue(database, "a")
        await eventually(becomes(database, a="dead"))
    assert log.attempts == [1, 2, 3]
    assert log.dead == ["a: attempts_exhausted: OSError: disk full"]


async def test_a_problem_is_final(database: Database, log: Log, eventually: Any) -> None:
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        raise Problem("no picture in it", code="no_picture")

    async with working(database, tasks):
        await enqueue(database, "a")
        await eventually(becomes(database, a="dead"))
    assert log.attempts == [1]
    assert log.dead == ["a: no_picture: no picture in it"]


async def test_a_failing_completion_undoes_itself_and_counts(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead, max_attempts=2)
    async def cut(work: Work) -> Completion:
        async def complete(tx: Transaction) -> None:
            await tx.enqueue("pack", work.key, {}, group=work.group)
            raise RuntimeError("a bug")

        return complete

    async with working(database, tasks):
        await enqueue(database, "a")
        await eventually(becomes(database, a="dead"))
    assert log.dead == ["a: attempts_exhausted: RuntimeError: a bug"]


async def test_a_failing_dead_callback_is_tried_again(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()

    async def dead(work: Work, problem: Problem, tx: Transaction) -> None:
        await log.on_dead(work, problem, tx)
        if len(log.dead) == 1:
            raise RuntimeError("a bug")

    @tasks.on("cut", dead=dead, max_attempts=1)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        raise OSError

    async with working(database, tasks):
        await enqueue(database, "a")
        await eventually(becomes(database, a="dead"))
    assert len(log.dead) == 2
    assert log.attempts == [1]


async def test_a_cancel_stops_running_work_within_two_seconds(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()
    started = asyncio.Event()

    @tasks.on("cut", dead=log.on_dead, canceled=log.on_canceled)
    async def cut(work: Work) -> Completion:
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            log.stopped.append(work.key)
        return nothing

    async def all_told() -> bool:
        return log.stopped == ["a"] and sorted(log.canceled) == ["a", "b"]

    async with working(database, tasks):
        await enqueue(database, "a", "b")
        await started.wait()
        async with database.transaction() as tx:
            await tx.cancel_group("g")
        await eventually(all_told, within=2)
        assert await states(database) == {"a": "canceled", "b": "canceled"}
    assert sorted(log.canceled) == ["a", "b"]


async def test_a_cancel_whose_notification_is_lost_is_seen_at_the_renewal(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()
    started = asyncio.Event()

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            log.stopped.append(work.key)
        return nothing

    async def stopped() -> bool:
        return log.stopped == ["a"]

    async with working(database, tasks, renew_seconds=0.2):
        await enqueue(database, "a")
        await started.wait()
        async with database.engine.begin() as connection:
            await connection.execute(text("INSERT INTO work_groups (name) VALUES ('g')"))
        await eventually(stopped, within=2)
        await eventually(becomes(database, a="canceled"))


async def test_the_work_of_a_killed_worker_is_taken_up_after_its_lease(
    database: Database, log: Log, eventually: Any
) -> None:
    await enqueue(database, "a")
    async with database.transaction() as tx:
        assert await leases.claim(tx.session, ["cut"], 1, 0.5)  # and never heard of again
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        return nothing

    async with working(database, tasks, poll_seconds=30):
        await eventually(becomes(database, a="done"), within=2)
    assert log.attempts == [2]


async def test_work_that_kills_every_worker_dies(
    database: Database, log: Log, eventually: Any
) -> None:
    await enqueue(database, "a")
    for _ in range(2):
        async with database.transaction() as tx:
            await leases.reclaim(tx.session)
            assert await leases.claim(tx.session, ["cut"], 1, 0)
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead, max_attempts=2)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        return nothing

    async with working(database, tasks):
        await eventually(becomes(database, a="dead"))
    assert not log.attempts
    assert "every worker" in log.dead[0]


async def test_a_thawed_worker_cannot_complete_what_another_has_taken(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()
    thaw = asyncio.Event()
    completed: list[int] = []

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        if work.attempt == 1:
            await thaw.wait()

        async def complete(tx: Transaction) -> None:
            completed.append(work.attempt)

        return complete

    # The frozen one never renews; the second takes over once the lease has run out.
    async with working(database, tasks, lease_seconds=0.2, renew_seconds=60) as frozen:
        await enqueue(database, "a")
        await asyncio.sleep(0.05)
        async with working(database, tasks):
            await eventually(becomes(database, a="done"))
        thaw.set()
        await asyncio.sleep(0.1)
        assert frozen.healthy()
    assert log.attempts == [1, 2]
    assert completed == [2]


async def test_a_shutdown_gives_work_back_uncounted(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()
    started = asyncio.Event()

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        log.attempts.append(work.attempt)
        if len(log.attempts) == 1:
            started.set()
            await asyncio.sleep(60)
        return nothing

    async with working(database, tasks):
        await enqueue(database, "a")
        await started.wait()
    assert await states(database) == {"a": "queued"}
    async with working(database, tasks):
        await eventually(becomes(database, a="done"))
    assert log.attempts == [1, 1]


async def test_work_that_cancels_itself_counts_as_failed(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead, max_attempts=2)
    async def cut(work: Work) -> Completion:
        raise asyncio.CancelledError

    async with working(database, tasks):
        await enqueue(database, "a")
        await eventually(becomes(database, a="dead"))


async def test_an_idle_worker_starts_at_once_when_told(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        return nothing

    async with working(database, tasks, poll_seconds=60):
        await asyncio.sleep(0.3)
        await enqueue(database, "a")
        await eventually(becomes(database, a="done"), within=1)


async def test_the_trace_of_the_enqueuer_goes_on_in_the_work(
    database: Database, log: Log, eventually: Any
) -> None:
    tasks = Tasks()
    traces: list[int] = []

    def note() -> None:
        traces.append(trace.get_current_span().get_span_context().trace_id)

    @tasks.on("cut", dead=log.on_dead)
    async def cut(work: Work) -> Completion:
        note()

        async def complete(tx: Transaction) -> None:
            note()

        return complete

    async with working(database, tasks):
        with TracerProvider().get_tracer("test").start_as_current_span("request") as span:
            await enqueue(database, "a")
        await eventually(becomes(database, a="done"))
    assert traces == [span.get_span_context().trace_id] * 2


async def test_two_functions_for_one_kind_are_refused(log: Log) -> None:
    tasks = Tasks()

    async def cut(work: Work) -> Completion:
        return nothing

    tasks.on("cut", dead=log.on_dead)(cut)
    with pytest.raises(ValueError, match="twice"):
        tasks.on("cut", dead=log.on_dead)(cut)
