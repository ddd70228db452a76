"""A Kafka record as a CloudEvent in binary mode, and as a dead letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pydantic import ValidationError

from chassis.errors import Problem
from chassis.ids import uuid7
from chassis.outbox import OutboxRow
from contracts.events import Event


class Record(Protocol):
    """What is read of aiokafka's ConsumerRecord."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class Undecodable(Problem):
    code = "undecodable_message"
    title = "The message is not what its topic promises"


@dataclass(frozen=True)
class Message:
    id: UUID
    event: Event


def event_id(record: Record) -> UUID | None:
    """The event's id, if the record has a proper one."""
    try:
        return UUID(text_headers(record).get("ce_id", ""))
    except ValueError:
        return None


def decode(record: Record, model: type[Event]) -> Message:
    """Raises Undecodable for whatever is not a CloudEvent with the topic's event in it."""
    headers = text_headers(record)
    if headers.get("ce_specversion") != "1.0":
        raise Undecodable("not a CloudEvent 1.0 in binary mode")
    if headers.get("ce_type") != model.topic:
        raise Undecodable(f"its type is {headers.get('ce_type')!r}")
    try:
        return Message(
            UUID(headers.get("ce_id", "")), model.model_validate_json(record.value or b"")
        )
    except ValidationError as error:
        raise Undecodable(str(error)) from error
    except (ValueError, TypeError) as error:
        raise Undecodable(f"{error}") from error


def text_headers(record: Record) -> dict[str, str]:
    """Headers are bytes: what is not UTF-8 is escaped, what PostgreSQL cannot store dropped."""
    return {
        name: (value or b"").decode("utf-8", "backslashreplace").replace("\0", "")
        for name, value in record.headers
    }


def dead_letter(record: Record, problem: Problem, service: str) -> OutboxRow:
    """The same body, key and headers on `<topic>.dlq`, with what went wrong beside them.

    `ce_id` stays, so that a repaired dead letter can be sent again as the event that it was.
    """
    key = record.key or b""
    reason = {
        "dlq_service": service,
        "dlq_code": problem.code,
        "dlq_detail": (problem.detail or problem.title)[:2000].replace("\0", ""),
        "dlq_topic": record.topic,
        "dlq_partition": str(record.partition),
        "dlq_offset": str(record.offset),
    }
    headers = text_headers(record)
    return OutboxRow(
        id=uuid7(),
        topic=f"{record.topic}.dlq",
        key=key.decode("utf-8", "backslashreplace").replace("\0", ""),
        type=headers.get("ce_type", record.topic),
        headers={**headers, **reason},
        payload=None,
        raw=record.value or b"",
    )
