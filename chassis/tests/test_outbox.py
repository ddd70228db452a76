"""Events on their way out: what is stored, in which order, and what is refused."""

import asyncio
import json
from typing import ClassVar

import pytest
from sqlalchemy import text

from chassis import outbox
from chassis.database import Database
from contracts.events import Event


class Pinged(Event):
    topic: ClassVar[str] = "test.pinged"
    name: str = "a"
    number: int = 0
    filler: str = ""

    @property
    def key(self) -> str:
        return self.name


async def test_a_row_is_a_cloud_event_in_debeziums_columns(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.publish(Pinged(name="a", number=7))
    async with database.read() as session:
        row = (await session.execute(text("SELECT * FROM outbox"))).one()
    assert (row.aggregatetype, row.aggregateid, row.type) == ("test", "a", "test.pinged")
    assert row.payload == {"name": "a", "number": 7, "filler": ""}
    assert row.published_at is None
    headers = row.headers
    assert headers["ce_id"] == str(row.id)
    assert headers["ce_source"] == "/tester"
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_subject"] == "a"
    assert headers["content-type"] == "application/json"
    assert json.dumps(headers)


async def test_a_rollback_publishes_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.publish(Pinged())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM outbox")) == 0


async def test_an_event_that_carries_too_much_is_refused(database: Database) -> None:
    async def publish() -> None:
        async with database.transaction() as tx:
            await tx.publish(Pinged(filler="x" * outbox.MAX_PAYLOAD))

    with pytest.raises(outbox.EventTooLarge):
        await publish()


async def test_per_key_the_numbers_follow_the_commits(database: Database) -> None:
    """Of two transactions on one key, the one that writes second also commits second."""
    order: list[str] = []

    async def write(name: str, first_key: str, second_key: str) -> None:
        async with database.transaction() as tx:
            await tx.publish(Pinged(name=first_key))
            await tx.publish(Pinged(name=second_key))
        order.append(name)

    async with database.transaction() as tx:
        await outbox.append(tx.session, [outbox.OutboxRow.of(Pinged(name="a", number=1), "t")])
        others = [
            asyncio.create_task(write("x", "a", "b")),
            asyncio.create_task(write("y", "b", "a")),
        ]
        await asyncio.sleep(0.2)
        assert not order, "a later transaction on the same key overtook"
    await asyncio.gather(*others)

    async with database.read() as session:
        first = await session.scalar(
            text("SELECT payload->>'number' FROM outbox WHERE aggregateid = 'a' ORDER BY seq")
        )
    assert first == "1"


async def test_other_keys_do_not_wait(database: Database) -> None:
    async with database.transaction() as tx:
        await outbox.append(tx.session, [outbox.OutboxRow.of(Pinged(name="a"), "t")])
        async with asyncio.timeout(1), database.transaction() as other:
            await other.publish(Pinged(name="b"))
