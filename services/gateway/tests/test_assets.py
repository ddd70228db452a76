"""Uploads, and what becomes known of them."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.objects import ObjectStore
from contracts.base import ProblemInfo
from contracts.events import AssetSubmitted

SHA256 = "ab" * 32
NOT_MEDIA = ProblemInfo(code="not_media", detail="This is text")


async def test_an_upload_is_stored_and_told(
    creator: Any, store: ObjectStore, published: Any
) -> None:
    project_id = await creator.project()
    asset = await creator.upload(project_id, "talk.mp4", role="A_ROLL", transcript="Hello there")
    assert (asset["name"], asset["role"], asset["status"]) == ("talk.mp4", "a_roll", "submitted")
    assert asset["sizeBytes"] == len(b"moving pictures")
    (event,) = await published(AssetSubmitted)
    assert await store.get_bytes(event.source.key) == b"moving pictures"
    assert str(event.asset_id) == asset["id"]
    assert (event.role, event.transcript, event.user_id) == ("a_roll", "Hello there", creator.id)
    assert await creator.get(f"/projects/{project_id}/assets") == [asset]
    assert await creator.get(f"/assets/{asset['id']}") == asset


async def test_an_asset_tells_its_facts_once_it_is_ingested(
    creator: Any, tell: Any, others: Any
) -> None:
    asset = await creator.upload(await creator.project())
    await tell(others(creator, asset).ingested())
    seen = await creator.get(f"/assets/{asset['id']}")
    assert seen["status"] == "ingested"
    assert (seen["type"], seen["durationSeconds"], seen["frameRate"]) == (
        "video",
        2.5,
        "30000/1001",
    )
    assert (seen["width"], seen["height"], seen["rotation"]) == (1080, 1920, 90)
    assert (seen["hasAudio"], seen["audioCodec"], seen["sha256"]) == (True, "aac", SHA256)


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 0, 1)])
async def test_late_news_changes_nothing(
    creator: Any, tell: Any, others: Any, order: list[int]
) -> None:
    asset = await creator.upload(await creator.project())
    events = [others(creator, asset).ingested(), others(creator, asset).analysed()]
    for which in order:
        await tell(events[which])
    await tell(others(creator, asset).rejected(NOT_MEDIA))
    seen = await creator.get(f"/assets/{asset['id']}")
    assert (seen["status"], seen["error"]) == ("analysed", None)
    assert seen["thumbnailUrl"] == f"/api/v3/assets/{asset['id']}/thumbnail"


async def test_an_asset_that_is_refused_says_why(creator: Any, tell: Any, others: Any) -> None:
    asset = await creator.upload(await creator.project())
    await tell(others(creator, asset).rejected(NOT_MEDIA))
    await tell(others(creator, asset).analysed())
    seen = await creator.get(f"/assets/{asset['id']}")
    assert seen["status"] == "rejected"
    assert seen["error"] == {"code": "not_media", "detail": "This is text"}
    assert (await creator.get(f"/assets/{asset['id']}/data", 409))["code"] == "asset_not_ready"


async def test_an_asset_that_cannot_be_watched_is_refused(
    creator: Any, tell: Any, others: Any
) -> None:
    asset = await creator.upload(await creator.project())
    await tell(others(creator, asset).ingested())
    await tell(others(creator, asset).analysed(NOT_MEDIA))
    assert (await creator.get(f"/assets/{asset['id']}"))["status"] == "rejected"


@pytest.mark.parametrize(
    ("requested", "status", "content", "told"),
    [
        (None, 200, b"0123456789", None),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("lines=1-2", 200, b"0123456789", None),
        ("bytes=10-", 416, None, None),
    ],
)
async def test_a_file_is_given_in_ranges(
    creator: Any,
    tell: Any,
    others: Any,
    store: ObjectStore,
    requested: str | None,
    status: int,
    content: bytes | None,
    told: str | None,
) -> None:
    asset = await creator.upload(await creator.project())
    await tell(others(creator, asset).ingested())
    await store.put_bytes(f"assets/{SHA256}", b"0123456789", content_type="video/mp4")
    headers = {"range": requested} if requested else {}
    answer = await creator.http.get(f"/assets/{asset['id']}/data", headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("content-range") == told
    assert content in (None, answer.content)


async def test_a_thumbnail(creator: Any, tell: Any, others: Any, store: ObjectStore) -> None:
    asset = await creator.upload(await creator.project())
    await creator.get(f"/assets/{asset['id']}/thumbnail", 404)
    await tell(others(creator, asset).ingested())
    await store.put_bytes(f"thumbs/{SHA256}.jpg", b"jpeg", content_type="image/jpeg")
    answer = await creator.http.get(f"/assets/{asset['id']}/thumbnail")
    assert (answer.content, answer.headers["content-type"]) == (b"jpeg", "image/jpeg")


async def left_over(store: ObjectStore) -> list[str]:
    return [info.key async for info in store.list("uploads")]


@pytest.mark.parametrize(
    ("files", "fields", "status", "code"),
    [
        ({"other": ("a", b"1")}, {}, 400, "upload_invalid"),
        ({"file": ("a", b"1")}, {"role": "star"}, 422, "role_invalid"),
        (None, {"role": "a_roll"}, 400, "upload_invalid"),
    ],
)
async def test_an_upload_that_is_refused_leaves_nothing(
    creator: Any,
    store: ObjectStore,
    files: Any,
    fields: dict[str, str],
    status: int,
    code: str,
) -> None:
    path = f"/projects/{await creator.project()}/assets/upload"
    answer = await creator.http.post(path, files=files, data=fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await left_over(store) == []


async def test_a_role_that_comes_too_late_to_be_refused_early(
    creator: Any, store: ObjectStore
) -> None:
    path = f"/projects/{await creator.project()}/assets/upload"
    files = [("file", ("a", b"1")), ("role", (None, b"star"))]
    answer = await creator.http.post(path, files=files)
    assert answer.json()["code"] == "role_invalid"
    assert await left_over(store) == []


BIG_CHUNKS, CHUNK = 48, bytes(1 << 20)


async def test_memory_stays_flat_whatever_the_size(creator: Any, store: ObjectStore) -> None:
    """48 MiB go through in a few, and nothing is written but the object."""

    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n'
        for _ in range(BIG_CHUNKS):
            yield CHUNK
        yield b"\r\n--b--\r\n"

    path = f"/projects/{await creator.project()}/assets/upload"
    form = {"content-type": "multipart/form-data; boundary=b"}
    tracemalloc.start()
    answer = await creator.http.post(path, content=body(), headers=form)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.json()["data"]["sizeBytes"] == BIG_CHUNKS * len(CHUNK)
    assert peak < 12 << 20


async def test_an_upload_that_breaks_off_leaves_nothing(
    creator: Any, store: ObjectStore, tmp_path: Path
) -> None:
    started = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="big"\r\n\r\n'
        yield CHUNK * 3
        started.set()
        await asyncio.Event().wait()

    path = f"/projects/{await creator.project()}/assets/upload"
    form = {"content-type": "multipart/form-data; boundary=b"}
    upload = asyncio.create_task(creator.http.post(path, content=body(), headers=form))
    await started.wait()
    upload.cancel()
    await asyncio.wait([upload])
    assert await left_over(store) == []
    assert not any(path.is_file() for path in (tmp_path / "objects" / "incoming").rglob("*"))


async def test_an_archived_project_takes_nothing(creator: Any, database: Database) -> None:
    project_id = await creator.project()
    async with database.transaction() as tx:
        await tx.session.execute(text("UPDATE projects SET status = 'archived'"))
    path = f"/projects/{project_id}/assets/upload"
    answer = await creator.http.post(path, files={"file": ("a", b"1")})
    assert answer.json()["code"] == "project_archived"
    problem = await creator.post(f"/projects/{project_id}/jobs", {}, 409)
    assert problem["code"] == "project_archived"
