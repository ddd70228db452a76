"""The S3 back end of the object store. The SDK blocks, so every call of it runs in a thread."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import S3Error

from chassis.objects.chunks import chunks_of, once
from chassis.objects.pipe import Pipe, UploadStopped
from chassis.objects.protocol import CHUNK_BYTES, ObjectInfo, ObjectMissing, Traffic, check_key
from chassis.threads import in_thread, outlast

PART_BYTES = 16 << 20  # 10,000 parts may follow each other: 156 GiB
Metadata = dict[str, str | list[str] | tuple[str]]

UNKNOWN = -1
HASH_HEADER = "x-amz-meta-sha256"
CONNECT_SECONDS, READ_SECONDS = 5, 60


class S3Store:
    """Objects in one bucket. Only its writer knows the SHA-256 of what was put as a stream."""

    def __init__(self, client: Minio, bucket: str, *, public: Minio | None = None) -> None:
        """`public` signs URLs, for clients that see the server under another name."""
        self._client = client
        self._bucket = bucket
        self._public = public or client
        self.traffic = Traffic()

    async def put_file(self, key: str, path: Path, *, content_type: str) -> ObjectInfo:
        length, sha256 = await in_thread(_measure, path)
        return await self._upload(
            key, chunks_of(path), content_type=content_type, length=length, sha256=sha256
        )

    async def put_bytes(self, key: str, data: bytes, *, content_type: str) -> ObjectInfo:
        sha256 = hashlib.sha256(data).hexdigest()
        return await self._upload(
            key, once(data), content_type=content_type, length=len(data), sha256=sha256
        )

    async def put_stream(
        self, key: str, chunks: AsyncIterator[bytes], *, content_type: str
    ) -> ObjectInfo:
        return await self._upload(key, chunks, content_type=content_type)

    async def get_bytes(self, key: str) -> bytes:
        return b"".join([chunk async for chunk in self.stream(key)])

    async def stream(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        info = await self._known(key)
        length = min(info.size, end if end is not None else info.size) - start
        if length <= 0:
            return
        response = await in_thread(
            partial(self._client.get_object, self._bucket, key, offset=start, length=length)
        )
        try:
            while chunk := await in_thread(response.read, CHUNK_BYTES):
                self.traffic.bytes_out += len(chunk)
                yield chunk
        finally:
            response.close()
            response.release_conn()

    async def fetch(self, key: str, directory: Path) -> Path:
        """Download to the path that the key has below the directory."""
        await self._known(key)
        path = directory / key
        path.parent.mkdir(parents=True, exist_ok=True)
        with await in_thread(path.open, "wb") as file:
            async for chunk in self.stream(key):
                await in_thread(file.write, chunk)
        return path

    async def copy(self, source: str, target: str) -> ObjectInfo:
        check_key(target)
        info = await self._known(source)
        # The server copies these itself, but not beyond 5 GiB, where the SDK copies in parts.
        metadata = {"Content-Type": info.content_type, **_kept(info.sha256)}
        await in_thread(
            partial(
                self._client.copy_object,
                self._bucket,
                target,
                CopySource(self._bucket, source),
                metadata=metadata,
            )
        )
        return ObjectInfo(target, info.size, info.content_type, info.sha256)

    async def stat(self, key: str) -> ObjectInfo | None:
        try:
            found = await in_thread(self._client.stat_object, self._bucket, check_key(key))
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise
        sha256 = (found.metadata or {}).get(HASH_HEADER)
        content_type = found.content_type or "application/octet-stream"
        return ObjectInfo(key, found.size or 0, content_type, sha256)

    async def delete(self, key: str) -> None:
        await in_thread(self._client.remove_object, self._bucket, check_key(key))

    async def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        for key in await in_thread(_keys, self._client, self._bucket, prefix):
            if info := await self.stat(key):
                yield info

    async def signed_url(self, key: str, *, expires: timedelta, filename: str | None = None) -> str:
        headers: Metadata = {}
        if filename is not None:
            headers["response-content-disposition"] = (
                f"attachment; filename*=utf-8''{quote(filename, safe='')}"
            )
        sign = partial(
            self._public.presigned_get_object,
            self._bucket,
            check_key(key),
            expires=expires,
            response_headers=headers,
        )
        return await in_thread(sign)

    async def check(self) -> None:
        await in_thread(self._make_bucket)

    async def _upload(
        self,
        key: str,
        chunks: AsyncIterator[bytes],
        *,
        content_type: str,
        length: int = UNKNOWN,
        sha256: str | None = None,
    ) -> ObjectInfo:
        pipe = Pipe()
        put = partial(
            self._client.put_object,
            self._bucket,
            check_key(key),
            cast(BinaryIO, pipe),
            length,
            content_type=content_type,
            metadata=_kept(sha256),
            part_size=PART_BYTES,
            num_parallel_uploads=1,
        )
        upload = asyncio.ensure_future(in_thread(put))
        upload.add_done_callback(lambda _: pipe.close())
        try:
            await _pour(chunks, pipe)
        except UploadStopped:
            pass  # awaiting the upload tells why
        except BaseException:
            pipe.stop()
            await outlast(upload)
            raise
        await upload
        self.traffic.bytes_in += pipe.size
        return ObjectInfo(key, pipe.size, content_type, pipe.digest.hexdigest())

    def _make_bucket(self) -> None:
        if self._client.bucket_exists(self._bucket):
            return
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as error:
            if error.code != "BucketAlreadyOwnedByYou":  # another service was faster
                raise

    async def _known(self, key: str) -> ObjectInfo:
        if (info := await self.stat(key)) is None:
            raise ObjectMissing(key=key)
        return info


def connect(endpoint: str, access_key: str, secret_key: str, *, region: str, secure: bool) -> Minio:
    """Return a client that gives up in reasonable time; `endpoint` is host:port."""
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    retries = urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])
    return Minio(
        endpoint,
        access_key,
        secret_key,
        region=region,
        secure=secure,
        http_client=urllib3.PoolManager(timeout=timeout, retries=retries, maxsize=16),
    )


def _kept(sha256: str | None) -> Metadata:
    return {HASH_HEADER: sha256} if sha256 else {}


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), sha256


def _keys(client: Minio, bucket: str, prefix: str) -> list[str]:
    found = client.list_objects(bucket, prefix=prefix, recursive=True)
    return [item.object_name for item in found if item.object_name]


async def _pour(chunks: AsyncIterator[bytes], pipe: Pipe) -> None:
    async for chunk in chunks:
        await pipe.feed(chunk)
    pipe.end()
