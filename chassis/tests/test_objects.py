"""One suite that every object store must pass."""

import asyncio
import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from chassis.http_problems import add_problem_handlers
from chassis.objects import (
    DiskStore,
    KeyInvalid,
    ObjectMissing,
    ObjectStore,
)
from chassis.objects.routes import objects_router
from chassis.objects.s3 import S3Store, connect

SECRET = "a secret of the tests"
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3 server of its own, spoken to over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"127.0.0.1:{port}"
        finally:
            server.kill()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "disk":
        return DiskStore(tmp_path / "store", public_url="http://cinema.test", signing_secret=SECRET)
    endpoint = request.getfixturevalue("s3_endpoint")
    client = connect(endpoint, "key", "secret", region="us-east-1", secure=False)
    bucket = f"b{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:20]}"
    s3 = S3Store(client, bucket)
    await s3.check()
    return s3


@pytest.fixture
async def http(store: ObjectStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Follows signed URLs: to the disk store's own route, or to the S3 server."""
    if not isinstance(store, DiskStore):
        async with httpx.AsyncClient() as client:
            yield client
        return
    app = FastAPI()
    app.include_router(objects_router(store, SECRET))
    add_problem_handlers(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        yield client


async def chunks(*data: bytes) -> AsyncIterator[bytes]:
    for chunk in data:
        yield chunk


async def keys(store: ObjectStore, prefix: str) -> list[str]:
    return [info.key async for info in store.list(prefix)]


@pytest.mark.parametrize("store", ["disk", "s3"], indirect=True)
class TestEveryStore:
    async def test_keeps_bytes_with_what_they_are(self, store: ObjectStore) -> None:
        put = await store.put_bytes("thumbs/a.jpg", b"picture", content_type="image/jpeg")
        assert (put.key, put.size, put.content_type) == ("thumbs/a.jpg", 7, "image/jpeg")
        assert put.sha256 == hashlib.sha256(b"picture").hexdigest()
        assert await store.stat("thumbs/a.jpg") == put
        assert await store.get_bytes("thumbs/a.jpg") == b"picture"

    async def test_keeps_a_file(self, store: ObjectStore, tmp_path: Path) -> None:
        source = tmp_path / "source.bin"
        source.write_bytes(os.urandom(3_000_000))
        put = await store.put_file("assets/x", source, content_type="video/mp4")
        assert put == await store.stat("assets/x")
        fetched = await store.fetch("assets/x", tmp_path)
        assert fetched.read_bytes() == source.read_bytes()

    async def test_keeps_a_stream_of_several_parts(self, store: ObjectStore) -> None:
        pieces = [os.urandom(7_000_000) for _ in range(5)]
        put = await store.put_stream("uploads/u", chunks(*pieces), content_type="video/mp4")
        whole = b"".join(pieces)
        assert (put.size, put.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
        kept = await store.stat("uploads/u")
        assert kept is not None
        assert (kept.size, kept.content_type) == (len(whole), "video/mp4")
        assert kept.sha256 in (None, put.sha256)
        assert await store.get_bytes("uploads/u") == whole

    async def test_keeps_an_empty_object(self, store: ObjectStore) -> None:
        for key, put in {
            "empty/stream": store.put_stream("empty/stream", chunks(), content_type="a/b"),
            "empty/bytes": store.put_bytes("empty/bytes", b"", content_type="a/b"),
        }.items():
            assert (await put).sha256 == hashlib.sha256().hexdigest()
            assert await store.get_bytes(key) == b""

    async def test_a_put_replaces_all_of_the_object(self, store: ObjectStore) -> None:
        await store.put_bytes("outputs/o/v", b"first", content_type="text/plain")
        put = await store.put_bytes("outputs/o/v", b"2nd", content_type="video/mp4")
        assert await store.stat("outputs/o/v") == put
        assert await store.get_bytes("outputs/o/v") == b"2nd"

    async def test_a_stream_that_breaks_leaves_what_was_there(self, store: ObjectStore) -> None:
        async def broken() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield bytes(1 << 20)
            raise ConnectionError("gone")

        await store.put_bytes("a/b", b"before", content_type="text/plain")
        for key in ("a/b", "a/new"):
            with pytest.raises(ConnectionError):
                await store.put_stream(key, broken(), content_type="video/mp4")
        assert await store.get_bytes("a/b") == b"before"
        assert await keys(store, "a/") == ["a/b"]

    async def test_a_canceled_stream_leaves_nothing(self, store: ObjectStore) -> None:
        begun = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            while True:
                yield bytes(1 << 20)
                begun.set()
                await asyncio.sleep(0.01)

        putting = asyncio.create_task(store.put_stream("a/b", endless(), content_type="a/b"))
        await begun.wait()
        began = time.monotonic()
        putting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await putting
        assert time.monotonic() - began < 2
        assert await store.stat("a/b") is None

    @pytest.mark.parametrize(
        ("start", "end"), [(0, None), (3, None), (2, 5), (8, 100), (4, 4), (10, None), (50, 60)]
    )
    async def test_reads_a_range(self, store: ObjectStore, start: int, end: int | None) -> None:
        await store.put_bytes("a/b", b"0123456789", content_type="text/plain")
        read = b"".join([chunk async for chunk in store.stream("a/b", start=start, end=end)])
        assert read == b"0123456789"[start:end]

    async def test_what_is_not_there_is_missing(self, store: ObjectStore, tmp_path: Path) -> None:
        await store.put_bytes("a/b", b"x", content_type="text/plain")
        for key in ("a/c", "a/b/c", "a"):
            assert await store.stat(key) is None
            await store.delete(key)
            for read in (store.get_bytes(key), store.fetch(key, tmp_path), store.copy(key, "d")):
                with pytest.raises(ObjectMissing) as caught:
                    await read
                assert caught.value.ids == {"key": key}
        assert await keys(store, "") == ["a/b"]

    async def test_copies(self, store: ObjectStore) -> None:
        put = await store.put_bytes("uploads/u", b"data", content_type="audio/wav")
        copied = await store.copy("uploads/u", "assets/deep/a")
        assert (copied.key, copied.size, copied.content_type, copied.sha256) == (
            "assets/deep/a",
            put.size,
            put.content_type,
            put.sha256,
        )
        await store.delete("uploads/u")
        assert await store.stat("assets/deep/a") == copied
        assert await store.get_bytes("assets/deep/a") == b"data"

    async def test_deletes(self, store: ObjectStore) -> None:
        await store.put_bytes("a/b/c", b"x", content_type="text/plain")
        await store.delete("a/b/c")
        assert await store.stat("a/b/c") is None
        await store.put_bytes("a/b/c", b"y", content_type="text/plain")
        assert await store.get_bytes("a/b/c") == b"y"

    async def test_lists_by_prefix_in_order(self, store: ObjectStore) -> None:
        for key in ("jobs/2/b", "jobs/1/a", "jobs/10/c", "other", "jobs/1/b"):
            await store.put_bytes(key, key.encode(), content_type="text/plain")
        assert await keys(store, "jobs/1/") == ["jobs/1/a", "jobs/1/b"]
        assert await keys(store, "jobs/1") == ["jobs/1/a", "jobs/1/b", "jobs/10/c"]
        assert len(await keys(store, "")) == 5
        assert await keys(store, "none/at/all") == []
        assert [info.size async for info in store.list("other")] == [5]

    async def test_refuses_a_key_that_is_none(self, store: ObjectStore, tmp_path: Path) -> None:
        for key in ("", "/etc/passwd", "a/../b", "..", "a//b", ".hidden", "a/", "ä", "a\n"):
            for call in (
                store.put_bytes(key, b"", content_type="text/plain"),
                store.get_bytes(key),
                store.fetch(key, tmp_path),
                store.stat(key),
                store.delete(key),
                store.copy(key, "a"),
                store.signed_url(key, expires=MINUTE),
            ):
                with pytest.raises(KeyInvalid):
                    await call

    async def test_two_writers_of_one_key_leave_one_whole(self, store: ObjectStore) -> None:
        contents = [bytes([number]) * 100_000 for number in range(8)]
        await asyncio.gather(
            *(store.put_stream("a/b", chunks(data), content_type="a/b") for data in contents)
        )
        assert await store.get_bytes("a/b") in contents

    async def test_a_signed_url_gives_the_object(
        self, store: ObjectStore, http: httpx.AsyncClient
    ) -> None:
        await store.put_bytes("outputs/a_b", b"0123456789", content_type="video/mp4")
        url = await store.signed_url("outputs/a_b", expires=MINUTE, filename="my “cut”.mp4")
        whole = await http.get(url)
        assert (whole.status_code, whole.content) == (200, b"0123456789")
        assert whole.headers["content-type"] == "video/mp4"
        assert whole.headers["content-disposition"].startswith("attachment; filename*=utf-8''my%20")
        part = await http.get(url, headers={"range": "bytes=2-4"})
        assert (part.status_code, part.content) == (206, b"234")
        assert part.headers["content-range"] == "bytes 2-4/10"
