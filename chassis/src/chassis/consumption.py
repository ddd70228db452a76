"""FastStream's part of the bus: one subscriber over all topics of a service, batch by batch.

FastStream keeps the connection, the group and the poll loop. What a message means, and when it is
acknowledged, is the intake's: so records come to it raw, and no ack is FastStream's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import groupby

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from chassis.cancellation import to_the_end
from chassis.cluster import remember_cluster
from chassis.database import Database
from chassis.intake import Intake

MAX_RECORDS = 200
POLL_MS = 20
"""An empty poll waits this long and FastStream then sleeps as long again."""
STOP_SECONDS = 8.0


class Consumption:
    """One broker instance, consumed by one member of the group. `broken` is set by a bug alone."""

    def __init__(
        self,
        *,
        group: str,
        bootstrap: str,
        topics: Sequence[str],
        intake: Intake,
        meeting: "Meeting",
        fetch_max_wait_ms: int,
        session_timeout_ms: int,
    ) -> None:
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._intake = intake
        self._broker = KafkaBroker(
            bootstrap,
            client_id=group,
            consumer_only=True,
            metadata_max_age_ms=30_000,
            graceful_timeout=STOP_SECONDS,
            logger=None,
        )
        self._subscriber = self._broker.subscriber(
            *topics,
            group_id=group,
            batch=True,
            max_records=MAX_RECORDS,
            batch_timeout_ms=POLL_MS,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            fetch_max_wait_ms=fetch_max_wait_ms,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=session_timeout_ms // 3,
            listener=meeting,
            parser=self._raw,
            decoder=_undecoded,
        )
        self._subscriber(self._take)
        meeting.consumer_of = self._consumer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Consumes within the block; its end lets the message at hand be finished."""
        try:
            await to_the_end(self._broker.start())
            yield
        finally:
            self._intake.close()
            await to_the_end(self._broker.stop())

    def _consumer(self) -> AIOKafkaConsumer:
        consumer = self._subscriber.consumer
        if consumer is None:
            raise RuntimeError("the subscriber has not been started")
        return consumer

    async def _raw(self, records: tuple[ConsumerRecord, ...]) -> KafkaMessage:
        """FastStream's own parser fails on headers that are not text."""
        return KafkaMessage(raw_message=records, body=b"", consumer=self._consumer())

    async def _take(self, message: KafkaMessage) -> None:
        """FastStream would log an error and go on to the next batch, and this one would be lost."""
        try:
            for place, records in groupby(message.raw_message, _place):
                await self._intake.take(self._consumer(), place, list(records))
        except Exception as error:
            self._intake.close()
            if not self.broken.done():
                self.broken.set_exception(error)


def _place(record: ConsumerRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


async def _undecoded(message: KafkaMessage) -> KafkaMessage:
    return message


class Meeting(ConsumerRebalanceListener):  # type: ignore[misc]  # untyped library
    """At a replaced broker, the first assignment begins at the beginning, and says so there.

    Only then is the broker remembered as known.
    """

    def __init__(self, database: Database, role: str, instance: str, replaced: bool) -> None:
        self.consumer_of: Callable[[], AIOKafkaConsumer]
        self._database = database
        self._role = role
        self._instance = instance
        self._replaced = replaced
        self._met = False

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        pass

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        if self._met or not assigned:
            return
        consumer = self.consumer_of()
        if self._replaced:  # at once, before anything is fetched from where it left off
            await consumer.seek_to_beginning(*assigned)
            await consumer.commit({tp: await consumer.position(tp) for tp in assigned})
        async with self._database.transaction() as tx:
            await remember_cluster(tx, self._role, self._instance)
        self._met = True
