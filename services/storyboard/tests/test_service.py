"""The storyboard service on a real database, a disk store and a broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import uuid7
from chassis.migrate import upgrade
from chassis.migrations import TABLES
from chassis.objects import DiskStore
from chassis.outbox import OutboxRow
from chassis.worker import Worker
from contracts.base import ProblemInfo
from contracts.events import (
    AnalysisDone,
    AssetRejected,
    Event,
    JobCanceled,
    JobRequested,
    StoryboardRequested,
)
from contracts.timeline import Timeline
from storyboard.direct_job import DirectJob
from storyboard.footage import Footage
from storyboard.handlers import handlers
from storyboard.main import MIGRATIONS, create_app
from storyboard.models import Base
from storyboard.settings import StoryboardSettings
from storyboard.tasks import make_tasks

DEADLINE = 15


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not await condition():
            await asyncio.sleep(0.02)


@dataclass
class Room:
    """A storyboard service without its bus."""

    database: Database
    store: DiskStore
    studio: Any

    async def hear(self, *events: Event) -> None:
        """Each event in a transaction of its own, as the bus does it."""
        for event in events:
            async with self.database.transaction() as tx:
                await handlers.by_topic[event.topic][1](event, tx)

    async def rows(self, sql: str) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.execute(text(sql))).mappings())

    async def told(self, topic: str) -> list[Any]:
        rows = await self.rows(f"SELECT payload FROM outbox WHERE topic = '{topic}' ORDER BY seq")
        return [row["payload"] for row in rows]

    async def analysed(self, footage: Footage) -> AnalysisDone:
        return await analysed(self.store, footage)

    async def work(self) -> None:
        """Do what is queued."""
        tasks = make_tasks(DirectJob(self.database, self.store))
        worker = Worker(database=self.database, tasks=tasks, poll_seconds=0.05)
        await worker.start()
        await eventually(self._all_ended)
        await worker.stop()

    async def _all_ended(self) -> bool:
        return not await self.rows("SELECT 1 FROM work WHERE state IN ('queued', 'leased')")

    async def directed(self, shoot: list[Footage], **wanted: Any) -> JobRequested:
        """A job in the state in which its first version is made."""
        job: JobRequested = self.studio.job(shoot, **wanted)
        await self.hear(job, *[await self.analysed(one) for one in shoot])
        await self.work()
        return job

    async def ask(self, job: JobRequested, version: int, action: str, **more: Any) -> UUID:
        request = StoryboardRequested.model_validate(
            {
                "job_id": job.job_id,
                "request_id": uuid7(),
                "version": version,
                "action": action,
                **more,
            }
        )
        await self.hear(request)
        await self.work()
        return request.request_id


async def analysed(store: DiskStore, footage: Footage) -> AnalysisDone:
    key = f"analysis/{footage.analysis.sha256}/1.json"
    data = footage.analysis.model_dump_json().encode()
    await store.put_bytes(key, data, content_type="application/json")
    return AnalysisDone(
        asset_id=footage.asset_id,
        sha256=footage.analysis.sha256,
        filename=footage.filename,
        object_key=footage.object_key,
        media=footage.media,
        analysis_key=key,
    )


def rejected(footage: Footage) -> AssetRejected:
    problem = ProblemInfo(code="not_media", detail="It is a text file")
    ids = {"project_id": UUID(int=2), "user_id": UUID(int=3)}
    return AssetRejected(asset_id=footage.asset_id, problem=problem, **ids)


@pytest.fixture
async def room(database_url: str, tmp_path: Path, studio: Any) -> AsyncIterator[Room]:
    await upgrade(database_url, MIGRATIONS)
    database = Database(database_url, service="storyboard")
    store = DiskStore(tmp_path / "objects", public_url="http://here", signing_secret="s" * 16)
    yield Room(database, store, studio)
    await database.dispose()


async def test_the_migrations_make_the_models_tables(room: Room) -> None:
    def differences(connection: Any) -> Any:
        options = {"include_name": lambda name, kind, _: kind != "table" or name not in TABLES}
        context = MigrationContext.configure(connection, opts=options)
        return compare_metadata(context, Base.metadata)

    async with room.database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("order", list(permutations(range(3)))[::2], ids=str)
async def test_a_job_is_directed_when_all_is_known_in_whatever_order(
    room: Room, shoot: Any, order: tuple[int, ...]
) -> None:
    footage = shoot[:2]
    job = room.studio.job(footage)
    events = [job, *[await room.analysed(one) for one in footage]]
    for place in order[:-1]:
        await room.hear(events[place])
        assert await room.rows("SELECT * FROM work") == []
    await room.hear(events[order[-1]])
    await room.work()
    (generated,) = await room.told("scenes.generated")
    assert (generated["status"], generated["version"]) == ("approved", 1)
    assert generated["director"] == "rules/1"
    assert [scene["number"] for scene in generated["scenes"]] == [1, 2]
    (approved,) = await room.told("storyboard.approved")
    assert len(approved["cuts"]) == 10
    assert len(approved["outputs"]) == 3
    for cut in approved["cuts"]:
        timeline = Timeline.model_validate_json(await room.store.get_bytes(cut["timeline_key"]))
        assert (timeline.kind, timeline.aspect_ratio) == (cut["kind"], cut["aspect_ratio"])


async def test_the_same_job_and_findings_again_change_nothing(room: Room, shoot: Any) -> None:
    job = await room.directed(shoot)
    await room.hear(job, *[await room.analysed(one) for one in shoot])
    await room.work()
    assert len(await room.told("storyboard.approved")) == 1


async def test_what_cannot_be_used_is_left_out_and_named(room: Room, shoot: Any) -> None:
    job = room.studio.job(shoot)
    failed = (await room.analysed(shoot[2])).model_copy(
        update={"analysis_key": None, "problem": ProblemInfo(code="broken", detail="It ends early")}
    )
    await room.hear(job, await room.analysed(shoot[0]), rejected(shoot[1]), failed)
    await room.work()
    (approved,) = await room.told("storyboard.approved")
    data = await room.store.get_bytes(approved["cuts"][0]["timeline_key"])
    notes = Timeline.model_validate_json(data).provenance.notes
    assert f"asset {shoot[1].asset_id} is not used: not_media: It is a text file" in notes
    assert "river_broll.mp4 is not used: broken: It ends early" in notes


async def test_without_anything_usable_the_job_fails_with_a_reason(room: Room, shoot: Any) -> None:
    await room.hear(room.studio.job(shoot), *[rejected(one) for one in shoot])
    await room.work()
    (generated,) = await room.told("scenes.generated")
    assert generated["status"] == "failed"
    assert generated["problem"]["code"] == "nothing_usable"
    assert await room.told("storyboard.approved") == []


async def test_a_montage_is_approved_with_a_problem_for_dialogue(room: Room) -> None:
    await room.directed([room.studio.silent("sea.mp4", 20, shots=5)])
    (approved,) = await room.told("storyboard.approved")
    problems = [cut["problem"]["code"] for cut in approved["cuts"] if cut["problem"]]
    assert problems == ["no_speech", "no_speech"]


async def test_a_review_ends_with_an_approval(room: Room, shoot: Any) -> None:
    job = await room.directed(shoot, review="required")
    assert await room.told("storyboard.approved") == []
    request = await room.ask(job, 1, "approve")
    assert [one["status"] for one in await room.told("scenes.generated")] == ["review", "approved"]
    (approved,) = await room.told("storyboard.approved")
    assert approved["request_id"] == str(request)
    again = await room.ask(job, 1, "approve")
    refused = (await room.told("scenes.generated"))[-1]
    assert (refused["status"], refused["request_id"]) == ("failed", str(again))
    assert refused["problem"]["code"] == "not_in_review"
    assert len(await room.told("storyboard.approved")) == 1


async def test_a_rejection_makes_another_version(room: Room, shoot: Any) -> None:
    job = await room.directed(shoot, review="required")
    request = await room.ask(job, 1, "reject", feedback="no b-roll, and shorter")
    first, second = await room.told("scenes.generated")
    assert (second["version"], second["status"]) == (2, "review")
    assert second["request_id"] == str(request)
    assert not any(scene["metadata"]["cutaways"] for scene in second["scenes"])
    assert sum(scene["duration_us"] for scene in second["scenes"]) < sum(
        scene["duration_us"] for scene in first["scenes"]
    )
    boards = await room.rows("SELECT version, status, feedback FROM storyboards ORDER BY version")
    assert [tuple(board.values()) for board in boards] == [
        (1, "rejected", ""),
        (2, "review", "no b-roll, and shorter"),
    ]
    assert len(await room.rows("SELECT * FROM job_scenes WHERE version = 1")) == len(
        first["scenes"]
    )


async def test_one_scene_again_and_the_others_to_the_byte(room: Room, shoot: Any) -> None:
    job = await room.directed(shoot, review="required")
    await room.ask(job, 1, "regenerate_scene", scene_number=2, feedback="no cutaways")
    first, second = await room.told("scenes.generated")
    assert second["scenes"][0] == first["scenes"][0]
    assert second["scenes"][1] != first["scenes"][1]
    await room.ask(job, 2, "regenerate_all")
    third = (await room.told("scenes.generated"))[-1]
    assert (third["version"], third["status"]) == (3, "review")
    statuses = await room.rows("SELECT status FROM storyboards ORDER BY version")
    assert [row["status"] for row in statuses] == ["superseded", "superseded", "review"]


@pytest.mark.parametrize(
    ("version", "action", "more", "code"),
    [
        (7, "approve", {}, "stale_version"),
        (0, "reject", {}, "stale_version"),
        (1, "regenerate_scene", {"scene_number": 99}, "scene_not_found"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_changes_nothing(
    room: Room, shoot: Any, version: int, action: str, more: Any, code: str
) -> None:
    job = await room.directed(shoot, review="required")
    request = await room.ask(job, version, action, **more)
    refused = (await room.told("scenes.generated"))[-1]
    assert refused["problem"]["code"] == code
    assert (refused["version"], refused["request_id"]) == (1, str(request))
    assert (await room.rows("SELECT state, version FROM jobs"))[0] == {
        "state": "review",
        "version": 1,
    }


async def test_a_request_is_carried_out_once(room: Room, shoot: Any) -> None:
    job = await room.directed(shoot, review="required")
    request = StoryboardRequested(
        job_id=job.job_id, request_id=uuid7(), version=1, action="regenerate_all"
    )
    await room.hear(request, request)
    await room.work()
    await room.hear(request)
    assert [one["version"] for one in await room.told("scenes.generated")] == [1, 2]


async def test_a_new_version_that_fails_leaves_the_old_one_in_review(
    room: Room, shoot: Any
) -> None:
    job = await room.directed(shoot, review="required")
    await room.store.delete(f"analysis/{shoot[0].analysis.sha256}/1.json")
    await room.ask(job, 1, "reject")
    refused = (await room.told("scenes.generated"))[-1]
    assert (refused["status"], refused["version"]) == ("failed", 1)
    await room.ask(job, 1, "approve")
    assert len(await room.told("storyboard.approved")) == 1


@pytest.mark.parametrize("late", [True, False])
async def test_a_canceled_job_is_not_directed(room: Room, shoot: Any, late: bool) -> None:
    job = room.studio.job(shoot)
    canceled = JobCanceled(job_id=job.job_id)
    findings = [await room.analysed(one) for one in shoot]
    await room.hear(*([job, *findings, canceled] if late else [canceled, job, *findings]))
    await room.work()
    assert await room.told("scenes.generated") == []
    assert (await room.rows("SELECT state FROM jobs"))[0]["state"] == "canceled"


async def test_the_words_of_a_brief_are_heard(room: Room, shoot: Any) -> None:
    await room.directed(shoot, brief="A portrait of Anna, without b-roll. Hook under 5 seconds.")
    (generated,) = await room.told("scenes.generated")
    assert not any(scene["metadata"]["cutaways"] for scene in generated["scenes"])
    assert len(generated["scenes"]) == 2


async def test_the_whole_service_over_a_broker(
    database_url: str, kafka_bootstrap: str, tmp_path: Path, studio: Any, shoot: Any
) -> None:
    settings = StoryboardSettings(
        database_url=database_url,
        kafka_bootstrap=kafka_bootstrap,
        data_dir=tmp_path,
        signing_secret=SecretStr("s" * 16),
    )
    app = create_app(settings)
    store = DiskStore(
        settings.disk_objects_dir, public_url=settings.public_url, signing_secret="s" * 16
    )
    async with app.router.lifespan_context(app), sending_to(kafka_bootstrap) as send:
        for event in [*[await analysed(store, one) for one in shoot], studio.job(shoot)]:
            await send(event)
        room = Room(app.state.service.database, store, studio)

        async def approved() -> bool:
            return bool(await room.told("storyboard.approved"))

        await eventually(approved)


@asynccontextmanager
async def sending_to(bootstrap: str) -> AsyncIterator[Callable[[Event], Awaitable[None]]]:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()

    async def send(event: Event) -> None:
        row = OutboxRow.of(event, "test")
        headers = [(name, value.encode()) for name, value in row.headers.items()]
        value = (row.payload or "").encode()
        await producer.send_and_wait(row.topic, value, key=row.key.encode(), headers=headers)

    yield send
    await producer.stop()
