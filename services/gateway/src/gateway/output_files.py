"""A job's outputs with their files, each behind a signed URL."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.objects import ObjectStore
from contracts.events import Artifact
from gateway.clock import now
from gateway.composition import Gateway
from gateway.job_documents import job_document
from gateway.models import Output
from gateway.schemas.job_views import ArtifactView, OutputFiles, OutputView


async def output_files(gateway: Gateway, user_id: UUID, job_id: UUID) -> list[OutputFiles]:
    async with gateway.database.read() as session:
        job = await job_document(session, user_id, job_id)
        rows = await session.execute(
            select(Output.id, Output.artifacts).where(Output.job_id == job_id)
        )
        stored: dict[UUID, list[Any]] = {row.id: row.artifacts for row in rows}
    lifetime = timedelta(seconds=gateway.settings.signed_url_seconds)
    expires_at = now() + lifetime
    return [
        _files(output, await _signed(gateway.store, stored[output.id], lifetime), expires_at)
        for output in job.outputs
    ]


async def _signed(store: ObjectStore, stored: list[Any], lifetime: timedelta) -> list[ArtifactView]:
    artifacts = [Artifact.model_validate(one) for one in stored]
    return [
        ArtifactView(
            kind=one.kind,
            filename=one.filename,
            content_type=one.content_type,
            size_bytes=one.size_bytes,
            url=await store.signed_url(one.key, expires=lifetime, filename=one.filename),
        )
        for one in artifacts
    ]


def _files(output: OutputView, artifacts: list[ArtifactView], expires_at: datetime) -> OutputFiles:
    video = next((one.url for one in artifacts if one.kind == "video"), None)
    return OutputFiles(**output.model_dump(), url=video, artifacts=artifacts, expires_at=expires_at)
