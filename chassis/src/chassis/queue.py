"""The work table as the application sees it: put work in, stop it, have it done again.

States: queued → leased → done | dead, back to queued on failure or release, and canceled from
either. What workers do is in `chassis.leases`.
"""

import json
from typing import Any

from opentelemetry import propagate
from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from chassis.sessions import ReadSession

WORK_CHANNEL = "work"
CANCEL_CHANNEL = "work_canceled"


async def enqueue(
    session: AsyncSession,
    kind: str,
    key: str,
    payload: BaseModel | dict[str, Any],
    *,
    group: str,
    priority: int,
    delay_s: float,
) -> bool:
    trace: dict[str, str] = {}
    propagate.inject(trace)
    state = await session.scalar(
        ENQUEUE,
        {
            "id": uuid7(),
            "kind": kind,
            "key": key,
            "group": group,
            "payload": to_json(payload).decode(),
            "priority": priority,
            "delay": delay_s,
            "trace": json.dumps(trace),
        },
    )
    return bool(state == "queued")


ENQUEUE = text("""
    INSERT INTO work (id, kind, key, group_name, payload, priority, trace, run_at, state)
    VALUES (:id, :kind, :key, CAST(:group AS text), CAST(:payload AS jsonb), :priority,
            CAST(:trace AS jsonb), now() + make_interval(secs => :delay),
            CASE WHEN EXISTS (SELECT FROM work_groups WHERE name = CAST(:group AS text))
                 THEN 'canceled' ELSE 'queued' END)
    ON CONFLICT (kind, key) DO NOTHING
    RETURNING state
""")


async def requeue(
    session: AsyncSession, kind: str, key: str, payload: BaseModel | dict[str, Any] | None
) -> bool:
    encoded = None if payload is None else to_json(payload).decode()
    row = await session.execute(REQUEUE, {"kind": kind, "key": key, "payload": encoded})
    return row.first() is not None


REQUEUE = text("""
    UPDATE work SET state = 'queued', attempt = 0, run_at = now(), settled = false, error = NULL,
        leased_until = NULL, payload = coalesce(CAST(:payload AS jsonb), payload),
        updated_at = now()
    WHERE kind = :kind AND key = :key AND state IN ('done', 'dead', 'canceled')
        AND NOT EXISTS (SELECT FROM work_groups WHERE name = group_name)
    RETURNING id
""")


async def prioritise(session: AsyncSession, kind: str, key: str, priority: int) -> bool:
    values = {"kind": kind, "key": key, "priority": priority}
    return (await session.execute(PRIORITISE, values)).first() is not None


PRIORITISE = text("""
    UPDATE work SET priority = :priority, updated_at = now()
    WHERE kind = :kind AND key = :key AND state = 'queued' AND priority < :priority
    RETURNING id
""")


async def cancel_group(session: AsyncSession, group: str) -> int:
    await session.execute(REMEMBER_CANCEL, {"group": group})
    return len((await session.execute(CANCEL, {"group": group})).all())


REMEMBER_CANCEL = text("INSERT INTO work_groups (name) VALUES (:group) ON CONFLICT DO NOTHING")

# The lease's end stays: until then the worker that runs it may still be stopping.
CANCEL = text("""
    UPDATE work SET state = 'canceled', updated_at = now()
    WHERE group_name = :group AND state IN ('queued', 'leased')
    RETURNING id
""")


async def reopen_group(session: AsyncSession, group: str) -> None:
    await session.execute(text("DELETE FROM work_groups WHERE name = :group"), {"group": group})


async def depth(session: ReadSession) -> dict[str, int]:
    """Kind → how much is queued or under way: what to scale on."""
    return {row.kind: row.number for row in await session.execute(DEPTH)}


DEPTH = text("""
    SELECT kind, count(*) AS number FROM work WHERE state IN ('queued', 'leased') GROUP BY kind
""")
