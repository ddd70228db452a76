"""The service as it is started: a process between a real broker and a real database."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from chassis.ids import uuid7
from chassis.objects import DiskStore
from chassis.outbox import OutboxRow
from contracts.events import AnalysisDone, AssetIngested
from contracts.media import MediaInfo

DEADLINE = 55
SECRET = "a secret for tests"

Environment = dict[str, str]


@asynccontextmanager
async def service(environment: Environment, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "analysis", env=environment, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), DEADLINE)


async def tell(event: AssetIngested, bootstrap: str) -> None:
    row = OutboxRow.of(event, "ingest")
    headers = [(name, value.encode()) for name, value in row.headers.items()]
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        value = event.model_dump_json().encode()
        await producer.send_and_wait(row.topic, value, key=row.key.encode(), headers=headers)


async def answer(bootstrap: str) -> AnalysisDone:
    consumer = AIOKafkaConsumer(
        AnalysisDone.topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(DEADLINE):
            record = await consumer.getone()
    finally:
        await consumer.stop()
    return AnalysisDone.model_validate_json(record.value or b"")


async def test_killed_at_work_it_takes_the_work_up_again(
    database_url: str,
    kafka_bootstrap: str,
    talk: Path,
    probe: Callable[..., MediaInfo],
    tmp_path: Path,
) -> None:
    store = DiskStore(tmp_path / "objects", public_url="http://host", signing_secret=SECRET)
    await store.put_file("assets/talk", talk, content_type="video/mp4")
    event = AssetIngested(
        asset_id=uuid7(),
        project_id=uuid7(),
        user_id=uuid7(),
        filename=talk.name,
        sha256="ab" * 32,
        object_key="assets/talk",
        media=probe(talk),
    )
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP": kafka_bootstrap,
        "CINEMA_HOME": str(tmp_path),
        "SIGNING_SECRET": SECRET,
        "HTTP_PORT": "0",
        "LEASE_SECONDS": "2",
    }
    log, scratch = tmp_path / "analysis.log", tmp_path / "scratch" / "analysis"
    await tell(event, kafka_bootstrap)
    async with service(environment, log) as process, asyncio.timeout(DEADLINE):
        while not list(scratch.glob("*/sound.raw")):
            assert process.returncode is None, log.read_text()
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    async with service(environment, log) as process:
        done = await answer(kafka_bootstrap)
    assert (done.asset_id, done.problem) == (event.asset_id, None)
    assert done.analysis_key is not None
    assert await store.stat(done.analysis_key) is not None
    assert process.returncode == 0, log.read_text()
    assert list(scratch.iterdir()) == []
