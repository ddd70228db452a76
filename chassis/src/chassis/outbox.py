"""Events on their way out, written in the transaction that they tell of."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from opentelemetry import propagate
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7

if TYPE_CHECKING:
    from chassis.transaction import Transaction
from contracts.events import Event

CHANNEL = "outbox"
MAX_PAYLOAD = 256 * 1024


class EventTooLarge(ValueError):
    """An event must stay small: big things travel by object key."""


@dataclass(frozen=True)
class OutboxRow:
    """One message: exactly one of payload (JSON) and raw is given."""

    id: UUID
    topic: str
    key: str
    type: str
    headers: dict[str, str]
    payload: str | None
    raw: bytes | None = None

    @classmethod
    def of(cls, event: Event, service: str) -> "OutboxRow":
        payload = event.model_dump_json()
        if len(payload) > MAX_PAYLOAD:
            raise EventTooLarge(f"{event.topic} {event.key}: {len(payload)} bytes")
        event_id = uuid7()
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(event_id),
            "ce_type": event.topic,
            "ce_source": f"/{service}",
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_subject": event.key,
            "content-type": "application/json",
        }
        propagate.inject(headers)
        return cls(event_id, event.topic, event.key, event.topic, headers, payload)


async def append(session: AsyncSession, rows: Sequence[OutboxRow]) -> None:
    """Write rows so that, per key, `seq` grows in the order of commits.

    A sequence alone gives no such order: a transaction that drew its number first may commit
    last. The lock per key is taken before the number is drawn and held until the commit; taking
    the locks in one fixed order keeps two transactions from waiting for each other.
    """
    await session.execute(LOCK_KEYS, {"keys": [row.key for row in rows]})
    await session.execute(INSERT, [_columns(row) for row in rows])


def _columns(row: OutboxRow) -> dict[str, object]:
    return {
        "id": row.id,
        "aggregatetype": row.topic.partition(".")[0],
        "aggregateid": row.key,
        "type": row.type,
        "topic": row.topic,
        "headers": json.dumps(row.headers),
        "payload": row.payload,
        "raw": row.raw,
    }


LOCK_KEYS = text("""
    SELECT pg_advisory_xact_lock(hashtext('outbox'), hash) FROM (
        SELECT DISTINCT hashtext(key) AS hash FROM unnest(CAST(:keys AS text[])) AS key
        ORDER BY hash
    ) AS hashes
""")

INSERT = text("""
    INSERT INTO outbox (id, aggregatetype, aggregateid, type, topic, headers, payload, raw)
    VALUES (:id, :aggregatetype, :aggregateid, :type, :topic,
            CAST(:headers AS json), CAST(:payload AS json), :raw)
""")


async def replay(tx: "Transaction", since: datetime | None = None) -> int:
    """Have the relay publish again what was made since then, or all that is kept.

    Harmless to consumers, whose inboxes know what they have handled. The number of rows is
    returned.
    """
    tx.wake(CHANNEL)
    rows = await tx.session.execute(REPLAY, {"since": since or datetime.min.replace(tzinfo=UTC)})
    return len(rows.all())


REPLAY = text("""
    UPDATE outbox SET published_at = NULL, queued_at = clock_timestamp()
    WHERE published_at IS NOT NULL AND created_at >= :since
    RETURNING seq
""")
