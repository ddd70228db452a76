"""From one service's outbox to another's handler, over a real broker."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, ClassVar

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text

from chassis import outbox
from chassis.backoff import Backoff
from chassis.bus import Bus, Handlers
from chassis.database import Database, Transaction
from chassis.errors import Problem, Transient
from chassis.relay import Relay
from contracts.events import Event
from embedded.broker import Broker


class Pinged(Event):
    topic: ClassVar[str] = "test.pinged"
    name: str = "a"
    number: int = 0

    @property
    def key(self) -> str:
        return self.name


class Ponged(Pinged):
    topic: ClassVar[str] = "test.ponged"


Handle = Callable[[Pinged, Transaction], Awaitable[None]]


def handling(handle: Handle) -> Handlers:
    handlers = Handlers()
    handlers.on(Pinged)(handle)
    return handlers


@asynccontextmanager
async def running(
    database: Database, bootstrap: str, handlers: Handlers, **options: Any
) -> AsyncIterator[Bus]:
    options = {
        "backoff": Backoff(0.01, 0.1),
        "session_timeout_ms": 1500,
        "watch_seconds": 0.5,
        **options,
    }
    bus = Bus(
        service="tester", bootstrap=bootstrap, database=database, handlers=handlers, **options
    )
    relay = Relay(database=database, bootstrap=bootstrap, poll_seconds=0.5)
    async with AsyncExitStack() as stack:
        for part in (bus, relay):
            await part.start()
            stack.push_async_callback(part.stop)
        yield bus


async def publish(database: Database, *events: Event) -> None:
    async with database.transaction() as tx:
        for event in events:
            await tx.publish(event)


async def read(bootstrap: str, topic: str, number: int) -> list[Any]:
    """The first records of a topic."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(10):
            return [await consumer.getone() for _ in range(number)]
    finally:
        await consumer.stop()


async def send_raw(bootstrap: str, value: bytes, headers: list[tuple[str, bytes]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait("test.pinged", value, key=b"a", headers=headers)
    await producer.stop()


async def test_events_arrive_in_order_per_key_and_once(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    seen: list[Pinged] = []

    async def handle(event: Pinged, tx: Transaction) -> None:
        seen.append(event)

    async def all_seen() -> bool:
        return len(seen) >= 60

    async with running(database, kafka_bootstrap, handling(handle)) as bus:
        for number in range(20):
            await publish(database, *(Pinged(name=name, number=number) for name in "abc"))
        await eventually(all_seen)
        async with database.transaction() as tx:
            assert await outbox.replay(tx) == 60
        await asyncio.sleep(0.5)
        assert bus.healthy()
    assert len(seen) == 60
    for name in "abc":
        assert [event.number for event in seen if event.name == name] == list(range(20))


async def test_a_handler_answers_in_the_same_transaction(
    database: Database, kafka_bootstrap: str
) -> None:
    async def handle(event: Pinged, tx: Transaction) -> None:
        await tx.publish(Ponged(name=event.name, number=event.number + 1))

    async with running(database, kafka_bootstrap, handling(handle)):
        await publish(database, Pinged(number=1))
        (record,) = await read(kafka_bootstrap, "test.ponged", 1)
    assert json.loads(record.value) == {"name": "a", "number": 2}
    assert record.key == b"a"
    assert dict(record.headers)["ce_type"] == b"test.ponged"


async def test_a_failing_handler_is_tried_again_in_place(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    seen: list[int] = []
    failures = iter([RuntimeError("once"), Transient("twice")])

    async def handle(event: Pinged, tx: Transaction) -> None:
        if event.number == 1 and (failure := next(failures, None)):
            await tx.publish(Ponged(number=99))
            raise failure
        seen.append(event.number)

    async def all_seen() -> bool:
        return len(seen) == 4

    async with running(database, kafka_bootstrap, handling(handle)):
        await publish(database, *(Pinged(number=number) for number in range(4)))
        await eventually(all_seen)
    assert seen == [0, 1, 2, 3]
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM outbox")) == 4


async def test_a_failing_key_does_not_hold_up_other_partitions(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    seen: list[str] = []

    async def handle(event: Pinged, tx: Transaction) -> None:
        if event.name == "stuck":
            raise Transient("not yet")
        seen.append(event.name)

    async def others_seen() -> bool:
        return len(seen) >= 5

    async def unhealthy() -> bool:
        return not bus.healthy()

    names = ["stuck", *(f"key{n}" for n in range(12))]
    async with running(
        database, kafka_bootstrap, handling(handle), stuck_seconds=0.5, max_attempts=2
    ) as bus:
        await publish(database, *(Pinged(name=name) for name in names))
        await eventually(others_seen)
        await eventually(unhealthy)
    assert "stuck" not in seen


async def test_a_handler_that_always_fails_ends_in_the_dlq(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    attempts: list[int] = []

    async def handle(event: Pinged, tx: Transaction) -> None:
        attempts.append(event.number)
        if event.number == 0:
            raise RuntimeError("a bug")

    async def next_seen() -> bool:
        return 1 in attempts

    async with running(database, kafka_bootstrap, handling(handle), max_attempts=3):
        await publish(database, Pinged(number=0), Pinged(number=1))
        (record,) = await read(kafka_bootstrap, "test.pinged.dlq", 1)
        await eventually(next_seen)
    assert attempts == [0, 0, 0, 1]
    headers = dict(record.headers)
    assert headers["dlq_code"] == b"handler_failed"
    assert headers["dlq_detail"] == b"RuntimeError: a bug"
    assert headers["dlq_service"] == b"tester"
    assert headers["ce_type"] == b"test.pinged"
    assert json.loads(record.value) == {"name": "a", "number": 0}


async def test_a_problem_goes_to_the_dlq_at_once(database: Database, kafka_bootstrap: str) -> None:
    attempts: list[int] = []

    async def handle(event: Pinged, tx: Transaction) -> None:
        attempts.append(event.number)
        raise Problem("no such job", code="job_unknown")

    async with running(database, kafka_bootstrap, handling(handle)):
        await publish(database, Pinged())
        (record,) = await read(kafka_bootstrap, "test.pinged.dlq", 1)
    assert attempts == [0]
    assert dict(record.headers)["dlq_code"] == b"job_unknown"


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        (b"{}", []),
        (b"\xff\x00 not json", [("ce_specversion", b"1.0"), ("ce_type", b"test.pinged")]),
        (b"{}", [("ce_specversion", b"1.0"), ("ce_type", b"test.pinged"), ("ce_id", b"7\xff")]),
        (b'{"number": "x"}', [("ce_specversion", b"1.0"), ("ce_type", b"test.pinged")]),
    ],
)
async def test_what_cannot_be_decoded_goes_to_the_dlq_byte_for_byte(
    database: Database,
    kafka_bootstrap: str,
    eventually: Any,
    value: bytes,
    headers: list[tuple[str, bytes]],
) -> None:
    seen: list[Pinged] = []

    async def handle(event: Pinged, tx: Transaction) -> None:
        seen.append(event)

    async def flows_on() -> bool:
        return len(seen) == 1

    async with running(database, kafka_bootstrap, handling(handle)):
        await send_raw(kafka_bootstrap, value, headers)
        await publish(database, Pinged(name="a"))
        (record,) = await read(kafka_bootstrap, "test.pinged.dlq", 1)
        await eventually(flows_on)
    assert record.value == value
    assert record.key == b"a"
    assert dict(record.headers)["dlq_code"] == b"undecodable_message"


async def test_a_restarted_service_goes_on_where_it_was(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    seen: list[int] = []

    async def handle(event: Pinged, tx: Transaction) -> None:
        seen.append(event.number)

    async def seen_last(number: int) -> bool:
        return number in seen

    for number in range(2):
        async with running(database, kafka_bootstrap, handling(handle)):
            await publish(database, Pinged(number=number))
            await eventually(lambda n=number: seen_last(n))
    assert seen == [0, 1]


async def test_a_new_broker_gets_everything_again_and_nothing_is_done_twice(
    database: Database, kafka_broker: Broker, eventually: Any
) -> None:
    seen: list[int] = []

    async def handle(event: Pinged, tx: Transaction) -> None:
        seen.append(event.number)

    async def all_seen() -> bool:
        return len(seen) == 6

    async with running(database, kafka_broker.address, Handlers()):
        await publish(database, *(Pinged(number=number) for number in range(5)))
        await eventually(lambda: is_published(database, 5))
    kafka_broker.stop()
    kafka_broker.start()
    await publish(database, Pinged(number=5))
    async with running(database, kafka_broker.address, handling(handle)):
        await eventually(all_seen)
        assert len(await read(kafka_broker.address, "test.pinged", 6)) == 6
    assert seen == [0, 1, 2, 3, 4, 5]


async def is_published(database: Database, number: int) -> bool:
    async with database.read() as session:
        query = text("SELECT count(*) FROM outbox WHERE published_at IS NOT NULL")
        return bool(await session.scalar(query) == number)


async def test_one_trace_runs_from_publisher_to_handler(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    traces: list[int] = []
    tracer = TracerProvider().get_tracer("test")

    async def handle(event: Pinged, tx: Transaction) -> None:
        traces.append(trace.get_current_span().get_span_context().trace_id)

    async def handled() -> bool:
        return bool(traces)

    async with running(database, kafka_bootstrap, handling(handle)):
        with tracer.start_as_current_span("request") as span:
            await publish(database, Pinged())
        await eventually(handled)
    assert traces == [span.get_span_context().trace_id]


async def test_a_second_handler_for_one_event_is_refused() -> None:
    async def handle(event: Pinged, tx: Transaction) -> None: ...

    handlers = handling(handle)
    with pytest.raises(ValueError, match="twice"):
        handlers.on(Pinged)(handle)
