"""The work table as workers see it: each operation is one statement, whoever else runs at once.

A claim draws a new fence number; only its holder can renew, complete or fail the row. That a
group is canceled is looked up again at every claim and renewal, so that no interleaving of a
cancel with an enqueue lets work slip through.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.sessions import ReadSession


async def claim(
    session: AsyncSession,
    kinds: Sequence[str],
    limit: int,
    lease_s: float,
) -> Sequence[Row[Any]]:
    """Lease up to `limit` rows, the most urgent and then the oldest first.

    An attempt is counted here, so that work which kills its worker is bounded too.
    """
    rows = await session.execute(CLAIM, {"kinds": list(kinds), "limit": limit, "lease": lease_s})
    return [row for row in rows if row.state == "leased"]


CLAIM = text("""
    UPDATE work SET state = 'queued', run_at = now(), leased_until = NULL, updated_at = now()
    WHERE id IN (
        SELECT id FROM work WHERE state = 'leased' AND leased_until < now()
        FOR UPDATE SKIP LOCKED
    )
""")

CLAIM = text("""
    WITH next AS MATERIALIZED (
        SELECT id, EXISTS (SELECT FROM work_groups WHERE name = group_name) AS canceled FROM work
        WHERE state = 'queued' AND run_at <= now() AND kind = ANY(CAST(:kinds AS text[]))
        ORDER BY priority DESC, id LIMIT :limit
        FOR UPDATE SKIP LOCKED
    )
    UPDATE work SET attempt = attempt + 1, fence = fence + 1, updated_at = now(),
        state = CASE WHEN canceled THEN 'canceled' ELSE 'leased' END,
        leased_until = CASE WHEN NOT canceled THEN now() + make_interval(secs => :lease) END
    FROM next WHERE work.id = next.id
    RETURNING work.id, kind, key, group_name, payload, attempt, fence, trace, state
""")


async def reclaim(session: AsyncSession, held: Iterable[UUID] = ()) -> None:
    """Queue again what others let run out; `held` is what the caller itself is at work on."""
    await session.execute(RECLAIM, {"held": list(held)})


RECLAIM = text("""
    UPDATE work SET state = 'queued', run_at = now(), leased_until = NULL, updated_at = now()
    WHERE id IN (
        SELECT id FROM work
        WHERE state = 'leased' AND leased_until < now() AND id <> ALL(CAST(:held AS uuid[]))
        FOR UPDATE SKIP LOCKED
    )
""")


async def next_due(session: ReadSession, kinds: Sequence[str]) -> float | None:
    """Seconds until there may be something to claim; None when nothing waits."""
    due = await session.scalar(NEXT_DUE, {"kinds": list(kinds)})
    return None if due is None else float(due)


NEXT_DUE = text("""
    SELECT extract(epoch FROM least(
        (SELECT min(run_at) FROM work
         WHERE state = 'queued' AND kind = ANY(CAST(:kinds AS text[]))),
        (SELECT min(leased_until) FROM work WHERE state = 'leased')
    ) - clock_timestamp())
""")


async def renew(session: AsyncSession, held: Mapping[UUID, int], lease_s: float) -> set[UUID]:
    """Prolong leases, given as id → fence; the ids that are still held come back."""
    rows = await session.scalars(
        RENEW, {"ids": list(held.keys()), "fences": list(held.values()), "lease": lease_s}
    )
    return set(rows)


RENEW = text("""
    UPDATE work SET leased_until = now() + make_interval(secs => :lease)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:fences AS bigint[])) AS held (id, fence)
    WHERE work.id = held.id AND work.fence = held.fence AND state = 'leased'
        AND NOT EXISTS (SELECT FROM work_groups WHERE name = group_name)
    RETURNING work.id
""")


async def complete(session: AsyncSession, work_id: UUID, fence: int) -> bool:
    """False when the lease is no longer held. Locks the row until the transaction ends."""
    return await _one(session, COMPLETE, {"id": work_id, "fence": fence})


COMPLETE = text("""
    UPDATE work SET state = 'done', leased_until = NULL, error = NULL, updated_at = now()
    WHERE id = :id AND fence = :fence AND state = 'leased'
    RETURNING id
""")


async def bury(session: AsyncSession, work_id: UUID, fence: int, error: dict[str, Any]) -> bool:
    """Dead for good, with the reason; False when the lease is no longer held."""
    return await _one(
        session, BURY, {"id": work_id, "fence": fence, "error": to_json(error).decode()}
    )


BURY = text("""
    UPDATE work SET state = 'dead', leased_until = NULL, error = CAST(:error AS jsonb),
        updated_at = now()
    WHERE id = :id AND fence = :fence AND state = 'leased'
    RETURNING id
""")


async def retry_later(
    session: AsyncSession, work_id: UUID, fence: int, error: dict[str, Any], delay_s: float
) -> bool:
    return await _one(
        session,
        RETRY,
        {"id": work_id, "fence": fence, "error": to_json(error).decode(), "delay": delay_s},
    )


RETRY = text("""
    UPDATE work SET state = 'queued', leased_until = NULL, error = CAST(:error AS jsonb),
        run_at = now() + make_interval(secs => :delay), updated_at = now()
    WHERE id = :id AND fence = :fence AND state = 'leased'
    RETURNING id
""")


async def release(session: AsyncSession, work_id: UUID, fence: int) -> bool:
    """Give a lease back as if it had never been claimed, unless the group was canceled."""
    return await _one(session, RELEASE, {"id": work_id, "fence": fence})


RELEASE = text("""
    UPDATE work SET
        state = CASE WHEN EXISTS (SELECT FROM work_groups WHERE name = group_name)
                     THEN 'canceled' ELSE 'queued' END,
        attempt = attempt - 1, leased_until = NULL, run_at = now(), updated_at = now()
    WHERE id = :id AND fence = :fence AND state = 'leased'
    RETURNING id
""")


async def stopped(session: AsyncSession, work_id: UUID, fence: int) -> None:
    """A canceled run has ended: nobody has to wait for its lease to run out."""
    await session.execute(STOPPED, {"id": work_id, "fence": fence})


STOPPED = text("""
    UPDATE work SET leased_until = NULL
    WHERE id = :id AND fence = :fence AND state = 'canceled'
""")


async def settle_one(session: AsyncSession, kinds: Sequence[str]) -> Row[Any] | None:
    """A canceled row whose callback is due, once nobody runs it any more."""
    return (await session.execute(SETTLE, {"kinds": list(kinds)})).first()


SETTLE = text("""
    UPDATE work SET settled = true, updated_at = now()
    WHERE id = (
        SELECT id FROM work
        WHERE state = 'canceled' AND NOT settled AND kind = ANY(CAST(:kinds AS text[]))
            AND (leased_until IS NULL OR leased_until < now())
        LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, kind, key, group_name, payload, attempt, fence, trace, state
""")


async def _one(session: AsyncSession, statement: TextClause, values: dict[str, Any]) -> bool:
    return (await session.execute(statement, values)).first() is not None
