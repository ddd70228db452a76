"""A job's changes as server-sent events."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from fastapi.sse import format_sse_event

from gateway.composition import Gateway
from gateway.job_documents import job_document
from gateway.schemas.job_views import JobView
from gateway.vocabulary import ENDED

Json = dict[str, Any]


async def job_events(
    gateway: Gateway, user_id: UUID, job_id: UUID, seen: int | None
) -> AsyncIterator[bytes]:
    """Yield a snapshot, then the fields that change, until the job has ended.

    `seen` is the revision that the client has: nothing that it knows is sent again.
    """
    with gateway.feed.watching(job_id) as watch:
        async with gateway.database.read() as session:
            job = await job_document(session, user_id, job_id)
        known = job.model_dump(mode="json", by_alias=True)
        if job.revision != seen:
            yield _event("snapshot", known, job)
        while job.status not in ENDED:
            news = await watch.news(gateway.settings.heartbeat_seconds)
            if news is None:
                yield format_sse_event(comment="heartbeat")
            elif news.revision > job.revision:
                job, before = news, known
                known = job.model_dump(mode="json", by_alias=True)
                yield _event("update", _changes(before, known), job)
        yield format_sse_event(event="end", data_str=json.dumps({"status": job.status}))


def _changes(before: Json, after: Json) -> Json:
    return {name: value for name, value in after.items() if before[name] != value}


def _event(name: str, data: Json, job: JobView) -> bytes:
    return format_sse_event(event=name, id=str(job.revision), data_str=json.dumps(data))
