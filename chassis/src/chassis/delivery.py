"""What happens to a message: the one middleware around every handler."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from opentelemetry import propagate, trace
from structlog.contextvars import bound_contextvars

from chassis import inbox
from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.message import Record, dead_letter, decode, text_headers
from contracts.events import Event

log = structlog.get_logger()
tracer = trace.get_tracer("chassis.bus")

Handler = Callable[[Any, Transaction], Awaitable[None]]


class Delivery:
    """A message is one transaction: inbox, state, work and outgoing events commit together."""

    def __init__(
        self,
        database: Database,
        service: str,
        handlers: Mapping[str, tuple[type[Event], Handler]],
    ) -> None:
        self._database = database
        self._service = service
        self._handlers = handlers

    async def known(self, ids: Sequence[UUID]) -> frozenset[UUID]:
        """Which of these events were handled already."""
        async with self._database.read() as session:
            return await inbox.known(session, ids)

    async def deliver(self, record: Record) -> None:
        """Returns once the message is dealt with for good; raises what may pass by itself."""
        headers = text_headers(record)
        with (
            bound_contextvars(topic=record.topic, event=headers.get("ce_id")),
            tracer.start_as_current_span(
                f"process {record.topic}",
                context=propagate.extract(headers),
                kind=trace.SpanKind.CONSUMER,
                attributes={
                    "messaging.system": "kafka",
                    "messaging.destination.name": record.topic,
                    "messaging.message.id": headers.get("ce_id", ""),
                },
            ),
        ):
            try:
                await self._handle(record)
            except Problem as problem:
                await self.bury(record, problem)

    async def _handle(self, record: Record) -> None:
        model, handler = self._handlers[record.topic]
        message = decode(record, model)
        with bound_contextvars(key=message.event.key):
            async with self._database.transaction() as tx:
                if await inbox.record(tx.session, message.id, record.topic):
                    await handler(message.event, tx)
                else:
                    log.debug("a duplicate")

    async def bury(self, record: Record, problem: Problem) -> None:
        """Durable before the message is acknowledged: the outbox carries it to the dlq."""
        trace.get_current_span().record_exception(problem)
        log.error("message to the dlq", code=problem.code, detail=problem.detail)
        async with self._database.transaction() as tx:
            tx.publish_row(dead_letter(record, problem, self._service))
