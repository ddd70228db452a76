"""Carries the outbox to the bus: in order per key, perhaps twice, never not at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from sqlalchemy import text

from chassis import outbox
from chassis.backoff import Backoff
from chassis.cancellation import end, to_the_end
from chassis.cluster import cluster_id, known_cluster, remember_cluster
from chassis.database import Database
from chassis.retention import Retention, prune

log = structlog.get_logger()

LEADER_LOCK = 0x72656C6179
ROLE = "relay"
PRUNE_EVERY = timedelta(minutes=10).total_seconds()
KEEP = Retention()


@dataclass(frozen=True)
class Lag:
    """How far publishing is behind: rows that wait, and the seconds that the oldest has waited."""

    count: int
    oldest_seconds: float


class Relay:
    """One per process; of all of a service's processes one is active, by an advisory lock.

    The lock, the reads and the marks share one connection: who loses the lock cannot mark.
    Should a predecessor still be sending, both send the same rows in the same order, so that
    the first appearance of each event stays in order.
    """

    def __init__(
        self,
        *,
        database: Database,
        bootstrap: str,
        batch: int = 500,
        poll_seconds: float = 2,
        takeover_seconds: float = 1,
        retention: Retention = KEEP,
    ) -> None:
        self._database = database
        self._bootstrap = bootstrap
        self._batch = batch
        self._poll = poll_seconds
        self._takeover = takeover_seconds
        self._retention = retention
        self._backoff = Backoff(0.2, 5)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._pruned_at = monotonic()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._keep_going())

    async def stop(self) -> None:
        if self._task is not None:
            await end(self._task)

    def crashed(self) -> bool:
        """Whether its task has ended by itself, which only a bug can make it do."""
        return self._task is not None and self._task.done()

    async def lag(self) -> Lag:
        async with self._database.read() as session:
            row = (await session.execute(LAG)).one()
        return Lag(row.waiting, float(row.oldest))

    async def _keep_going(self) -> None:
        failures = 0
        while True:
            started = monotonic()
            try:
                await self._lead()
            except Exception as error:
                failures = 1 if monotonic() - started > self._backoff.cap else failures + 1
                log.warning("the relay starts over", error=repr(error), failures=failures)
            await asyncio.sleep(self._backoff.delay(failures or 1))

    async def _lead(self) -> None:
        """Be the active relay until an error or a new broker makes it start over."""
        async with self._leadership() as connection:
            instance = await self._meet_broker()
            async with self._producer() as producer:
                while await cluster_id(self._bootstrap) == instance:
                    await self._drain(connection, producer)
                    await self._prune_now_and_then()
                log.warning("the broker was replaced", was=instance)

    @asynccontextmanager
    async def _leadership(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await self._database.connect()
        try:
            # Polled, because a statement that waits for a lock holds back vacuum.
            while not await connection.fetchval(TRY_TO_LEAD, LEADER_LOCK):  # noqa: ASYNC110
                await asyncio.sleep(self._takeover)
            await connection.add_listener(outbox.CHANNEL, lambda *_: self._wake.set())
            connection.add_termination_listener(lambda _: self._wake.set())
            yield connection
        finally:
            connection.terminate()

    async def _meet_broker(self) -> str:
        """A broker that we have not met knows nothing: all that is kept is published again."""
        current = await cluster_id(self._bootstrap)
        known = await known_cluster(self._database, ROLE)
        if known != current:
            async with self._database.transaction() as tx:
                rows = await outbox.replay(tx) if known is not None else 0
                await remember_cluster(tx, ROLE, current)
            log.info("a new broker instance", instance=current, rows_to_replay=rows)
        return current

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        # Made anew after every error: an idempotent producer that lost a batch, or its broker,
        # cannot go on in order.
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            client_id=f"{self._database.service}-relay",
            enable_idempotence=True,
            acks="all",
            request_timeout_ms=10_000,
        )
        await to_the_end(producer.start())
        try:
            yield producer
        finally:
            await to_the_end(producer.stop())

    async def _drain(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> None:
        """Publish whatever comes, until `poll` seconds have passed."""
        deadline = monotonic() + self._poll
        while (left := deadline - monotonic()) > 0:
            self._wake.clear()
            rows = await connection.fetch(NEXT_BATCH, self._batch)
            if rows:
                await self._publish(producer, rows)
                await connection.execute(MARK, [row["seq"] for row in rows])
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._wake.wait()

    async def _publish(self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> None:
        """Returns when the broker has all of them."""
        sent = []
        for row in rows:
            headers = json.loads(row["headers"])
            sent.append(
                await producer.send(
                    row["topic"],
                    key=row["aggregateid"].encode() or None,
                    value=row["body"],
                    headers=[(name, value.encode()) for name, value in headers.items()],
                )
            )
        await asyncio.gather(*sent)

    async def _prune_now_and_then(self) -> None:
        if monotonic() - self._pruned_at > PRUNE_EVERY:
            await prune(self._database, self._retention)
            self._pruned_at = monotonic()


TRY_TO_LEAD = "SELECT pg_try_advisory_lock($1)"
NEXT_BATCH = """
    SELECT seq, topic, aggregateid, headers,
        coalesce(raw, convert_to(payload::text, 'UTF8')) AS body
    FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT $1
"""
MARK = "UPDATE outbox SET published_at = now() WHERE seq = ANY($1::bigint[])"
LAG = text("""
    SELECT count(*) AS waiting,
        coalesce(extract(epoch FROM clock_timestamp() - min(queued_at)), 0) AS oldest
    FROM outbox WHERE published_at IS NULL
""")
