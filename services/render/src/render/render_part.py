"""Render one part: a chunk of picture, or a sound track."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.scratch import scratch
from chassis.threads import in_thread
from chassis.work import Completion
from contracts.timeline import Source, Timeline
from render import repository
from render.captions import write_for_burning
from render.chunks import Chunk
from render.end_output import fail_output
from render.geometry import size_of
from render.graph import Look
from render.models import RenderPart
from render.parts import Part
from render.plan_outputs import finish_when_ready, order_part, read_plan, read_timelines
from render.render_chunk import render_chunk
from render.soundtrack import render_soundtrack
from render.sources import SourceFile, open_source
from render.telling import Telling

VIDEO, AUDIO = "video/mp4", "audio/mp4"


@dataclass(frozen=True)
class RenderPartOfJob:
    """Every step may be repeated: a part's files lie under its id."""

    database: Database
    store: ObjectStore
    scratch_dir: Path

    async def __call__(self, part_id: UUID) -> Completion:
        """Raise a Problem when the material cannot be rendered."""
        async with self.database.read() as session:
            row = await session.get(RenderPart, part_id)
            waiting = await repository.waiting_shares(session, part_id)
        if row is None or not waiting:
            return _nobody_waits
        async with (
            scratch(self.scratch_dir, "part") as folder,
            Telling(self.database, row.job_id, part_id, waiting).running() as telling,
        ):
            result = await self._render(row, folder, telling)

        async def complete(tx: Transaction) -> None:
            await _note_done(tx, part_id, result)

        return complete

    async def _render(self, row: RenderPart, folder: Path, telling: Telling) -> dict[str, Any]:
        plan = await read_plan(self.store, row.plan_key)
        part = plan.part(row.digest)
        outputs = {leg.output_id for leg in part.chunk.legs} if part.chunk else set()
        outputs = outputs or {part.shares[0].output_id}
        keys = {output: key for output, key in plan.timeline_keys.items() if output in outputs}
        timelines = await read_timelines(self.store, keys)
        place = place_of(row.job_id, row.id)
        if part.chunk is None:
            return await self._sound(place, next(iter(timelines.values())), folder)
        return await self._picture(place, part, part.chunk, timelines, folder, telling)

    async def _sound(self, place: str, timeline: Timeline, folder: Path) -> dict[str, Any]:
        used = {clip.source for clip in (*timeline.picture, *timeline.voice)}
        used |= {timeline.music.source} if timeline.music else set()
        files = await self._files((timeline,), used, folder)
        path, measured = await render_soundtrack(timeline, files, folder)
        key = f"{place}sound.m4a"
        await self.store.put_file(key, path, content_type=AUDIO)
        loudness = None if measured.silent else measured.integrated_lufs
        peak = None if measured.silent else measured.peak_db
        return {"files": [key], "lufs": loudness, "true_peak_dbtp": peak}

    async def _picture(
        self,
        place: str,
        part: Part,
        chunk: Chunk,
        timelines: dict[UUID, Timeline],
        folder: Path,
        telling: Telling,
    ) -> dict[str, Any]:
        used = {step.source for step in chunk.steps}
        files = await self._files(timelines.values(), used, folder)
        looks = {output: await _look(timelines[output], folder, output) for output in timelines}
        longest = max(leg.frames for leg in chunk.legs)

        def hear(frame: int) -> None:
            telling.share = min(frame / longest, 1.0)

        paths = await render_chunk(chunk, files, looks, folder, hear)
        legs: dict[str, str] = {}
        for number, leg in zip(part.leg_numbers, chunk.legs, strict=True):
            legs[str(number)] = f"{place}{number}.mp4"
            await self.store.put_file(legs[str(number)], paths[leg.output_id], content_type=VIDEO)
        return {"files": list(legs.values()), "legs": legs}

    async def _files(
        self, timelines: Iterable[Timeline], used: set[UUID], folder: Path
    ) -> dict[UUID, SourceFile]:
        sources: dict[UUID, Source] = {
            source.asset_id: source
            for timeline in timelines
            for source in timeline.sources
            if source.asset_id in used
        }
        files: dict[UUID, SourceFile] = {}
        for asset_id, source in sources.items():
            path = await self.store.fetch(source.object_key, folder)
            files[asset_id] = await in_thread(open_source, source, path)
        return files


def place_of(job_id: UUID, part_id: UUID) -> str:
    return f"render/{job_id}/{part_id}/"


async def give_up_part(
    part_id: UUID, problem: Problem, store: ObjectStore, tx: Transaction
) -> None:
    """Try its outputs one by one; when it is only one, that output fails."""
    row = await tx.session.get(RenderPart, part_id)
    if row is None:
        return
    await repository.lock_job(tx, row.job_id)
    row.state = "failed"
    waiting = await repository.waiting_shares(tx.session, part_id)
    ids = [share.output_id for share in waiting]
    part = (await read_plan(store, row.plan_key)).part(row.digest)
    if part.chunk is None or len(part.chunk.legs) == 1:
        for output in await repository.get_outputs(tx.session, ids):
            await fail_output(tx, output, problem)
        return
    await repository.forget_shares(tx, ids, part_id)
    for share in waiting:
        alone = replace(part.alone(share.leg), shares=(share,))
        await order_part(tx, row.job_id, alone, row.plan_key)


async def _look(timeline: Timeline, folder: Path, output: UUID) -> Look:
    own = folder / f"captions-{output}"
    captions = await in_thread(write_for_burning, timeline, own)
    fonts = own / "fonts" if captions else None
    return Look(size_of(timeline.canvas), timeline.brand, captions, fonts)


async def _note_done(tx: Transaction, part_id: UUID, result: dict[str, Any]) -> None:
    row = await tx.session.get(RenderPart, part_id)
    if row is None:
        return
    await repository.lock_job(tx, row.job_id)
    row.state, row.result = "done", result
    await tx.session.flush()
    for share in await repository.waiting_shares(tx.session, part_id):
        await finish_when_ready(tx, row.job_id, share.output_id)


async def _nobody_waits(_tx: Transaction) -> None:
    """Its outputs ended otherwise meanwhile."""
