"""The relay: order, takeover, what a failure at any step leaves, and how far it is behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy import text

from chassis import outbox
from chassis.database import Database
from chassis.relay import LEADER_LOCK, Relay
from chassis.retention import Retention, prune
from contracts.events import Event


class Pinged(Event):
    topic: ClassVar[str] = "test.pinged"
    name: str = "a"
    number: int = 0

    @property
    def key(self) -> str:
        return self.name


async def publish(database: Database, *numbers: int) -> None:
    async with database.transaction() as tx:
        for number in numbers:
            await tx.publish(Pinged(number=number))


@asynccontextmanager
async def relaying(database: Database, bootstrap: str, **options: Any) -> AsyncIterator[Relay]:
    options = {"poll_seconds": 0.5, "takeover_seconds": 0.1, **options}
    relay = Relay(database=database, bootstrap=bootstrap, **options)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


async def numbers_on(bootstrap: str, count: int) -> list[int]:
    """What the topic holds, once it holds `count` records."""
    consumer = AIOKafkaConsumer(
        "test.pinged", bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(10):
            records = [await consumer.getone() for _ in range(count)]
    finally:
        await consumer.stop()
    return [Pinged.model_validate_json(record.value).number for record in records]


def caught_up(relay: Relay) -> Any:
    async def check() -> bool:
        return (await relay.lag()).count == 0

    return check


async def test_one_of_two_relays_is_active_and_the_other_takes_over(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    async with relaying(database, kafka_bootstrap) as second:
        async with relaying(database, kafka_bootstrap):
            await publish(database, *range(10))
            await eventually(caught_up(second))
        await publish(database, *range(10, 20))
        await eventually(caught_up(second))
    assert await numbers_on(kafka_bootstrap, 20) == list(range(20))


async def test_a_relay_that_loses_its_connection_comes_back(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    async with relaying(database, kafka_bootstrap) as relay:
        await publish(database, 0)
        await eventually(caught_up(relay))
        async with database.engine.begin() as connection:
            await connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
            )
        await publish(database, 1)
        await eventually(caught_up(relay))
    assert await numbers_on(kafka_bootstrap, 2) == [0, 1]


async def test_what_was_sent_but_not_marked_is_sent_again_in_order(
    database: Database, kafka_bootstrap: str, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Relay._publish
    failures = iter([True])

    async def send_and_die(self: Relay, producer: AIOKafkaProducer, rows: Any) -> None:
        await sent(self, producer, rows)
        if next(failures, False):
            raise ConnectionError

    monkeypatch.setattr(Relay, "_publish", send_and_die)
    async with relaying(database, kafka_bootstrap) as relay:
        await publish(database, 0, 1, 2)
        await eventually(caught_up(relay))
    assert await numbers_on(kafka_bootstrap, 6) == [0, 1, 2, 0, 1, 2]


async def test_it_waits_for_a_broker_that_is_away_and_says_how_long(database: Database) -> None:
    async with relaying(database, "127.0.0.1:1") as relay:
        await publish(database, 1, 2)
        await asyncio.sleep(0.3)
        lag = await relay.lag()
    assert lag.count == 2
    assert 0.2 < lag.oldest_seconds < 5


async def test_a_replay_sends_again_what_is_newer(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    async with relaying(database, kafka_bootstrap) as relay:
        await publish(database, 1)
        since = datetime.now(UTC)
        await publish(database, 2, 3)
        await eventually(caught_up(relay))
        async with database.transaction() as tx:
            assert await outbox.replay(tx, since) == 2
        await eventually(caught_up(relay))
    assert await numbers_on(kafka_bootstrap, 5) == [1, 2, 3, 2, 3]


async def test_thousands_of_rows_go_out_in_order(
    database: Database, kafka_bootstrap: str, eventually: Any
) -> None:
    await publish(database, *range(3000))
    async with relaying(database, kafka_bootstrap) as relay:
        await eventually(caught_up(relay))
    assert await numbers_on(kafka_bootstrap, 3000) == list(range(3000))


async def test_pruning_keeps_what_is_unpublished_or_young(database: Database) -> None:
    await publish(database, 0, 1, 2)
    async with database.transaction() as tx:
        old = text("""
            UPDATE outbox SET created_at = now() - interval '8 days',
                published_at = CASE WHEN seq = 1 THEN now() - interval '7 days' END
            WHERE seq <= 2
        """)
        await tx.session.execute(old)
    await prune(database, Retention())
    async with database.read() as session:
        left = await session.scalars(text("SELECT seq FROM outbox ORDER BY seq"))
    assert list(left) == [2, 3]


def test_an_inbox_that_forgets_before_a_replay_is_refused() -> None:
    with pytest.raises(ValueError, match="inbox"):
        Retention(outbox=timedelta(days=9), inbox=timedelta(days=8))


async def test_a_standby_holds_no_snapshot(database: Database, kafka_bootstrap: str) -> None:
    """A statement that waits for the lock would keep vacuum from cleaning up."""
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_lock(:k)"), {"k": LEADER_LOCK})
        async with relaying(database, kafka_bootstrap):
            await asyncio.sleep(0.3)
            active = await connection.scalar(
                text("""
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND backend_xmin IS NOT NULL
                        AND pid <> pg_backend_pid()
                """)
            )
    assert active == 0
