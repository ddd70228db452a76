"""Events in, events out, with a real database, object store and worker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from analysis.analyse_asset import AnalyseAsset
from analysis.analyser import analyser_version
from analysis.handlers import make_handlers
from analysis.main import MIGRATIONS
from analysis.models import Base
from analysis.tasks import make_tasks
from chassis.backoff import Backoff
from chassis.database import Database
from chassis.ids import uuid7
from chassis.migrate import upgrade
from chassis.objects import DiskStore, ObjectStore
from chassis.worker import Worker
from contracts.artifacts import Analysis
from contracts.events import (
    EVENTS,
    AnalysisDone,
    AssetIngested,
    Event,
    JobAsset,
    JobCanceled,
    JobProgressed,
    JobRequested,
)
from contracts.media import MediaInfo

Probe = Callable[..., MediaInfo]
DEADLINE_S = 20


@dataclass
class Service:
    database: Database
    store: ObjectStore
    worker: Worker
    analyse: AnalyseAsset
    running: list[Worker] = field(default_factory=list)

    async def tell(self, event: Event) -> None:
        _, handler = make_handlers(analyser_version(None)).by_topic[event.topic]
        async with self.database.transaction() as tx:
            await handler(event, tx)

    async def start(self) -> None:
        self.running.append(self.worker)
        await self.worker.start()

    async def said(self, kind: type[Event]) -> list[Any]:
        async with self.database.read() as session:
            query = text("SELECT payload FROM outbox WHERE topic = :topic ORDER BY seq")
            rows = await session.scalars(query, {"topic": kind.topic})
            return [EVENTS[kind.topic].model_validate(row) for row in rows]

    async def until_said(self, kind: type[Event], count: int) -> list[Any]:
        async with asyncio.timeout(DEADLINE_S):
            while len(said := await self.said(kind)) < count:
                await asyncio.sleep(0.05)
        return said

    async def value(self, query: str) -> Any:
        async with self.database.read() as session:
            return await session.scalar(text(query))


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    await upgrade(database_url, MIGRATIONS)
    database = Database(database_url, service="analysis")
    store = DiskStore(tmp_path / "objects", public_url="http://x", signing_secret="s" * 16)
    analyse = AnalyseAsset(database, store, tmp_path / "scratch")
    worker = Worker(database=database, tasks=make_tasks(analyse), backoff=Backoff(0.01, 0.01))
    made = Service(database, store, worker, analyse)
    yield made
    for each in made.running:
        await each.stop()
    await database.dispose()
    assert not list((tmp_path / "scratch").glob("*"))


@pytest.fixture(scope="session")
def short(make: Callable[..., Path], talk: Path) -> Path:
    return make("short.mp4", "-i", talk, "-t", "0.5", "-an", "-c", "copy")


@pytest.fixture
async def ingested(service: Service, short: Path, probe: Probe) -> Callable[..., AssetIngested]:
    """Events of a short and silent clip, unless told otherwise."""
    await service.store.put_file("assets/short", short, content_type="video/mp4")

    def event(**changes: Any) -> AssetIngested:
        facts: dict[str, Any] = {
            "asset_id": uuid7(),
            "project_id": uuid7(),
            "user_id": uuid7(),
            "filename": "short.mp4",
            "sha256": "ab" * 32,
            "object_key": "assets/short",
            "media": probe(short),
        }
        return AssetIngested(**(facts | changes))

    return event


def requested(*assets: UUID) -> JobRequested:
    return JobRequested(
        job_id=uuid7(),
        project_id=uuid7(),
        user_id=uuid7(),
        assets=tuple(JobAsset(asset_id=asset) for asset in assets),
        outputs=(),
    )


async def test_a_content_is_analysed_once_and_every_asset_learns_of_it(
    service: Service, ingested: Callable[..., AssetIngested]
) -> None:
    first, second = ingested(), ingested(filename="again.mp4")
    await service.tell(first)
    await service.tell(second)
    await service.start()
    done: list[AnalysisDone] = await service.until_said(AnalysisDone, 2)
    assert {event.asset_id for event in done} == {first.asset_id, second.asset_id}
    assert {event.analysis_key for event in done} == {f"analysis/{'ab' * 32}/1.json"}
    third = ingested(filename="later.mp4")
    await service.tell(third)
    assert (await service.said(AnalysisDone))[-1].asset_id == third.asset_id
    assert await service.value("SELECT count(*) FROM work") == 1


async def test_all_is_found_and_a_given_text_makes_an_analysis_of_its_own(
    service: Service, ingested: Callable[..., AssetIngested], talk: Path, probe: Probe
) -> None:
    await service.store.put_file("assets/talk", talk, content_type="video/mp4")
    clip = {"object_key": "assets/talk", "media": probe(talk)}
    plain = ingested(**clip)
    told = ingested(**clip, transcript="The quick brown fox jumps over the lazy dog.")
    await service.tell(plain)
    await service.tell(told)
    await service.start()
    done = await service.until_said(AnalysisDone, 2)
    keys = {event.asset_id: event.analysis_key for event in done}
    draft, known = [
        Analysis.model_validate_json(await service.store.get_bytes(keys[event.asset_id]))
        for event in (plain, told)
    ]
    assert len(draft.shots) == len(draft.faces) == 1
    assert draft.loudness is not None
    assert draft.transcript is not None
    assert draft.transcript.quality == "draft"
    assert known.transcript is not None
    assert known.transcript.quality == "given"


async def test_a_result_that_was_stored_before_a_crash_is_not_made_again(
    service: Service, ingested: Callable[..., AssetIngested]
) -> None:
    event = ingested(object_key="assets/gone")
    key = f"analysis/{event.sha256}/1.json"
    await service.store.put_bytes(key, b"{}", content_type="application/json")
    await service.tell(event)
    await service.start()
    assert (await service.until_said(AnalysisDone, 1))[0].analysis_key == key


async def test_what_cannot_be_decoded_is_a_problem_and_others_go_on(
    service: Service, ingested: Callable[..., AssetIngested]
) -> None:
    await service.store.put_bytes("assets/bad", b"no media" * 99, content_type="video/mp4")
    bad, good = ingested(object_key="assets/bad", sha256="cd" * 32), ingested()
    await service.tell(bad)
    await service.tell(good)
    await service.start()
    done = {event.asset_id: event for event in await service.until_said(AnalysisDone, 2)}
    assert done[bad.asset_id].problem.code == "picture_undecodable"
    assert done[bad.asset_id].analysis_key is None
    assert done[good.asset_id].problem is None


async def test_a_new_job_tries_again_what_died_of_passing_reasons(
    service: Service, ingested: Callable[..., AssetIngested], short: Path
) -> None:
    event = ingested(object_key="assets/late")
    await service.tell(event)
    async with service.database.transaction() as tx:
        await tx.session.execute(text("UPDATE work SET state = 'dead'"))
        await tx.session.execute(
            text("UPDATE analyses SET status = 'failed', problem_code = 'attempts_exhausted'")
        )
    await service.store.put_file("assets/late", short, content_type="video/mp4")
    await service.start()
    await service.tell(requested(event.asset_id))
    (done,) = await service.until_said(AnalysisDone, 1)
    assert done.problem is None


async def test_assets_of_a_job_come_first_and_its_progress_is_told(
    service: Service, ingested: Callable[..., AssetIngested]
) -> None:
    """The job is heard of between its two assets, as may happen."""
    waiting, early, late = (ingested(sha256=c * 64) for c in "abc")
    job = requested(early.asset_id, late.asset_id)
    for event in (waiting, early, job, late):
        await service.tell(event)
    await service.start()
    done = await service.until_said(AnalysisDone, 3)
    assert {event.asset_id for event in done[:2]} == {early.asset_id, late.asset_id}
    progress: list[JobProgressed] = await service.said(JobProgressed)
    assert {(event.job_id, event.step) for event in progress} == {(job.job_id, "analysis")}
    percents = [event.percent for event in progress]
    assert percents == sorted(percents)
    assert {50, 100} <= set(percents)
    assert progress[-1].message == "analysed short.mp4"


async def test_a_canceled_job_stops_its_analysis_unless_another_wants_it(
    service: Service, ingested: Callable[..., AssetIngested]
) -> None:
    alone, shared, eager = (ingested(sha256=c * 64) for c in "abc")
    first, second = requested(alone.asset_id, shared.asset_id), requested(shared.asset_id)
    for event in (alone, shared, eager, first, second, JobCanceled(job_id=first.job_id)):
        await service.tell(event)
    states = "SELECT string_agg(status, ' ' ORDER BY sha256) FROM analyses"
    assert await service.value(states) == "canceled queued queued"
    await service.tell(requested(alone.asset_id))
    assert await service.value(states) == "queued queued queued"
    work = "SELECT string_agg(DISTINCT state, ' ') FROM work"
    assert await service.value(work) == "queued"


async def test_running_analysis_ends_soon_after_the_cancel(
    service: Service,
    make: Callable[..., Path],
    ingested: Callable[..., AssetIngested],
    probe: Probe,
) -> None:
    noise = ("-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=120", "-c:v", "libx264")
    long = make("long.mp4", *noise, "-preset", "ultrafast", "-g", "300", "-crf", "45")
    await service.store.put_file("assets/long", long, content_type="video/mp4")
    event = ingested(object_key="assets/long", media=probe(long))
    job = requested(event.asset_id)
    await service.tell(event)
    await service.tell(job)
    await service.start()
    async with asyncio.timeout(DEADLINE_S):
        while not list(service.analyse.scratch_dir.glob("*/progress")):
            await asyncio.sleep(0.05)
    await service.tell(JobCanceled(job_id=job.job_id))
    async with asyncio.timeout(2):
        while list(service.analyse.scratch_dir.glob("*")):
            await asyncio.sleep(0.02)
    assert await service.said(AnalysisDone) == []


async def test_a_cancel_may_come_before_its_job(
    service: Service, ingested: Callable[..., AssetIngested]
) -> None:
    event = ingested()
    job = requested(event.asset_id)
    await service.tell(JobCanceled(job_id=job.job_id))
    await service.tell(job)
    await service.tell(event)
    assert await service.value("SELECT priority FROM work") == 0
    assert await service.said(JobProgressed) == []


async def test_the_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from chassis.migrations import TABLES

    await upgrade(database_url, MIGRATIONS)
    database = Database(database_url, service="analysis")
    async with database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(
                    sync,
                    opts={
                        "include_name": lambda name, kind, _: kind != "table" or name not in TABLES
                    },
                ),
                Base.metadata,
            )
        )
    await database.dispose()
    assert differences == []
