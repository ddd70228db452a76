"""From an upload to what the others are told, over a real database and a disk store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import uuid7
from chassis.migrate import upgrade
from chassis.migrations import TABLES
from chassis.objects import DiskStore, ObjectInfo
from chassis.worker import Worker
from contracts.events import AssetIngested, AssetSubmitted, RemoteFile, UploadedFile
from ingest.ingest_asset import IngestAsset
from ingest.inspector import Inspector
from ingest.limits import Limits
from ingest.main import MIGRATIONS
from ingest.models import Base
from ingest.submit_asset import submit_asset
from ingest.tasks import make_tasks

DEADLINE = 20
GENEROUS = Limits()


@dataclass
class Room:
    """An ingest service without its bus."""

    database: Database
    store: DiskStore
    scratch_dir: Path

    async def upload(self, content: bytes) -> AssetSubmitted:
        asset_id = uuid7()
        info = await self.store.put_bytes(f"uploads/{asset_id}", content, content_type="text/html")
        return submitted(asset_id, UploadedFile(key=info.key, size_bytes=info.size))

    async def submit(self, event: AssetSubmitted) -> None:
        async with self.database.transaction() as tx:
            await submit_asset(event, tx)

    async def rows(self, sql: str) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.execute(text(sql))).mappings())

    async def keys(self) -> list[str]:
        return [info.key async for info in self.store.list("")]

    async def told(self, topic: str) -> list[Any]:
        rows = await self.rows(f"SELECT payload FROM outbox WHERE topic = '{topic}' ORDER BY seq")
        return [row["payload"] for row in rows]

    @asynccontextmanager
    async def working(self, limits: Limits = GENEROUS) -> AsyncIterator[None]:
        ingest = IngestAsset(self.database, self.store, Inspector(limits, 60), self.scratch_dir)
        tasks = make_tasks(ingest, self.store)
        worker = Worker(database=self.database, tasks=tasks, concurrency=2, poll_seconds=0.1)
        await worker.start()
        yield
        await worker.stop()

    async def settled(self) -> None:
        async def all_ended() -> bool:
            left = "SELECT 1 FROM work WHERE state IN ('queued', 'leased')"
            return not await self.rows(left)

        await eventually(all_ended)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not await condition():
            await asyncio.sleep(0.02)


def submitted(asset_id: UUID, source: UploadedFile | RemoteFile) -> AssetSubmitted:
    return AssetSubmitted(
        asset_id=asset_id,
        project_id=uuid7(),
        user_id=uuid7(),
        filename="clip.mp4",
        source=source,
        transcript="as said",
    )


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    await upgrade(database_url, MIGRATIONS)
    database = Database(database_url, service="ingest")
    store = DiskStore(tmp_path / "objects", public_url="http://host", signing_secret="s" * 16)
    yield Room(database, store, tmp_path / "scratch")
    await database.dispose()


async def test_an_upload_is_stored_under_its_hash_and_told_of(room: Room, clip: Path) -> None:
    event = await room.upload(clip.read_bytes())
    await room.submit(event)
    async with room.working():
        await room.settled()
    [payload] = await room.told("asset.ingested")
    ingested = AssetIngested.model_validate(payload)
    assert ingested.asset_id == event.asset_id
    assert ingested.media.duration_us == 2_000_000
    assert ingested.transcript == "as said"
    assert await room.store.get_bytes(ingested.object_key) == clip.read_bytes()
    assert await room.keys() == [ingested.object_key, ingested.thumbnail_key]
    [asset] = await room.rows("SELECT * FROM assets JOIN asset_blobs b ON b.id = blob_id")
    assert asset["status"] == "ingested"
    assert (asset["sha256"], asset["content_type"]) == (ingested.sha256, "video/mp4")
    assert list(room.scratch_dir.iterdir()) == []


async def test_the_same_content_is_stored_once(room: Room, clip: Path) -> None:
    for event in [await room.upload(clip.read_bytes()) for _ in range(3)]:
        await room.submit(event)
        await room.submit(event)
    async with room.working():
        await room.settled()
    told = await room.told("asset.ingested")
    assert len(told) == 3
    assert len({payload["sha256"] for payload in told}) == 1
    assert len(await room.rows("SELECT DISTINCT blob_id FROM assets")) == 1
    assert len(await room.keys()) == 2


async def test_known_content_is_not_inspected_again(room: Room, clip: Path) -> None:
    await room.submit(await room.upload(clip.read_bytes()))
    async with room.working():
        await room.settled()
    await room.submit(await room.upload(clip.read_bytes()))
    async with room.working(Limits(cpu_seconds=0)):  # any inspection would fail
        await room.settled()
    assert len(await room.told("asset.ingested")) == 2


@pytest.mark.parametrize(("content", "code"), [(b"words", "not_media"), (b"", "empty_file")])
async def test_what_is_of_no_use_is_refused(content: bytes, code: str, room: Room) -> None:
    event = await room.upload(content)
    await room.submit(event)
    async with room.working():
        await room.settled()
    [payload] = await room.told("asset.rejected")
    assert payload["problem"]["code"] == code
    assert payload["problem"]["detail"]
    assert await room.keys() == []
    [asset] = await room.rows("SELECT status, problem_code FROM assets")
    assert dict(asset) == {"status": "rejected", "problem_code": code}


async def test_an_upload_that_is_not_there(room: Room) -> None:
    await room.submit(submitted(uuid7(), UploadedFile(key="uploads/none", size_bytes=1)))
    async with room.working():
        await room.settled()
    [payload] = await room.told("asset.rejected")
    assert payload["problem"]["code"] == "upload_missing"


async def test_a_url_is_refused_at_once(room: Room) -> None:
    event = submitted(uuid7(), RemoteFile(url="https://example.com/a.mp4"))
    await room.submit(event)
    await room.submit(event)
    [payload] = await room.told("asset.rejected")
    assert payload["problem"]["code"] == "url_not_supported"
    [asset] = await room.rows("SELECT source_url FROM assets")
    assert asset["source_url"] == "https://example.com/a.mp4"


class PowerCut(BaseException):
    """Nothing after it runs, as if the process were gone."""


class FailingStore(DiskStore):
    """Dies just before or just after its n-th change."""

    def __init__(self, root: Path, dies_at: int) -> None:
        super().__init__(root, public_url="http://host", signing_secret="s" * 16)
        self.left = dies_at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise PowerCut

    async def put_file(self, key: str, path: Path, *, content_type: str) -> ObjectInfo:
        self.step()
        info = await super().put_file(key, path, content_type=content_type)
        self.step()
        return info

    async def copy(self, source: str, target: str) -> ObjectInfo:
        self.step()
        info = await super().copy(source, target)
        self.step()
        return info


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4, 5])
async def test_dying_between_any_two_steps_loses_and_doubles_nothing(
    dies_at: int, room: Room, clip: Path, tmp_path: Path
) -> None:
    event = await room.upload(clip.read_bytes())
    await room.submit(event)
    store = FailingStore(tmp_path / "objects", dies_at)
    doomed = IngestAsset(room.database, store, Inspector(Limits(), 60), room.scratch_dir)
    try:
        await doomed(event)  # its completion never runs: the database learns nothing of it
    except PowerCut:
        assert dies_at < 5
    async with room.working():
        await room.settled()
    [payload] = await room.told("asset.ingested")
    assert await room.keys() == [payload["object_key"], payload["thumbnail_key"]]
    assert await room.told("asset.rejected") == []


async def test_the_models_are_what_the_migrations_make(room: Room) -> None:
    def differences(connection: Any) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return [
            change
            for change in compare_metadata(context, Base.metadata)
            if getattr(change[1], "name", "") not in TABLES
            and getattr(getattr(change[1], "table", None), "name", "") not in TABLES
        ]

    async with room.database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
