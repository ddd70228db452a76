"""From an approved storyboard to finished outputs, over a real database and a disk store."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from chassis.backoff import Backoff
from chassis.database import Database
from chassis.ids import uuid7
from chassis.migrate import upgrade
from chassis.migrations import TABLES
from chassis.objects import DiskStore
from chassis.worker import Worker
from contracts.artifacts import Word
from contracts.base import ProblemInfo
from contracts.events import (
    Cut,
    JobCanceled,
    OutputRendered,
    OutputSpec,
    OutputsRequested,
    StoryboardApproved,
)
from contracts.timeline import Canvas, Caption, Captions, Timeline, Transition
from render.finish_output import FinishOutput
from render.main import MIGRATIONS
from render.models import Base
from render.order_outputs import approve_storyboard, cancel_job, request_outputs
from render.plan_outputs import PlanOutputs
from render.render_part import RenderPartOfJob
from render.tasks import make_tasks

DEADLINE = 60


@dataclass
class Room:
    """A render service without its bus."""

    database: Database
    store: DiskStore
    scratch_dir: Path
    job_id: UUID = field(default_factory=uuid7)

    async def approve(self, *timelines: Timeline | ProblemInfo) -> list[OutputSpec]:
        """Approve a storyboard with a cinematic, a vertical and a short cut; all are wanted."""
        shapes = [("cinematic", "16:9"), ("vertical", "9:16"), ("short", "9:16")]
        cuts, specs = [], []
        for (kind, aspect), timeline in zip(shapes, timelines, strict=False):
            key: str | None = f"storyboards/{self.job_id}/1/{kind}.json"
            problem: ProblemInfo | None = None
            if isinstance(timeline, ProblemInfo):
                key, problem = None, timeline
            else:
                data = timeline.model_dump_json().encode()
                await self.store.put_bytes(str(key), data, content_type="application/json")
            cuts.append(Cut(kind=kind, aspect_ratio=aspect, timeline_key=key, problem=problem))
            specs.append(OutputSpec(output_id=uuid7(), kind=kind, aspect_ratio=aspect))
        event = StoryboardApproved(
            job_id=self.job_id,
            project_id=uuid7(),
            user_id=uuid7(),
            version=1,
            cuts=tuple(cuts),
            outputs=tuple(specs),
        )
        async with self.database.transaction() as tx:
            await approve_storyboard(event, tx)
        return specs

    async def request(self, *specs: OutputSpec) -> None:
        async with self.database.transaction() as tx:
            await request_outputs(OutputsRequested(job_id=self.job_id, outputs=specs), tx)

    async def cancel(self) -> None:
        async with self.database.transaction() as tx:
            await cancel_job(JobCanceled(job_id=self.job_id), tx)

    async def store_sources(self, timeline: Timeline, files: Any) -> None:
        for source in timeline.sources:
            path = files[source.asset_id].path
            await self.store.put_file(source.object_key, path, content_type="video/mp4")

    async def rows(self, sql: str) -> list[Any]:
        async with self.database.read() as session:
            return list((await session.execute(text(sql))).mappings())

    async def keys(self, prefix: str) -> list[str]:
        return [info.key async for info in self.store.list(prefix)]

    async def told(self) -> list[OutputRendered]:
        rows = await self.rows(
            "SELECT payload FROM outbox WHERE topic = 'output.rendered' ORDER BY seq"
        )
        return [OutputRendered.model_validate(row["payload"]) for row in rows]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        tasks = make_tasks(
            PlanOutputs(self.database, self.store),
            RenderPartOfJob(self.database, self.store, self.scratch_dir),
            FinishOutput(self.database, self.store, self.scratch_dir),
            self.database,
            self.store,
        )
        worker = Worker(
            database=self.database,
            tasks=tasks,
            concurrency=2,
            poll_seconds=0.1,
            backoff=Backoff(0.05, 0.1),
        )
        await worker.start()
        try:
            yield
        finally:
            await worker.stop()

    async def settled(self) -> None:
        async def all_ended() -> bool:
            return not await self.rows("SELECT 1 FROM work WHERE state IN ('queued', 'leased')")

        await eventually(all_ended)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not await condition():
            await asyncio.sleep(0.02)


@pytest.fixture
async def room(database_url: str, tmp_path: Path) -> AsyncIterator[Room]:
    await upgrade(database_url, MIGRATIONS)
    database = Database(database_url, service="render")
    store = DiskStore(tmp_path / "objects", public_url="http://host", signing_secret="s" * 16)
    yield Room(database, store, tmp_path / "scratch")
    await database.dispose()


@pytest.fixture
def edit(media: Any, clip: Any, timeline: Callable[..., Timeline]) -> Timeline:
    """Two seconds of two films, with a dissolve and captions."""
    one, other = media.film("one.mp4"), media.film("other.mp4", rate="25", size="160x120")
    dissolve = Transition(kind="dissolve", duration_us=200_000)
    words = (
        Word(start_us=100_000, end_us=600_000, text="Hello"),
        Word(start_us=600_000, end_us=1_200_000, text="world."),
    )
    return timeline(
        [one, other],
        [
            clip(one, 0, 0.3, 1.0),
            clip(other, 0.7, 0.2, 0.9),
            clip(one, 1.2, 1.2, 2.0, transition=dissolve),
        ],
        captions=Captions(style="bold", groups=(Caption(words=words),)),
    )


def tall(timeline: Timeline) -> Timeline:
    return timeline.model_copy(
        update={
            "kind": "vertical",
            "aspect_ratio": "9:16",
            "canvas": Canvas(width=180, height=320),
        }
    )


async def test_outputs_are_rendered_described_and_told_of(
    room: Room, edit: Timeline, media: Any
) -> None:
    await room.store_sources(edit, media.files)
    specs = await room.approve(edit, tall(edit))
    async with room.working():
        await room.settled()
    told = {event.output_id: event for event in await room.told()}
    assert [told[spec.output_id].status for spec in specs] == ["completed", "completed"]
    for spec, size in zip(specs, [(320, 180), (180, 320)], strict=True):
        event = told[spec.output_id]
        assert event.facts is not None
        assert (event.facts.width, event.facts.height) == size
        assert event.facts.duration_us == 2_000_000
        assert event.facts.integrated_lufs == pytest.approx(-14, abs=0.5)
        assert [artifact.filename for artifact in event.artifacts] == [
            f"{spec.kind}.mp4",
            "captions.srt",
            "captions.vtt",
            "captions.ass",
            "timeline.otio",
            "manifest.json",
        ]
        with av.open(str(await room.store.fetch(event.artifacts[0].key, Path()))) as video:
            picture, sound = video.streams.video[0], video.streams.audio[0]
            assert (picture.width, picture.height, picture.frames) == (*size, 60)
            assert picture.average_rate == 30
            assert (sound.rate, sound.layout.name) == (48000, "stereo")
        manifest = json.loads(await room.store.get_bytes(event.artifacts[-1].key))
        assert manifest["clips"][0]["reason"] == "because"
    assert await room.keys("render/") == []
    assert len(await room.keys("outputs/")) == 12
    assert await room.rows("SELECT * FROM render_parts") == []
    assert len(await room.rows("SELECT * FROM final_videos")) == 2
    assert not list(room.scratch_dir.iterdir())


async def test_shared_cuts_are_rendered_in_one_chunk_with_one_sound(
    room: Room, edit: Timeline, media: Any
) -> None:
    await room.store_sources(edit, media.files)
    await room.approve(edit, tall(edit))
    async with room.working():
        await room.settled()
    kinds = [row["kind"] for row in await room.rows("SELECT kind FROM work WHERE state = 'done'")]
    assert sorted(kinds) == ["render.discard", "render.finish", "render.finish"] + [
        "render.part"
    ] * 2 + ["render.plan"]


async def test_outputs_that_look_alike_are_coded_once_and_are_both_whole(
    room: Room, edit: Timeline, media: Any
) -> None:
    await room.store_sources(edit, media.files)
    vertical = tall(edit)
    await room.approve(edit, vertical, vertical.model_copy(update={"kind": "short"}))
    async with room.working():
        await room.settled()
    told = {event.kind: event for event in await room.told()}
    assert [event.problem for event in told.values()] == [None] * 3
    pictures = [told[kind].facts for kind in ("vertical", "short")]
    assert pictures[0] == pictures[1]


async def test_a_cut_that_cannot_be_made_fails_alone(
    room: Room, edit: Timeline, media: Any
) -> None:
    await room.store_sources(edit, media.files)
    specs = await room.approve(edit, ProblemInfo(code="too_short", detail="Nothing to show"))
    async with room.working():
        await room.settled()
    told = {event.output_id: event for event in await room.told()}
    assert told[specs[0].output_id].status == "completed"
    assert told[specs[1].output_id].problem == ProblemInfo(
        code="too_short", detail="Nothing to show"
    )


async def test_a_broken_source_fails_its_output_only_and_a_retry_mends_it(
    room: Room, edit: Timeline, media: Any, clip: Any, timeline: Any
) -> None:
    good, bad = media.film("good.mp4"), media.film("bad.mp4")
    with_good = timeline([good], [clip(good, 0, 0, 1)])
    with_bad = tall(timeline([good, bad], [clip(good, 0, 0, 1), clip(bad, 1, 0, 1)]))
    await room.store_sources(with_bad, media.files)
    await room.store.put_bytes(bad.object_key, b"not a film", content_type="video/mp4")
    specs = await room.approve(with_good, with_bad)
    async with room.working():
        await room.settled()
        told = {event.output_id: event for event in await room.told()}
        assert told[specs[0].output_id].status == "completed"
        assert told[specs[1].output_id].status == "failed"
        problem = told[specs[1].output_id].problem
        assert problem is not None
        assert problem.code == "source_unreadable"
        await room.store_sources(with_bad, media.files)
        await room.request(*specs)
        await room.settled()
    assert [event.status for event in await room.told()][-1] == "completed"
    assert len(await room.told()) == 3
    assert await room.keys("render/") == []


async def test_a_cancel_stops_the_render_and_leaves_nothing(
    room: Room, media: Any, clip: Any, timeline: Any
) -> None:
    film = media.make(
        "long.mp4",
        *("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=20", "-c:v", "libx264"),
        *("-preset", "ultrafast"),
    )
    long = timeline([film], [clip(film, 0, 0, 20)], canvas=Canvas(width=1920, height=1080))
    await room.store_sources(long, media.files)
    await room.approve(long)

    async def is_rendering() -> bool:
        return any(room.scratch_dir.glob("part-*/*.mp4"))

    async def is_gone() -> bool:
        return not any(room.scratch_dir.iterdir())

    async with room.working():
        await eventually(is_rendering)
        started = asyncio.get_running_loop().time()
        await room.cancel()
        await eventually(is_gone)
        assert asyncio.get_running_loop().time() - started < 2
        await room.settled()
    assert await room.told() == []
    assert await room.keys("render/") == []
    [output] = await room.rows("SELECT status FROM job_outputs")
    assert output["status"] == "canceled"


async def test_what_was_rendered_before_a_crash_is_not_rendered_again(
    room: Room, edit: Timeline, media: Any
) -> None:
    await room.store_sources(edit, media.files)
    await room.approve(edit)

    async def a_part_is_done() -> bool:
        return bool(await room.rows("SELECT 1 FROM render_parts WHERE state = 'done'"))

    async with room.working():
        await eventually(a_part_is_done)
    before = await room.rows("SELECT id, updated_at FROM render_parts WHERE state = 'done'")
    async with room.working():
        await room.settled()
    [event] = await room.told()
    assert event.status == "completed"
    work = await room.rows("SELECT key, attempt FROM work WHERE kind = 'render.part'")
    done_before = {f"{row['id']}/1" for row in before}
    assert all(row["attempt"] == 1 for row in work if row["key"] in done_before)


async def test_outputs_without_an_approved_storyboard_are_refused(room: Room) -> None:
    await room.request(OutputSpec(output_id=uuid7(), kind="hook", aspect_ratio="9:16"))
    [event] = await room.told()
    assert event.problem is not None
    assert event.problem.code == "storyboard_not_approved"


async def test_the_tables_are_as_the_models_say(room: Room) -> None:
    async with room.database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(
                    sync,
                    opts={"include_object": lambda o, name, kind, *_: name not in TABLES},
                ),
                Base.metadata,
            )
        )
    assert [d for d in differences if "alembic" not in str(d)] == []
