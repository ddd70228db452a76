"""Byte sources as streams of chunks."""

from collections.abc import AsyncIterator
from pathlib import Path

from chassis.objects.protocol import CHUNK_BYTES
from chassis.threads import in_thread


async def once(data: bytes) -> AsyncIterator[bytes]:
    """Yield the data as one chunk."""
    yield data


async def chunks_of(path: Path) -> AsyncIterator[bytes]:
    """Yield a file's content in chunks of 1 MiB at most."""
    with await in_thread(path.open, "rb") as file:
        while chunk := await in_thread(file.read, CHUNK_BYTES):
            yield chunk
