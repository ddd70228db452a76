"""The fixtures that every member's tests stand on."""

import asyncpg
from confluent_kafka import Consumer, Producer


def _plain(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://")


async def test_the_database_is_empty_and_belongs_to_a_plain_role(database_url: str) -> None:
    connection = await asyncpg.connect(_plain(database_url))
    try:
        tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        assert await connection.fetchval(tables) == 0
        assert await connection.fetchval("SHOW is_superuser") == "off"
        assert (await connection.fetchval("SHOW server_version")).startswith("18.")
        await connection.execute("CREATE TABLE thing (id uuid PRIMARY KEY DEFAULT uuidv7())")
    finally:
        await connection.close()


async def test_each_test_gets_another_database(database_url: str) -> None:
    connection = await asyncpg.connect(_plain(database_url))
    try:
        assert await connection.fetchval("SELECT to_regclass('thing')") is None
        assert await connection.fetchval("SELECT upper('é')") == "É"
    finally:
        await connection.close()


def test_what_is_produced_can_be_consumed(kafka_bootstrap: str) -> None:
    producer = Producer({"bootstrap.servers": kafka_bootstrap})
    producer.produce("asset.submitted", key=b"k", value=b"hello")
    assert producer.flush(10) == 0
    settings = {"group.id": "test", "auto.offset.reset": "earliest"}
    consumer = Consumer({"bootstrap.servers": kafka_bootstrap, **settings})
    try:
        consumer.subscribe(["asset.submitted"])
        message = consumer.poll(20)
        assert message is not None
        assert message.value() == b"hello"
    finally:
        consumer.close()
