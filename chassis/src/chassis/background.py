"""What a service does besides answering HTTP: its relay, its worker and its bus."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from sqlalchemy import text

from chassis.bus import Bus, Handlers
from chassis.database import Database
from chassis.health import Facts, Health, Unhealthy
from chassis.metrics import Metrics
from chassis.relay import Relay
from chassis.settings import ServiceSettings
from chassis.work import Tasks
from chassis.worker import Worker

log = structlog.get_logger()

WATCH_SECONDS = 0.25
STOP_SECONDS = {"bus": 2.0, "worker": 3.5, "relay": 1.5}


class Part(Protocol):
    """What runs in tasks of its own until it is stopped."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def crashed(self) -> bool:
        """Whether one of its tasks has ended by itself, which only a bug can make it do."""
        ...


@dataclass
class Background:
    """Starts and stops the parts in the order in which they need each other.

    Messages make work and work makes events, so that the bus stops first and the relay last.
    """

    database: Database
    relay: Relay
    worker: Worker
    bus: Bus
    relay_stuck_seconds: float
    crashed: str | None = None
    on_crash: Callable[[], None] = field(default=lambda: None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        parts: dict[str, Part] = {"relay": self.relay, "worker": self.worker, "bus": self.bus}
        async with AsyncExitStack() as stack:
            for name, part in parts.items():
                stack.push_async_callback(_stop, name, part)
                await part.start()
            watch = asyncio.create_task(self._watch(parts))
            try:
                yield
            finally:
                watch.cancel()

    def add_checks(self, health: Health) -> None:
        health.checks |= {
            "database": self._check_database,
            "bus": self._check_bus,
            "relay": self._check_relay,
            "worker": self._check_worker,
        }

    async def measure(self, metrics: Metrics) -> None:
        """Bring the gauges up to date with the database."""
        lag = await self.relay.lag()
        metrics.relay_rows.set(lag.count)
        metrics.relay_seconds.set(lag.oldest_seconds)
        async with self.database.read() as session:
            rows = (await session.execute(WORK_ROWS)).all()
        metrics.queue.clear()
        for row in rows:
            metrics.queue.labels(row.kind, row.state).set(row.rows)

    async def _watch(self, parts: dict[str, Part]) -> None:
        while self.crashed is None:
            await asyncio.sleep(WATCH_SECONDS)
            self.crashed = next((name for name, part in parts.items() if part.crashed()), None)
        log.critical("a part of the service has crashed, so the process ends", part=self.crashed)
        self.on_crash()

    async def _check_database(self) -> Facts:
        if not await self.database.reachable():
            raise Unhealthy("the database does not answer")
        return {}

    async def _check_bus(self) -> Facts:
        if self.bus.crashed() or not self.bus.healthy():
            raise Unhealthy("the broker is away, or a message is held back")
        return {}

    async def _check_relay(self) -> Facts:
        lag = await self.relay.lag()
        facts = {"rows": lag.count, "lagSeconds": round(lag.oldest_seconds, 3)}
        if self.relay.crashed():
            raise Unhealthy("it has crashed", **facts)
        if lag.oldest_seconds > self.relay_stuck_seconds:
            raise Unhealthy("events are not published", **facts)
        return facts

    async def _check_worker(self) -> Facts:
        if self.worker.crashed() or not self.worker.healthy():
            raise Unhealthy("it does not look for work")
        return {}


def background(
    settings: ServiceSettings, database: Database, handlers: Handlers, tasks: Tasks
) -> Background:
    """Return the parts as the settings want them, not started."""
    return Background(
        database=database,
        relay=Relay(database=database, bootstrap=settings.kafka_bootstrap),
        worker=Worker(
            database=database,
            tasks=tasks,
            concurrency=settings.worker_concurrency,
            lease_seconds=settings.lease_seconds,
        ),
        bus=Bus(
            service=settings.service,
            bootstrap=settings.kafka_bootstrap,
            database=database,
            handlers=handlers,
            fetch_max_wait_ms=settings.fetch_max_wait_ms,
            session_timeout_ms=settings.session_timeout_ms,
        ),
        relay_stuck_seconds=settings.relay_stuck_seconds,
    )


async def _stop(name: str, part: Part) -> None:
    """Stop a part in its share of the ten seconds that a service has to end."""
    try:
        async with asyncio.timeout(STOP_SECONDS[name]):
            await part.stop()
    except TimeoutError:
        log.warning("it did not stop in time", part=name)
    except Exception:
        log.exception("it failed to stop", part=name)


WORK_ROWS = text("""
    SELECT kind, state, count(*) AS rows FROM work
    WHERE state IN ('queued', 'leased') GROUP BY kind, state
""")
