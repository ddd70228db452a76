"""What an object store promises, whichever one it is."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from chassis.errors import Problem

CHUNK_BYTES = 1 << 20
LONGEST_KEY = 512
_SEGMENT = re.compile(r"[A-Za-z0-9_=+,@][A-Za-z0-9._=+,@-]{0,199}")


class KeyInvalid(Problem):
    code = "object_key_invalid"
    title = "This is not a key that the object store takes"
    status = 400


class ObjectMissing(Problem):
    code = "object_missing"
    title = "There is no such object"
    status = 404


@dataclass(frozen=True)
class ObjectInfo:
    """`sha256` is in hexadecimal; S3 does not know it of what was put as a stream."""

    key: str
    size: int
    content_type: str
    sha256: str | None


@dataclass
class Traffic:
    """How many bytes went through a store since it was opened; `fetch` on a disk moves none."""

    bytes_in: int = 0
    bytes_out: int = 0


class ObjectStore(Protocol):
    """Objects under keys like `assets/0f3a.mp4`. A put is seen whole or not at all."""

    traffic: Traffic

    async def put_file(self, key: str, path: Path, *, content_type: str) -> ObjectInfo: ...

    async def put_bytes(self, key: str, data: bytes, *, content_type: str) -> ObjectInfo: ...

    async def put_stream(
        self, key: str, chunks: AsyncIterator[bytes], *, content_type: str
    ) -> ObjectInfo:
        """Take any number of bytes in constant memory; the info returned has the SHA-256."""
        ...

    async def get_bytes(self, key: str) -> bytes:
        """Raise ObjectMissing. For small documents; `stream` or `fetch` for the rest."""
        ...

    def stream(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield bytes [start, end) in chunks of 1 MiB at most. Raise ObjectMissing."""
        ...

    async def fetch(self, key: str, directory: Path) -> Path:
        """Return a local file to read, never to write: in `directory`, or the store's own."""
        ...

    async def copy(self, source: str, target: str) -> ObjectInfo: ...

    async def stat(self, key: str) -> ObjectInfo | None: ...

    async def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Yield what lies under the prefix, ordered by key."""
        ...

    async def signed_url(self, key: str, *, expires: timedelta, filename: str | None = None) -> str:
        """Return a URL to GET for a while without credentials, saved as `filename` if given."""
        ...

    async def check(self) -> None:
        """Raise when the store cannot be used now; make what it needs (a bucket, a folder)."""
        ...


def check_key(key: str) -> str:
    """Return the key, or raise KeyInvalid: no empty, hidden, `.` or `..` segments, plain ASCII."""
    segments = key.split("/")
    if len(key) > LONGEST_KEY or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise KeyInvalid(f"{key[:80]!r} is not a valid object key", key=key[:80])
    return key
