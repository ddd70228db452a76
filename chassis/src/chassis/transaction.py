"""One unit of change: state, outgoing events and work, all or nothing."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox, queue
from chassis.outbox import OutboxRow
from contracts.events import Event


class Transaction:
    """What handlers, use cases and completions are given. They never commit: the edge does."""

    def __init__(self, session: AsyncSession, service: str) -> None:
        self.session = session
        self._service = service
        self._outgoing: list[OutboxRow] = []
        self._wake: set[str] = set()

    async def publish(self, event: Event) -> None:
        """Send an event if, and only if, this transaction commits."""
        self.publish_row(OutboxRow.of(event, self._service))

    def publish_row(self, row: OutboxRow) -> None:
        self._outgoing.append(row)

    async def enqueue(
        self,
        kind: str,
        key: str,
        payload: BaseModel | dict[str, Any],
        *,
        group: str,
        priority: int = 0,
        delay_s: float = 0,
    ) -> bool:
        """Queue work once: for a (kind, key) that is known already this does nothing.

        False when nothing was queued: known already, or the group has been canceled.
        """
        self.wake(queue.WORK_CHANNEL)
        return await queue.enqueue(
            self.session, kind, key, payload, group=group, priority=priority, delay_s=delay_s
        )

    async def requeue(
        self, kind: str, key: str, payload: BaseModel | dict[str, Any] | None = None
    ) -> bool:
        """Do ended work (done, dead or canceled) again, with fresh attempts.

        False when there is no such ended work, or its group is canceled.
        """
        self.wake(queue.WORK_CHANNEL)
        return await queue.requeue(self.session, kind, key, payload)

    async def prioritise(self, kind: str, key: str, priority: int) -> bool:
        """Let queued work come earlier. False when it is not queued, or as urgent already."""
        return await queue.prioritise(self.session, kind, key, priority)

    async def cancel_group(self, group: str) -> int:
        """Stop a group's work, running or queued, and refuse what is yet to come of it."""
        self.wake(queue.CANCEL_CHANNEL)
        return await queue.cancel_group(self.session, group)

    async def reopen_group(self, group: str) -> None:
        """Let a canceled group have work again. What was canceled stays so until requeued."""
        await queue.reopen_group(self.session, group)

    def wake(self, channel: str) -> None:
        """Notify the listeners of a channel when this transaction commits."""
        self._wake.add(channel)

    async def finish(self) -> None:
        """Write what was collected. For `Database.transaction`, just before its commit.

        Events come last so that their per-key locks are held for the commit alone.
        """
        await self.session.flush()
        if self._outgoing:
            await outbox.append(self.session, self._outgoing)
            self.wake(outbox.CHANNEL)
        if self._wake:
            await self.session.execute(NOTIFY, {"channels": sorted(self._wake)})


NOTIFY = text("SELECT pg_notify(c, '') FROM unnest(CAST(:channels AS text[])) AS c")
