"""The whole service: HTTP, database, relay, bus and worker on a real broker."""

import asyncio
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from chassis.outbox import OutboxRow
from contracts.events import AssetSubmitted, Event
from gateway.main import create_app
from gateway.settings import Settings


async def send(bootstrap: str, event: Event) -> None:
    row = OutboxRow.of(event, "ingest")
    headers = [(name, value.encode()) for name, value in row.headers.items()]
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        value = (row.payload or "").encode()
        await producer.send_and_wait(row.topic, value, key=row.key.encode(), headers=headers)


async def received(bootstrap: str, kind: type[Event]) -> Event:
    consumer = AIOKafkaConsumer(
        kind.topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    async with consumer:
        record = await asyncio.wait_for(consumer.getone(), 20)
        return kind.model_validate_json(record.value)


async def test_an_upload_goes_out_and_its_news_come_back(
    settings: Settings, database_url: str, kafka_bootstrap: str, sign_up: Any, others: Any
) -> None:
    own = {"database_url": database_url, "kafka_bootstrap": kafka_bootstrap}
    app = create_app(settings.model_copy(update=own))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://gateway/api/v3"
        ) as http,
    ):
        creator = await sign_up(http, "ada")
        asset = await creator.upload(await creator.project())
        event = await received(kafka_bootstrap, AssetSubmitted)
        assert str(event.asset_id) == asset["id"]  # type: ignore[attr-defined]
        await send(kafka_bootstrap, others(creator, asset).ingested())
        async with asyncio.timeout(20):
            while (await creator.get(f"/assets/{asset['id']}"))["status"] != "ingested":
                await asyncio.sleep(0.05)
        assert (await http.get("http://gateway/health/ready")).status_code == 200
