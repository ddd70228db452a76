"""An upload becomes an asset: hashed, checked, stored once per content, and told of."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from chassis.database import Database, Transaction
from chassis.objects import ObjectStore
from chassis.scratch import scratch
from chassis.threads import in_thread
from chassis.work import Completion
from contracts.events import AssetIngested, AssetSubmitted, UploadedFile
from ingest import repository
from ingest.content import Content
from ingest.discard_upload import discard_upload
from ingest.inspector import Inspector
from ingest.problems import EmptyFile, UploadMissing, UrlNotSupported


@dataclass(frozen=True)
class IngestAsset:
    """Every step may be repeated: keys are hashes, and the upload stays until the end is told."""

    database: Database
    store: ObjectStore
    inspector: Inspector
    scratch_dir: Path

    async def __call__(self, event: AssetSubmitted) -> Completion:
        """Raises one of `ingest.problems` when the upload is of no use."""
        if not isinstance(event.source, UploadedFile):
            raise UrlNotSupported
        content = await self._store_once(event.source.key)

        async def complete(tx: Transaction) -> None:
            blob_id = await repository.add_content(tx, content)
            await repository.mark_ingested(tx, event.asset_id, blob_id)
            await discard_upload(event, tx)
            await tx.publish(_ingested(event, content))

        return complete

    async def _store_once(self, upload: str) -> Content:
        sha256 = await self._hash(upload)
        async with self.database.read() as session:
            known = await repository.find_content(session, sha256)
        return known or await self._store(upload, sha256)

    async def _store(self, upload: str, sha256: str) -> Content:
        async with scratch(self.scratch_dir, "ingest") as folder:
            path, thumbnail = await self.store.fetch(upload, folder), folder / "thumbnail.jpg"
            content = Content(sha256, await self.inspector.inspect(path, thumbnail))
            await self.store.put_file(content.thumbnail_key, thumbnail, content_type="image/jpeg")
        await self.store.copy(upload, content.object_key)
        return content

    async def _hash(self, upload: str) -> str:
        info = await self.store.stat(upload)
        if info is None:
            raise UploadMissing(key=upload)
        if info.size == 0:
            raise EmptyFile(key=upload)
        if info.sha256 is not None:
            return info.sha256
        digest = hashlib.sha256()
        async for chunk in self.store.stream(upload):
            await in_thread(digest.update, chunk)
        return digest.hexdigest()


def _ingested(event: AssetSubmitted, content: Content) -> AssetIngested:
    return AssetIngested(
        asset_id=event.asset_id,
        project_id=event.project_id,
        user_id=event.user_id,
        filename=event.filename,
        sha256=content.sha256,
        object_key=content.object_key,
        thumbnail_key=content.thumbnail_key,
        media=content.media,
        transcript=event.transcript,
    )
