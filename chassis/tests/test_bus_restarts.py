"""What a service finds after it, or its broker, was gone: nothing lost, nothing done twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from chassis import intake
from chassis.backoff import Backoff
from chassis.bus import Bus, Handlers
from chassis.database import Database, Transaction
from chassis.relay import Relay
from contracts.events import Event


class Pinged(Event):
    topic: ClassVar[str] = "test.pinged"
    number: int = 0

    @property
    def key(self) -> str:
        return "a"


class Seen:
    """Handles events by remembering their numbers."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.handlers = Handlers()
        self.handlers.on(Pinged)(self.handle)

    async def handle(self, event: Pinged, tx: Transaction) -> None:
        self.numbers.append(event.number)

    def has(self, *numbers: int) -> Any:
        async def check() -> bool:
            return self.numbers == list(numbers)

        return check


@asynccontextmanager
async def consuming(database: Database, bootstrap: str, handlers: Handlers) -> AsyncIterator[Bus]:
    bus = Bus(
        service="tester",
        bootstrap=bootstrap,
        database=database,
        handlers=handlers,
        session_timeout_ms=1500,
        backoff=Backoff(0.01, 0.1),
    )
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


@pytest.fixture
async def relay(database: Database, kafka_bootstrap: str) -> AsyncIterator[Relay]:
    relay = Relay(database=database, bootstrap=kafka_bootstrap)
    await relay.start()
    yield relay
    await relay.stop()


async def publish(database: Database, *numbers: int) -> None:
    async with database.transaction() as tx:
        for number in numbers:
            await tx.publish(Pinged(number=number))


async def forget_the_inbox(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(text("DELETE FROM inbox"))


@pytest.mark.usefixtures("relay")
async def test_handled_but_not_acknowledged_is_not_done_again(
    database: Database, kafka_bootstrap: str, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen()

    async def die(*_: Any) -> None:
        raise ConnectionError("killed between the commit and the ack")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "_acknowledge", die)
        async with consuming(database, kafka_bootstrap, seen.handlers):
            await publish(database, 0, 1)
            await eventually(seen.has(0, 1))
    await publish(database, 2)
    async with consuming(database, kafka_bootstrap, seen.handlers):
        await eventually(seen.has(0, 1, 2))


@pytest.mark.usefixtures("relay")
async def test_acknowledged_is_not_read_again_but_a_replaced_broker_is_read_from_its_beginning(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    seen = Seen()
    async with consuming(database, kafka_bootstrap, seen.handlers):
        await publish(database, 0, 1)
        await eventually(seen.has(0, 1))

    await forget_the_inbox(database)
    async with consuming(database, kafka_bootstrap, seen.handlers):
        await publish(database, 2)
        await eventually(seen.has(0, 1, 2))

    await forget_the_inbox(database)
    async with database.transaction() as tx:
        await tx.session.execute(text("UPDATE bus_instance SET cluster_id = 'another'"))
    async with consuming(database, kafka_bootstrap, seen.handlers):
        await eventually(seen.has(0, 1, 2, 0, 1, 2))


@pytest.mark.usefixtures("relay")
async def test_a_stop_lets_the_message_at_hand_be_finished(
    database: Database, kafka_bootstrap: str
) -> None:
    handlers = Handlers()
    started = asyncio.Event()

    @handlers.on(Pinged)
    async def handle(event: Pinged, tx: Transaction) -> None:
        started.set()
        await asyncio.sleep(0.3)
        await tx.enqueue("cut", str(event.number), {}, group="g")

    async with consuming(database, kafka_bootstrap, handlers):
        await publish(database, 0, 1, 2)
        await started.wait()
    async with database.read() as session:
        keys = await session.scalars(text("SELECT key FROM work"))
    assert list(keys) == ["0"]


async def test_a_bus_without_its_broker_says_so_and_stops_at_once(database: Database) -> None:
    async with asyncio.timeout(5):
        async with consuming(database, "127.0.0.1:1", Seen().handlers) as bus:
            await asyncio.sleep(0.2)
            assert not bus.healthy()
            assert not bus.crashed()


async def test_a_service_without_handlers_needs_no_broker(database: Database) -> None:
    async with consuming(database, "127.0.0.1:1", Handlers()) as bus:
        assert bus.healthy()
