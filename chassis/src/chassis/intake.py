"""The ack rules: a record is acknowledged when it is dealt with, and held back until it is."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from chassis.backoff import Backoff
from chassis.cancellation import to_the_end
from chassis.delivery import Delivery
from chassis.errors import Problem, Transient
from chassis.message import Record, event_id

log = structlog.get_logger()


class HandlerFailed(Problem):
    code = "handler_failed"
    title = "Its handler failed at every attempt"


@dataclass
class Failure:
    """A partition's head that could not be handled so far."""

    offset: int
    since: float
    attempts: int = 0
    counted: int = 0


class Intake:
    """Deals with a partition's records one after another.

    One that fails keeps its place: its partition alone is paused, rewound to it and resumed after
    the backoff, so that other partitions flow on, order per key holds, and the consumer keeps
    polling and stays in its group however long it takes. Only failures that are the handler's
    own fault are counted: a Transient or an absent database never leads to the dlq.
    """

    def __init__(
        self,
        delivery: Delivery,
        reachable: Callable[[], Awaitable[bool]],
        *,
        max_attempts: int,
        backoff: Backoff,
    ) -> None:
        self._delivery = delivery
        self._reachable = reachable
        self._max_attempts = max_attempts
        self._backoff = backoff
        self._failures: dict[TopicPartition, Failure] = {}
        self._closed = False

    def close(self) -> None:
        """Take no more than the message at hand."""
        self._closed = True

    async def take(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, records: Sequence[Record]
    ) -> None:
        """Deal with a partition's next records in order; a cancellation lets one be finished."""
        done: int | None = None
        known: frozenset[UUID] = frozenset()

        async def is_done(record: Record) -> bool:
            nonlocal done
            if event_id(record) in known or await self._take_one(consumer, partition, record):
                done = record.offset + 1
                return True
            return False

        try:
            known = await self._known(records)
            for record in records:
                if self._closed or not await to_the_end(is_done(record)):
                    break
        finally:
            if done is not None:
                await _acknowledge(consumer, partition, done)

    async def _known(self, records: Sequence[Record]) -> frozenset[UUID]:
        """A replay brings thousands of duplicates: this tells them apart by the batch.

        Only to be quick: each message's own transaction is what decides.
        """
        ids = [found for record in records if (found := event_id(record))]
        if len(ids) < 2:
            return frozenset()
        try:
            return await self._delivery.known(ids)
        except Exception as error:
            log.warning("the inbox cannot be read", error=repr(error))
            return frozenset()

    async def _take_one(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, record: Record
    ) -> bool:
        try:
            await self._deal_with(record, partition)
        except Exception as error:
            log.warning("a message is held back", topic=record.topic, exc_info=error)
            self._hold_back(consumer, partition, record.offset)
            return False
        self._failures.pop(partition, None)
        return True

    def stuck_seconds(self) -> float:
        """For how long the message that failed first has been held back."""
        now = monotonic()
        return max((now - failure.since for failure in self._failures.values()), default=0.0)

    async def _deal_with(self, record: Record, partition: TopicPartition) -> None:
        failure = self._failures.get(partition)
        try:
            await self._delivery.deliver(record)
        except Exception as error:
            if failure is None or failure.offset != record.offset:
                failure = self._failures[partition] = Failure(record.offset, monotonic())
            failure.attempts += 1
            if not isinstance(error, Transient) and await self._reachable():
                failure.counted += 1
            if failure.counted < self._max_attempts:
                raise
            reason = HandlerFailed(f"{type(error).__name__}: {error}")
            await self._delivery.bury(record, reason)

    def _hold_back(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int
    ) -> None:
        try:
            consumer.pause(partition)
            consumer.seek(partition, offset)
        except IllegalStateError:
            return  # it was assigned elsewhere meanwhile, and begins there with this message
        delay = self._backoff.delay(self._failures[partition].attempts)
        asyncio.get_running_loop().call_later(delay, _resume, consumer, partition)


def _resume(consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
    if partition in consumer.assignment():
        consumer.resume(partition)


async def _acknowledge(consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> None:
    """Names its partition: a bare commit would cover what others have fetched and not done.

    A failed one is made good by the next, or by the inbox after a redelivery.
    """
    try:
        await consumer.commit({partition: offset})
    except (KafkaError, IllegalStateError) as error:
        log.warning("an offset was not committed", topic=partition.topic, error=repr(error))
