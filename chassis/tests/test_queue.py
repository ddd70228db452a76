"""The work table's operations, one by one."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Row, text

from chassis import leases
from chassis.database import Database


async def enqueue(database: Database, key: str, *, group: str = "g", **options: Any) -> bool:
    async with database.transaction() as tx:
        return await tx.enqueue("cut", key, {"n": 1}, group=group, **options)


async def claim(database: Database, limit: int = 1, lease: float = 30) -> Sequence[Row[Any]]:
    async with database.transaction() as tx:
        await leases.reclaim(tx.session)
        return await leases.claim(tx.session, ["cut"], limit, lease)


async def state_of(database: Database, key: str) -> str:
    async with database.read() as session:
        query = text("SELECT state FROM work WHERE key = :key")
        return str(await session.scalar(query, {"key": key}))


async def test_the_same_work_is_queued_once(database: Database) -> None:
    assert await enqueue(database, "a")
    assert not await enqueue(database, "a")
    assert len(await claim(database, 10)) == 1


async def test_the_most_urgent_and_then_the_oldest_comes_first(database: Database) -> None:
    for key, priority in (("a", 0), ("b", 0), ("c", 5)):
        await enqueue(database, key, priority=priority)
    assert [(await claim(database))[0].key for _ in range(3)] == ["c", "a", "b"]


async def test_delayed_work_waits(database: Database) -> None:
    await enqueue(database, "a", delay_s=60)
    assert not await claim(database)
    async with database.transaction() as tx:
        due = await leases.next_due(tx.session, ["cut"])
    assert due == pytest.approx(60, abs=5)


async def test_workers_at_once_never_claim_the_same(database: Database) -> None:
    for n in range(20):
        await enqueue(database, str(n))
    claims = await asyncio.gather(*(claim(database, 3) for _ in range(8)))
    keys = [row.key for rows in claims for row in rows]
    assert sorted(keys, key=int) == [str(n) for n in range(20)]


async def test_a_lease_that_ran_out_is_claimed_again_and_fences_its_first_holder(
    database: Database,
) -> None:
    await enqueue(database, "a")
    (first,) = await claim(database, lease=0.01)
    await asyncio.sleep(0.02)
    (second,) = await claim(database)

    assert second.attempt == 2
    async with database.transaction() as tx:
        assert not await leases.complete(tx.session, first.id, first.fence)
        assert await leases.renew(tx.session, {first.id: first.fence}, 30) == set()
        assert await leases.complete(tx.session, second.id, second.fence)


async def test_nobody_reclaims_what_it_is_at_work_on_itself(database: Database) -> None:
    await enqueue(database, "a")
    (row,) = await claim(database, lease=0)
    async with database.transaction() as tx:
        await leases.reclaim(tx.session, [row.id])
        assert await leases.renew(tx.session, {row.id: row.fence}, 30) == {row.id}


async def test_a_release_is_not_an_attempt(database: Database) -> None:
    await enqueue(database, "a")
    (row,) = await claim(database)
    async with database.transaction() as tx:
        assert await leases.release(tx.session, row.id, row.fence)
    (row,) = await claim(database)
    assert row.attempt == 1


async def test_a_canceled_group_stops_queued_and_leased_work(database: Database) -> None:
    for key in "ab":
        await enqueue(database, key)
    await enqueue(database, "other", group="h")
    (running,) = await claim(database)
    async with database.transaction() as tx:
        assert await tx.cancel_group("g") == 2
        assert await leases.renew(tx.session, {running.id: running.fence}, 30) == set()
        assert not await leases.complete(tx.session, running.id, running.fence)
    assert [row.key for row in await claim(database, 5)] == ["other"]


async def test_a_cancel_before_the_enqueue_is_remembered(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.cancel_group("g") == 0
    assert not await enqueue(database, "a")
    assert await state_of(database, "a") == "canceled"
    assert not await claim(database)


async def test_a_cancel_that_crosses_an_enqueue_wins_at_the_claim(database: Database) -> None:
    async with database.transaction() as enqueuing:
        assert await enqueuing.enqueue("cut", "a", {}, group="g")
        async with database.transaction() as canceling:
            assert await canceling.cancel_group("g") == 0
    assert await state_of(database, "a") == "queued"
    assert not await claim(database)
    assert await state_of(database, "a") == "canceled"


async def test_a_cancel_that_crosses_a_claim_wins_at_the_renewal(database: Database) -> None:
    async with database.transaction() as canceling:
        await canceling.cancel_group("g")
        await enqueue(database, "a")
        (row,) = await claim(database)
    async with database.transaction() as tx:
        assert await leases.renew(tx.session, {row.id: row.fence}, 30) == set()
        await leases.release(tx.session, row.id, row.fence)
    assert await state_of(database, "a") == "canceled"


async def test_ended_work_is_requeued_afresh_once_its_group_is_open(database: Database) -> None:
    await enqueue(database, "a")
    async with database.transaction() as tx:
        assert not await tx.requeue("cut", "a")
        await tx.cancel_group("g")
    async with database.transaction() as tx:
        assert not await tx.requeue("cut", "a")
        await tx.reopen_group("g")
        assert await tx.requeue("cut", "a", {"n": 2})
    (row,) = await claim(database)
    assert (row.attempt, row.payload) == (1, {"n": 2})


async def test_a_claim_reads_a_few_rows_however_many_wait(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(
            text("""
                INSERT INTO work (id, kind, key, group_name, payload)
                SELECT gen_random_uuid(), 'cut', n::text, 'g', '{}' FROM generate_series(1, 5000) n
            """)
        )
    async with database.transaction() as tx:
        await tx.session.execute(text("ANALYZE work"))
        plan = await tx.session.scalars(
            text(f"EXPLAIN (ANALYZE, TIMING OFF) {leases.CLAIM.text}"),
            {"kinds": ["cut"], "limit": 1, "lease": 30.0},
        )
    lines = "\n".join(plan)
    assert "Index Scan using work_next" in lines
    assert "Seq Scan on work " not in lines
