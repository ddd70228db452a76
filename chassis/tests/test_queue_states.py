"""The work queue against a model of it, in random histories, on a real PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from chassis import leases
from chassis.database import Database, Transaction
from chassis.migrate import upgrade
from embedded.postgres import Postgres

KEYS = st.sampled_from("abcd")
GROUPS = st.sampled_from("gh")
T = TypeVar("T")


@dataclass
class Row:
    """What a row should be."""

    group: str
    priority: int
    age: int
    state: str
    attempt: int = 0
    fence: int = 0
    expired: bool = False


@dataclass(frozen=True)
class Lease:
    """A fence that was handed out once, and may be stale by now."""

    key: str
    id: UUID
    fence: int


class QueueMachine(RuleBasedStateMachine):
    runner: asyncio.Runner
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, Row] = {}
        self.leases: list[Lease] = []
        self.canceled: set[str] = set()
        self.ages = count()
        self.change(lambda tx: tx.session.execute(text("TRUNCATE work, work_groups")))

    def change(self, step: Callable[[Transaction], Awaitable[T]]) -> T:
        async def run() -> T:
            async with self.database.transaction() as tx:
                return await step(tx)

        return self.runner.run(run())

    def holds(self, lease: Lease) -> bool:
        row = self.rows[lease.key]
        return row.state == "leased" and row.fence == lease.fence

    @rule(key=KEYS, group=GROUPS, priority=st.integers(0, 1))
    def enqueue(self, key: str, group: str, priority: int) -> None:
        queued = self.change(lambda tx: tx.enqueue("cut", key, {}, group=group, priority=priority))
        assert queued == (key not in self.rows and group not in self.canceled)
        if key not in self.rows:
            state = "canceled" if group in self.canceled else "queued"
            self.rows[key] = Row(group, priority, next(self.ages), state)

    @rule()
    def claim(self) -> None:
        async def claim(tx: Transaction) -> Any:
            await leases.reclaim(tx.session)
            return await leases.claim(tx.session, ["cut"], 1, 600)

        claimed = self.change(claim)
        for row in self.rows.values():
            if row.state == "leased" and row.expired:
                row.state = "queued"
        waiting = [key for key, row in self.rows.items() if row.state == "queued"]
        if not waiting:
            assert not claimed
            return
        key = min(waiting, key=lambda key: (-self.rows[key].priority, self.rows[key].age))
        row = self.rows[key]
        row.attempt, row.fence, row.expired = row.attempt + 1, row.fence + 1, False
        row.state = "leased"
        assert [(c.key, c.attempt, c.fence) for c in claimed] == [(key, row.attempt, row.fence)]
        self.leases.append(Lease(key, claimed[0].id, row.fence))

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), end=st.sampled_from(["complete", "retry", "bury", "release"]))
    def end(self, data: st.DataObject, end: str) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        row = self.rows[lease.key]

        def step(tx: Transaction) -> Awaitable[bool]:
            if end == "complete":
                return leases.complete(tx.session, lease.id, lease.fence)
            if end == "retry":
                return leases.retry_later(tx.session, lease.id, lease.fence, {}, 0)
            if end == "bury":
                return leases.bury(tx.session, lease.id, lease.fence, {})
            return leases.release(tx.session, lease.id, lease.fence)

        assert self.change(step) == self.holds(lease)
        if self.holds(lease):
            row.attempt -= end == "release"
            row.state = {"complete": "done", "bury": "dead"}.get(end, "queued")
            row.expired = False

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        lease = data.draw(st.sampled_from(self.leases))
        kept = self.change(lambda tx: leases.renew(tx.session, {lease.id: lease.fence}, 600))
        assert kept == ({lease.id} if self.holds(lease) else set())
        if kept:
            self.rows[lease.key].expired = False

    @rule(key=KEYS)
    def expire(self, key: str) -> None:
        query = text("""
            UPDATE work SET leased_until = now() - interval '1 s'
            WHERE key = :key AND state = 'leased'
        """)
        self.change(lambda tx: tx.session.execute(query, {"key": key}))
        if key in self.rows and self.rows[key].state == "leased":
            self.rows[key].expired = True

    @rule(group=GROUPS)
    def cancel(self, group: str) -> None:
        number = self.change(lambda tx: tx.cancel_group(group))
        hit = [
            row
            for row in self.rows.values()
            if row.group == group and row.state in ("queued", "leased")
        ]
        assert number == len(hit)
        for row in hit:
            row.state, row.expired = "canceled", False
        self.canceled.add(group)

    @rule(group=GROUPS)
    def reopen(self, group: str) -> None:
        self.change(lambda tx: tx.reopen_group(group))
        self.canceled.discard(group)

    @rule(key=KEYS)
    def requeue(self, key: str) -> None:
        again = self.change(lambda tx: tx.requeue("cut", key))
        row = self.rows.get(key)
        ended = row is not None and row.state in ("done", "dead", "canceled")
        assert again == (row is not None and ended and row.group not in self.canceled)
        if again and row is not None:
            row.state, row.attempt, row.expired = "queued", 0, False

    @invariant()
    def the_table_is_as_modelled(self) -> None:
        query = text("SELECT key, state, attempt, fence FROM work")

        async def look() -> dict[str, tuple[str, int, int]]:
            async with self.database.read() as session:
                rows = await session.execute(query)
                return {row.key: (row.state, row.attempt, row.fence) for row in rows}

        expected = {key: (row.state, row.attempt, row.fence) for key, row in self.rows.items()}
        assert self.runner.run(look()) == expected


def test_random_histories(postgres: Postgres) -> None:
    with asyncio.Runner() as runner:
        url = postgres.ensure_database("queue_states")
        runner.run(upgrade(url, Path(__file__).parent / "migrations"))
        database = Database(url)
        machine = type("Machine", (QueueMachine,), {"runner": runner, "database": database})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=60,
                    stateful_step_count=30,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(database.dispose())
            postgres.drop_database("queue_states")
