"""A job as a stream of events."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from contracts.events import JobProgressed
from gateway.composition import Gateway
from gateway.event_stream import job_events

Sent = tuple[str, str | None, Any]


def parse(block: str) -> Sent:
    fields = dict(line.split(": ", 1) for line in block.strip().splitlines())
    data = json.loads(fields["data"]) if "data" in fields else None
    return fields.get("event", ""), fields.get("id"), data


async def follow(
    gateway: Gateway, creator: Any, job: Any, seen: int | None = None
) -> AsyncIterator[Sent]:
    async for block in job_events(gateway, creator.id, UUID(job["id"]), seen):
        yield parse(block.decode())


async def news(stream: AsyncIterator[Sent]) -> Sent:
    """The next event, whatever heartbeats come before it."""
    while not (sent := await anext(stream))[0]:
        pass
    return sent


async def test_a_stream_tells_what_changes_until_the_end(
    creator: Any, tell: Any, gateway: Gateway, others: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    stream = follow(gateway, creator, job)
    assert await anext(stream) == ("snapshot", "1", job)
    await tell(services.ingested())
    name, revision, changes = await news(stream)
    assert (name, revision) == ("update", "2")
    assert changes == {"revision": 2, "status": "queued", "updatedAt": changes["updatedAt"]}
    assert (await anext(stream))[0] == "", "a heartbeat while nothing happens"

    merged = job | changes
    await tell(JobProgressed(job_id=services.job_id, step="analysis", percent=10))
    await tell(services.approved())
    await tell(services.rendered(0))
    async for name, _, changes in stream:
        if name == "update":
            merged |= changes
    assert (name, changes) == ("end", {"status": "completed"})
    assert merged == await creator.get(f"/jobs/{job['id']}")


async def test_a_broken_stream_goes_on_where_it_broke(
    creator: Any, tell: Any, gateway: Gateway, others: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    stream = follow(gateway, creator, job, seen=1)
    assert (await anext(stream))[0] == "", "what is known is not sent again"
    await tell(services.ingested())
    assert (await news(stream))[:2] == ("update", "2")
    await stream.aclose()  # type: ignore[attr-defined]
    missed = follow(gateway, creator, job, seen=1)
    assert (await anext(missed))[:2] == ("snapshot", "2")


async def test_many_listeners_share_one_reading(
    creator: Any, tell: Any, gateway: Gateway, others: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    streams = [follow(gateway, creator, job) for _ in range(200)]
    await asyncio.gather(*(anext(stream) for stream in streams))
    await tell(services.ingested())
    told = await asyncio.gather(*(news(stream) for stream in streams))
    assert {(name, revision) for name, revision, _ in told} == {("update", "2")}


async def test_the_stream_over_http(creator: Any, tell: Any, others: Any) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    path = f"/jobs/{job['id']}/events"
    answer = asyncio.create_task(creator.http.get(path))
    await asyncio.sleep(0.05)
    await creator.post(f"/jobs/{job['id']}/cancel")
    stream = await answer
    assert stream.headers["content-type"].startswith("text/event-stream")
    sent = [parse(block) for block in stream.text.strip().split("\n\n")]
    names = [name for name, _, _ in sent if name]
    assert names == ["snapshot", "update", "end"]
    revision = next(revision for name, revision, _ in sent if name == "update")
    again = await creator.http.get(path, headers={"last-event-id": revision})
    assert again.status_code == 204
