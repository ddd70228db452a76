"""The disk back end of the object store, shared by the services of one machine."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from chassis.objects import signing
from chassis.objects.blobs import Blob, Blobs, Incoming
from chassis.objects.chunks import chunks_of, once
from chassis.objects.protocol import CHUNK_BYTES, ObjectInfo, ObjectMissing, Traffic, check_key
from chassis.threads import in_thread


class DiskStore:
    """Objects as files below one folder; see `chassis.objects.blobs` for how they lie there."""

    def __init__(self, root: Path, *, public_url: str, signing_secret: str) -> None:
        self._blobs = Blobs(root.resolve())
        self._public_url = public_url
        self._secret = signing_secret
        self.traffic = Traffic()

    async def put_file(self, key: str, path: Path, *, content_type: str) -> ObjectInfo:
        return await self.put_stream(key, chunks_of(path), content_type=content_type)

    async def put_bytes(self, key: str, data: bytes, *, content_type: str) -> ObjectInfo:
        return await self.put_stream(key, once(data), content_type=content_type)

    async def put_stream(
        self, key: str, chunks: AsyncIterator[bytes], *, content_type: str
    ) -> ObjectInfo:
        check_key(key)
        incoming = Incoming(self._blobs.incoming)
        try:
            async for chunk in chunks:
                await in_thread(incoming.write, chunk)
                self.traffic.bytes_in += len(chunk)
            blob = Blob.new(await in_thread(incoming.finish), content_type)
            await in_thread(self._blobs.publish, key, incoming, blob)
        finally:
            await in_thread(incoming.close)
        return ObjectInfo(key, incoming.size, content_type, blob.sha256)

    async def get_bytes(self, key: str) -> bytes:
        return b"".join([chunk async for chunk in self.stream(key)])

    async def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        _, content = await in_thread(self._blobs.open, key)
        with content:
            content.seek(start)
            while (size := _next_size(content.tell(), end)) and (
                chunk := await in_thread(content.read, size)
            ):
                self.traffic.bytes_out += len(chunk)
                yield chunk

    async def fetch(self, key: str, directory: Path) -> Path:
        """Return the store's own file: nothing is copied, so it must not be written to."""
        await self.locate(key)
        return self._blobs.link(key)

    async def copy(self, source: str, target: str) -> ObjectInfo:
        if not await in_thread(self._blobs.copy, source, target):
            _, info = await self.locate(source)
            return await self.put_stream(
                target, self.stream(source), content_type=info.content_type
            )
        _, copied = await self.locate(target)
        return copied

    async def stat(self, key: str) -> ObjectInfo | None:
        try:
            _, info = await self.locate(key)
        except ObjectMissing:
            return None
        return info

    async def delete(self, key: str) -> None:
        await in_thread(self._blobs.delete, key)

    async def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        for key in await in_thread(self._blobs.keys, prefix):
            if info := await self.stat(key):
                yield info

    async def signed_url(self, key: str, *, expires: timedelta, filename: str | None = None) -> str:
        return signing.signed_url(
            self._public_url, self._secret, check_key(key), lifetime=expires, filename=filename
        )

    async def check(self) -> None:
        await in_thread(self._blobs.make_folders)

    async def sweep(self) -> int:
        """Remove what writers that died left behind; return how many files that were."""
        return await in_thread(self._blobs.sweep)

    async def locate(self, key: str) -> tuple[Path, ObjectInfo]:
        """Return the file that holds this content, and no later one of the key. ObjectMissing."""
        return await in_thread(self._blobs.locate, key)


def _next_size(position: int, end: int | None) -> int:
    return CHUNK_BYTES if end is None else max(0, min(CHUNK_BYTES, end - position))
