"""Kafka's side of a service: one consumer for all of its handlers."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import structlog

from chassis.backoff import Backoff
from chassis.cancellation import end
from chassis.cluster import cluster_id, known_cluster
from chassis.consumption import Consumption, Meeting
from chassis.database import Database, Transaction
from chassis.delivery import Delivery, Handler
from chassis.intake import Intake
from contracts.events import Event

log = structlog.get_logger()

ROLE = "consumer"
RECONNECT = Backoff(0.2, 5)
DEFAULT_BACKOFF = Backoff(0.1, 10)

E = TypeVar("E", bound=Event)


class Handlers:
    """Which function handles which event: one each."""

    def __init__(self) -> None:
        self.by_topic: dict[str, tuple[type[Event], Handler]] = {}

    def on(
        self, event: type[E]
    ) -> Callable[
        [Callable[[E, Transaction], Awaitable[None]]],
        Callable[[E, Transaction], Awaitable[None]],
    ]:
        """Register `async def handler(event, tx)`, which runs within one transaction."""

        def register(
            handler: Callable[[E, Transaction], Awaitable[None]],
        ) -> Callable[[E, Transaction], Awaitable[None]]:
            if event.topic in self.by_topic:
                raise ValueError(f"{event.topic} is handled twice")
            self.by_topic[event.topic] = (event, handler)
            return handler

        return register


class Bus:
    """Consumes until stopped, through restarts and replacements of the broker.

    The group is the service's name. A replaced broker is read from its beginning: positions that
    belong to the one before mean nothing there. `session_timeout_ms` is how long a killed
    predecessor keeps its partitions; a real Kafka allows no less than 6 s unless told otherwise.
    """

    def __init__(
        self,
        *,
        service: str,
        bootstrap: str,
        database: Database,
        handlers: Handlers,
        fetch_max_wait_ms: int = 50,
        session_timeout_ms: int = 6_000,
        max_attempts: int = 8,
        backoff: Backoff = DEFAULT_BACKOFF,
        watch_seconds: float = 2,
        stuck_seconds: float = 60,
    ) -> None:
        self._service = service
        self._bootstrap = bootstrap
        self._database = database
        self._topics = sorted(handlers.by_topic)
        self._fetch_max_wait_ms = fetch_max_wait_ms
        self._session_timeout_ms = session_timeout_ms
        self._watch_every = watch_seconds
        self._stuck_after = stuck_seconds
        self._delivery = Delivery(database, service, handlers.by_topic)
        self._max_attempts = max_attempts
        self._backoff = backoff
        self._intake = self._new_intake()
        self._task: asyncio.Task[None] | None = None
        self._seen_at: float | None = None

    async def start(self) -> None:
        if self._topics:
            self._task = asyncio.create_task(self._keep_consuming())

    async def stop(self) -> None:
        """Finish the message at hand, then leave the group."""
        if self._task is not None:
            await end(self._task)

    def crashed(self) -> bool:
        """Whether its task has ended by itself, which only a bug can make it do."""
        return self._task is not None and self._task.done()

    def healthy(self) -> bool:
        """Whether the broker was seen lately and no message has been held back for long."""
        if not self._topics:
            return True
        if self._seen_at is None or monotonic() - self._seen_at > 5 * self._watch_every:
            return False
        return self._intake.stuck_seconds() < self._stuck_after

    async def _keep_consuming(self) -> None:
        failures = 0
        while True:
            started = monotonic()
            try:
                await self._consume_one_instance()
            except Exception as error:
                failures = 1 if monotonic() - started > RECONNECT.cap else failures + 1
                log.warning("the bus starts over", error=repr(error), failures=failures)
                await asyncio.sleep(RECONNECT.delay(failures))

    async def _consume_one_instance(self) -> None:
        """Consume until the broker is another one than at the start."""
        instance = await cluster_id(self._bootstrap)
        self._seen_at = monotonic()
        self._intake = self._new_intake()
        replaced = await known_cluster(self._database, ROLE) not in (None, instance)
        consumption = Consumption(
            group=self._service,
            bootstrap=self._bootstrap,
            topics=self._topics,
            intake=self._intake,
            meeting=Meeting(self._database, ROLE, instance, replaced),
            fetch_max_wait_ms=self._fetch_max_wait_ms,
            session_timeout_ms=self._session_timeout_ms,
        )
        async with consumption.running():
            await self._watch(instance, consumption.broken)

    def _new_intake(self) -> Intake:
        return Intake(
            self._delivery,
            self._database.reachable,
            max_attempts=self._max_attempts,
            backoff=self._backoff,
        )

    async def _watch(self, instance: str, broken: asyncio.Future[None]) -> None:
        while True:
            await asyncio.wait([broken], timeout=self._watch_every)
            if broken.done():
                broken.result()
            try:
                current = await cluster_id(self._bootstrap)
            except Exception as error:
                log.warning("the broker is away", error=repr(error))
                continue
            self._seen_at = monotonic()
            if current != instance:
                log.warning("the broker was replaced", was=instance, now=current)
                return
