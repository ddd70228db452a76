"""Events that were handled already: what arrives twice is done once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.sessions import ReadSession

RECORD = text("""
    INSERT INTO inbox (id, topic) VALUES (:id, :topic) ON CONFLICT DO NOTHING RETURNING id
""")


async def record(session: AsyncSession, event_id: UUID, topic: str) -> bool:
    """True for a new event. While another transaction records the same one, this waits for it."""
    return await session.scalar(RECORD, {"id": event_id, "topic": topic}) is not None


KNOWN = text("SELECT id FROM inbox WHERE id = ANY(CAST(:ids AS uuid[]))")


async def known(session: ReadSession, ids: Sequence[UUID]) -> frozenset[UUID]:
    return frozenset(await session.scalars(KNOWN, {"ids": list(ids)}))
