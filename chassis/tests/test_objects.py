"""One suite that every object store must pass, and what each store promises beyond it."""

import asyncio
import hashlib
import os
import signal
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
from hypothesis import given
from hypothesis import strategies as st

from chassis.http_problems import add_problem_handlers
from chassis.objects import (
    DiskStore,
    KeyInvalid,
    ObjectMissing,
    ObjectStore,
    S3Store,
    check_key,
    connect,
    signing,
)
from chassis.objects.routes import objects_router

SECRET = "a secret of the tests"
PUBLIC_URL = "http://cinema.test"
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


def disk_store(root: Path) -> DiskStore:
    return DiskStore(root, public_url=PUBLIC_URL, signing_secret=SECRET)


@pytest.fixture
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "disk":
        return disk_store(tmp_path / "store")
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


@pytest.mark.parametrize("store", ["disk"], indirect=True)
class TestSignedRoute:
    @pytest.fixture
    async def url(self, store: ObjectStore) -> str:
        await store.put_bytes("a/b", b"0123456789", content_type="video/mp4")
        return await store.signed_url("a/b", expires=MINUTE, filename="cut.mp4")

    async def test_head_tells_without_giving(self, http: httpx.AsyncClient, url: str) -> None:
        head = await http.head(url)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == "10"
        assert head.headers["accept-ranges"] == "bytes"

    async def test_what_the_client_has_is_not_sent_again(
        self, http: httpx.AsyncClient, url: str
    ) -> None:
        etag = (await http.get(url)).headers["etag"]
        again = await http.get(url, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        resumed = await http.get(url, headers={"range": "bytes=8-", "if-range": etag})
        assert (resumed.status_code, resumed.content) == (206, b"89")
        changed = await http.get(url, headers={"range": "bytes=8-", "if-range": '"other"'})
        assert (changed.status_code, changed.content) == (200, b"0123456789")

    async def test_a_range_beyond_the_end_is_refused(
        self, http: httpx.AsyncClient, url: str
    ) -> None:
        assert (await http.get(url, headers={"range": "bytes=50-"})).status_code == 416

    async def test_a_url_that_was_changed_is_refused(
        self, http: httpx.AsyncClient, url: str
    ) -> None:
        for changed in (url.replace("a/b", "a/c"), url.replace("cut", "cat"), url + "0"):
            answer = await http.get(changed)
            assert answer.status_code == 403
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "signature_invalid"

    async def test_an_expired_url_is_refused(
        self, store: ObjectStore, http: httpx.AsyncClient, url: str
    ) -> None:
        old = await store.signed_url("a/b", expires=timedelta(seconds=-2))
        answer = await http.get(old)
        assert (answer.status_code, answer.json()["code"]) == (403, "signature_expired")

    async def test_an_object_that_has_gone_is_not_found(
        self, store: ObjectStore, http: httpx.AsyncClient, url: str
    ) -> None:
        await store.delete("a/b")
        answer = await http.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "object_missing")


class TestDisk:
    async def test_fetch_copies_nothing(self, tmp_path: Path) -> None:
        store = disk_store(tmp_path / "store")
        await store.put_bytes("a/b.mp4", b"x", content_type="video/mp4")
        path = await store.fetch("a/b.mp4", tmp_path / "never-made")
        assert path.is_relative_to(tmp_path / "store")
        assert path.suffix == ".mp4"

    async def test_a_copy_takes_no_room(self, tmp_path: Path) -> None:
        store = disk_store(tmp_path)
        await store.put_bytes("a", b"x", content_type="text/plain")
        await store.copy("a", "b")
        first, _ = await store.locate("a")
        second, _ = await store.locate("b")
        assert first.samefile(second)
        assert first != second

    async def test_nothing_is_left_behind(self, tmp_path: Path) -> None:
        store = disk_store(tmp_path)
        for _ in range(3):
            await store.put_bytes("a/b", b"x", content_type="text/plain")
        await store.delete("a/b")
        assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
        assert list((tmp_path / "objects").iterdir()) == []

    async def test_a_reader_keeps_what_it_opened(self, tmp_path: Path) -> None:
        store = disk_store(tmp_path)
        await store.put_bytes("a", bytes(3 << 20), content_type="text/plain")
        reading = store.stream("a")
        size = len(await anext(reading))
        await store.put_bytes("a", b"new", content_type="text/plain")
        async for chunk in reading:
            size += len(chunk)
        assert size == 3 << 20

    async def test_a_key_cannot_be_a_folder_too(self, tmp_path: Path) -> None:
        store = disk_store(tmp_path)
        await store.put_bytes("a/b", b"x", content_type="text/plain")
        for key in ("a", "a/b/c"):
            with pytest.raises(KeyInvalid):
                await store.put_bytes(key, b"x", content_type="text/plain")
            with pytest.raises(KeyInvalid):
                await store.copy("a/b", key)
        assert await store.sweep() == 0
        assert await keys(store, "") == ["a/b"]

    async def test_a_killed_writer_leaves_nothing_but_what_a_sweep_takes(
        self, tmp_path: Path
    ) -> None:
        script = (
            "import asyncio, sys; from pathlib import Path; from chassis.objects import DiskStore\n"
            "async def endless():\n"
            "    while True:\n"
            "        yield bytes(1 << 16); print('on', flush=True); await asyncio.sleep(.01)\n"
            "store = DiskStore(Path(sys.argv[1]), public_url='', signing_secret='')\n"
            "asyncio.run(store.put_stream('a', endless(), content_type='a/b'))"
        )
        store = disk_store(tmp_path)
        await store.put_bytes("kept", b"x", content_type="text/plain")
        with subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            assert await store.sweep() == 0
            writer.send_signal(signal.SIGKILL)
        assert await store.sweep() == 1
        assert await keys(store, "") == ["kept"]

    async def test_a_sweep_takes_blobs_that_never_got_their_link(self, tmp_path: Path) -> None:
        store = disk_store(tmp_path)
        await store.put_bytes("kept", b"x", content_type="text/plain")
        await store.put_bytes("lost", b"y", content_type="text/plain")
        (tmp_path / "objects" / "lost").unlink()
        assert await store.sweep() == 1
        assert await store.get_bytes("kept") == b"x"


@given(st.text(max_size=30))
def test_a_key_never_leaves_the_folder(text: str) -> None:
    try:
        key = check_key(text)
    except KeyInvalid:
        return
    root = Path("/store")
    assert os.path.normpath(root / key) == str(root / key)
    assert (root / key) != root


@given(st.text(), st.text(), st.one_of(st.none(), st.text()))
def test_a_signature_fits_one_thing_only(key: str, other: str, filename: str | None) -> None:
    expires = int(time.time()) + 60

    def check(signature: str, key: str, filename: str | None) -> None:
        signing.verify(
            SECRET, signature, method="HEAD", key=key, expires=expires, filename=filename
        )

    signature = signing.sign(SECRET, method="GET", key=key, expires=expires, filename=filename)
    check(signature, key, filename)
    for wrong in ((key + "x", filename), (key, f"{filename}x"), (other + "/" + key, filename)):
        with pytest.raises(signing.SignatureInvalid):
            check(signature, *wrong)
    with pytest.raises(signing.SignatureInvalid):
        check(other, key, filename)
