"""Bytes from the event loop to a thread that reads them as a file."""

import asyncio
import hashlib
import queue

SLOTS = 4


class UploadStopped(Exception):
    """The side that writes has gone: what was read so far must not become an object."""


class Pipe:
    """At most SLOTS chunks wait in it, so that a fast writer does not fill the memory.

    `feed` and `end` belong to the event loop; `read` to the one thread that drains it.
    """

    def __init__(self) -> None:
        self.size = 0
        self.digest = hashlib.sha256()
        self._loop = asyncio.get_running_loop()
        self._free = asyncio.Semaphore(SLOTS)
        self._chunks: queue.SimpleQueue[bytes | UploadStopped | None] = queue.SimpleQueue()
        self._rest = b""
        self._ended = False
        self._closed = False

    async def feed(self, chunk: bytes) -> None:
        """Wait for a free slot; raise UploadStopped when nobody reads any more."""
        await self._free.acquire()
        if self._closed:
            raise UploadStopped
        self._chunks.put(chunk)

    def end(self) -> None:
        self._chunks.put(None)

    def stop(self) -> None:
        """Have the reader fail."""
        self._chunks.put(UploadStopped())

    def close(self) -> None:
        """Have the writer fail."""
        self._closed = True
        self._free.release()

    def read(self, size: int) -> bytes:
        """Return exactly `size` bytes, fewer only at the end."""
        pieces = [self._rest]
        held = len(self._rest)
        while held < size and not self._ended:
            pieces.append(self._take())
            held += len(pieces[-1])
        whole = b"".join(pieces)
        self._rest = whole[size:]
        return whole[:size]

    def _take(self) -> bytes:
        chunk = self._chunks.get()
        if isinstance(chunk, UploadStopped):
            raise chunk
        if chunk is None:
            self._ended = True
            return b""
        self._loop.call_soon_threadsafe(self._free.release)
        self.digest.update(chunk)
        self.size += len(chunk)
        return chunk
