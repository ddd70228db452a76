"""What the disk store promises beyond the suite that every store passes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.objects import DiskStore, KeyInvalid, check_key


def open_disk(root: Path) -> DiskStore:
    return DiskStore(root, public_url="http://cinema.test", signing_secret="a secret of the tests")


async def keys(store: DiskStore) -> list[str]:
    return [info.key async for info in store.list("")]


async def test_fetch_copies_nothing(tmp_path: Path) -> None:
    store = open_disk(tmp_path / "store")
    await store.put_bytes("a/b.mp4", b"x", content_type="video/mp4")
    path = await store.fetch("a/b.mp4", tmp_path / "never-made")
    assert path.is_relative_to(tmp_path / "store")
    assert path.suffix == ".mp4"


async def test_a_copy_takes_no_room(tmp_path: Path) -> None:
    store = open_disk(tmp_path)
    await store.put_bytes("a", b"x", content_type="text/plain")
    await store.copy("a", "b")
    first, _ = await store.locate("a")
    second, _ = await store.locate("b")
    assert first.samefile(second)
    assert first != second


async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    store = open_disk(tmp_path)
    for _ in range(3):
        await store.put_bytes("a/b", b"x", content_type="text/plain")
    await store.delete("a/b")
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == []
    assert list((tmp_path / "objects").iterdir()) == []


async def test_a_reader_keeps_what_it_opened(tmp_path: Path) -> None:
    store = open_disk(tmp_path)
    await store.put_bytes("a", bytes(3 << 20), content_type="text/plain")
    reading = store.stream("a")
    size = len(await anext(reading))
    await store.put_bytes("a", b"new", content_type="text/plain")
    async for chunk in reading:
        size += len(chunk)
    assert size == 3 << 20


async def test_a_key_cannot_be_a_folder_too(tmp_path: Path) -> None:
    store = open_disk(tmp_path)
    await store.put_bytes("a/b", b"x", content_type="text/plain")
    for key in ("a", "a/b/c"):
        with pytest.raises(KeyInvalid):
            await store.put_bytes(key, b"x", content_type="text/plain")
        with pytest.raises(KeyInvalid):
            await store.copy("a/b", key)
    assert await store.sweep() == 0
    assert await keys(store) == ["a/b"]


async def test_a_killed_writer_leaves_nothing_but_what_a_sweep_takes(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path; from chassis.objects import DiskStore\n"
        "async def endless():\n"
        "    while True:\n"
        "        yield bytes(1 << 16); print('on', flush=True); await asyncio.sleep(.01)\n"
        "store = DiskStore(Path(sys.argv[1]), public_url='', signing_secret='')\n"
        "asyncio.run(store.put_stream('a', endless(), content_type='a/b'))"
    )
    store = open_disk(tmp_path)
    await store.put_bytes("kept", b"x", content_type="text/plain")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert await store.sweep() == 0
        writer.send_signal(signal.SIGKILL)
    assert await store.sweep() == 1
    assert await keys(store) == ["kept"]


async def test_a_sweep_takes_blobs_that_never_got_their_link(tmp_path: Path) -> None:
    store = open_disk(tmp_path)
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
