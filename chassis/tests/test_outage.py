"""The database goes away and comes back: nothing is lost, nothing ends in a dlq or dies."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from chassis.backoff import Backoff
from chassis.bus import Bus, Handlers
from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.migrate import upgrade
from chassis.relay import Relay
from chassis.work import Completion, Tasks, Work
from chassis.worker import Worker
from contracts.events import Event
from embedded.postgres import Postgres


class Pinged(Event):
    topic: ClassVar[str] = "test.pinged"
    number: int = 0

    @property
    def key(self) -> str:
        return "a"


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Postgres]:
    """A server that a test may stop."""
    server = Postgres(tmp_path / "pg", durable=False)
    server.start()
    yield server
    server.stop()


async def test_work_and_messages_wait_for_the_database(
    own_postgres: Postgres, kafka_bootstrap: str, eventually: Any
) -> None:
    url = own_postgres.ensure_database("tester")
    await upgrade(url, Path(__file__).parent / "migrations")
    database = Database(url)
    handlers, tasks = Handlers(), Tasks()
    in_the_middle, go_on = asyncio.Event(), asyncio.Event()
    attempts: list[int] = []
    handled: list[int] = []

    @handlers.on(Pinged)
    async def handle(event: Pinged, tx: Transaction) -> None:
        if event.number == 1:
            in_the_middle.set()
            await go_on.wait()
            await tx.session.execute(text("SELECT 1"))
        handled.append(event.number)

    async def dead(work: Work, problem: Problem, tx: Transaction) -> None:
        raise AssertionError(problem.detail)

    @tasks.on("cut", dead=dead)
    async def cut(work: Work) -> Completion:
        attempts.append(work.attempt)
        await go_on.wait()

        async def complete(tx: Transaction) -> None:
            await tx.publish(Pinged(number=2))

        return complete

    parts: list[Bus | Relay | Worker] = [
        Bus(
            service="tester",
            bootstrap=kafka_bootstrap,
            database=database,
            handlers=handlers,
            max_attempts=2,
            backoff=Backoff(0.02, 0.1),
        ),
        Relay(database=database, bootstrap=kafka_bootstrap),
        Worker(database=database, tasks=tasks, lease_seconds=0.5, renew_seconds=0.2),
    ]
    for part in parts:
        await part.start()
    async with database.transaction() as tx:
        await tx.publish(Pinged(number=1))
        await tx.enqueue("cut", "a", {}, group="g")
    await in_the_middle.wait()
    await eventually(lambda: have(attempts, 1))

    await asyncio.to_thread(own_postgres.stop)
    go_on.set()
    await asyncio.sleep(1.5)
    await asyncio.to_thread(own_postgres.start)

    await eventually(lambda: have(handled, 2), within=30)
    async with database.read() as session:
        topics = list(await session.scalars(text("SELECT topic FROM outbox ORDER BY seq")))
        work = list(await session.scalars(text("SELECT state FROM work")))
    for part in parts:
        await part.stop()
    await database.dispose()
    assert handled == [1, 2]
    assert attempts == [1], "finished work was done again"
    assert topics == ["test.pinged", "test.pinged"]
    assert work == ["done"]


async def have(things: list[int], number: int) -> bool:
    return len(things) >= number
