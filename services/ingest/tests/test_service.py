"""The service as it is started: a process between a real broker and a real database."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from chassis.ids import uuid7
from chassis.objects import DiskStore
from chassis.outbox import OutboxRow
from contracts.events import AssetIngested, AssetSubmitted, UploadedFile

DEADLINE = 40
SECRET = "a secret for tests"

Environment = dict[str, str]
Told = Callable[[], Awaitable[AssetIngested]]


@pytest.fixture
def environment(database_url: str, kafka_bootstrap: str, tmp_path: Path) -> Environment:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP": kafka_bootstrap,
        "CINEMA_HOME": str(tmp_path),
        "SIGNING_SECRET": SECRET,
        "HTTP_PORT": "0",
        "LEASE_SECONDS": "2",
    }


@asynccontextmanager
async def service(environment: Environment, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ingest", env=environment, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), DEADLINE)


async def submit(clip: Path, environment: Environment) -> AssetSubmitted:
    root = Path(environment["CINEMA_HOME"]) / "objects"
    store = DiskStore(root, public_url="http://host", signing_secret=SECRET)
    asset_id = uuid7()
    info = await store.put_file(f"uploads/{asset_id}", clip, content_type="video/mp4")
    event = AssetSubmitted(
        asset_id=asset_id,
        project_id=uuid7(),
        user_id=uuid7(),
        filename=clip.name,
        source=UploadedFile(key=info.key, size_bytes=info.size),
    )
    row = OutboxRow.of(event, "gateway")
    headers = [(name, value.encode()) for name, value in row.headers.items()]
    async with AIOKafkaProducer(bootstrap_servers=environment["KAFKA_BOOTSTRAP"]) as producer:
        value = event.model_dump_json().encode()
        await producer.send_and_wait(row.topic, value, key=row.key.encode(), headers=headers)
    return event


@asynccontextmanager
async def listening(environment: Environment) -> AsyncIterator[Told]:
    consumer = AIOKafkaConsumer(
        AssetIngested.topic,
        bootstrap_servers=environment["KAFKA_BOOTSTRAP"],
        auto_offset_reset="earliest",
    )
    await consumer.start()

    async def told() -> AssetIngested:
        async with asyncio.timeout(DEADLINE):
            record = await consumer.getone()
        return AssetIngested.model_validate_json(record.value or b"")

    yield told
    await consumer.stop()


async def test_killed_at_work_it_takes_the_work_up_again(
    environment: Environment, clip: Path, tmp_path: Path
) -> None:
    event = await submit(clip, environment)
    log = tmp_path / "ingest.log"
    scratch = tmp_path / "scratch" / "ingest"
    async with service(environment, log) as process, asyncio.timeout(DEADLINE):
        while not (scratch.is_dir() and any(scratch.iterdir())):
            assert process.returncode is None, log.read_text()
            await asyncio.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    async with service(environment, log) as process, listening(environment) as told:
        ingested = await told()
        assert ingested.asset_id == event.asset_id
        second = await submit(clip, environment)
        assert (await told()).asset_id == second.asset_id
    assert process.returncode == 0, log.read_text()
    objects = tmp_path / "objects" / "objects"
    assert len(list((objects / "assets").iterdir())) == 1
    assert list(scratch.iterdir()) == []
