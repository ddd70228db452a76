"""Finish an output: its parts become one file, described and packed with its captions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.objects import ObjectStore
from chassis.scratch import scratch
from chassis.threads import in_thread
from chassis.work import Completion
from contracts.events import Artifact, JobProgressed, OutputFacts
from contracts.timeline import Timeline
from render import repository
from render.captions import caption_files, left_out
from render.end_output import complete_output, fail_output
from render.grid import Grid
from render.interchange import to_otio
from render.manifest import output_manifest
from render.models import JobOutput
from render.plan_outputs import read_timelines
from render.problems import WrongLength
from render.programs import ffmpeg_version
from render.repository import PartOfOutput
from render.stitching import stitch
from render.telling import RENDERED_PERCENT

Kind = Literal["video", "captions", "timeline", "manifest"]

JSON = "application/json"
CAPTION_TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt", "ass": "text/x-ssa"}


@dataclass(frozen=True)
class FinishOutput:
    """Every step may be repeated: an output's files lie under its id."""

    database: Database
    store: ObjectStore
    scratch_dir: Path

    async def __call__(self, output_id: UUID) -> Completion:
        async with self.database.read() as session:
            [output] = await repository.get_outputs(session, [output_id])
            parts = await repository.parts_of_output(session, output_id)
        await self._tell(output)
        timelines = await read_timelines(self.store, {output_id: output.timeline_key or ""})
        timeline = timelines[output_id]
        async with scratch(self.scratch_dir, "output") as folder:
            path = await self._joined(timeline, parts, folder)
            facts = await _facts(timeline, path, parts[0])
            artifacts = await self._packed(output, timeline, path, facts)

        async def complete(tx: Transaction) -> None:
            await repository.lock_job(tx, output.job_id)
            [current] = await repository.get_outputs(tx.session, [output_id])
            await complete_output(tx, current, artifacts, facts)

        return complete

    async def _joined(self, timeline: Timeline, parts: list[PartOfOutput], folder: Path) -> Path:
        sound, *pictures = parts
        chunks = [
            await self.store.fetch(_results(part)["legs"][str(part.leg)], folder)
            for part in pictures
        ]
        heard = await self.store.fetch(_results(sound)["files"][0], folder)
        path = folder / "video.mp4"
        frames = await stitch(chunks, heard, timeline.rate, path)
        wanted = Grid(timeline.rate).frame(timeline.duration_us)
        if frames != wanted:
            raise WrongLength(f"{frames} frames instead of {wanted}")
        return path

    async def _packed(
        self, output: JobOutput, timeline: Timeline, video: Path, facts: OutputFacts
    ) -> list[Artifact]:
        place = place_of(output.id)
        info = await self.store.put_file(f"{place}video.mp4", video, content_type="video/mp4")
        name = f"{output.output_type}.mp4"
        artifacts = [_artifact("video", info.key, name, "video/mp4", info.size)]
        for kind, filename, content_type, text in _documents(timeline, facts):
            data = text.encode()
            key = f"{place}{filename}"
            await self.store.put_bytes(key, data, content_type=content_type)
            artifacts.append(_artifact(kind, key, filename, content_type, len(data)))
        return artifacts

    async def _tell(self, output: JobOutput) -> None:
        async with self.database.transaction() as tx:
            await repository.raise_progress(tx, output.id, RENDERED_PERCENT)
            await tx.publish(
                JobProgressed(
                    job_id=output.job_id,
                    output_id=output.id,
                    step="finalizing",
                    percent=RENDERED_PERCENT,
                )
            )


def place_of(output_id: UUID) -> str:
    return f"outputs/{output_id}/"


async def give_up_output(output_id: UUID, problem: Problem, tx: Transaction) -> None:
    [output] = await repository.get_outputs(tx.session, [output_id])
    await repository.lock_job(tx, output.job_id)
    await fail_output(tx, output, problem)


async def _facts(timeline: Timeline, video: Path, sound: PartOfOutput) -> OutputFacts:
    measured = _results(sound)
    return OutputFacts(
        duration_us=Grid(timeline.rate).microseconds(
            Grid(timeline.rate).frame(timeline.duration_us)
        ),
        width=timeline.canvas.width,
        height=timeline.canvas.height,
        rate=timeline.rate,
        size_bytes=(await in_thread(video.stat)).st_size,
        integrated_lufs=measured["lufs"],
        true_peak_dbtp=measured["true_peak_dbtp"],
    )


def _results(part: PartOfOutput) -> dict[str, Any]:
    return part.part.result or {}


def _documents(timeline: Timeline, facts: OutputFacts) -> Iterator[tuple[Kind, str, str, str]]:
    """Kind, file name, content type and text of all that goes with the video."""
    captions = caption_files(timeline)
    if captions is not None:
        for ending, text in (("srt", captions.srt), ("vtt", captions.vtt), ("ass", captions.ass)):
            yield "captions", f"captions.{ending}", CAPTION_TYPES[ending], text
    yield "timeline", "timeline.otio", JSON, to_otio(timeline)
    manifest = output_manifest(timeline, facts, f"ffmpeg {ffmpeg_version()}", left_out(timeline))
    yield "manifest", "manifest.json", JSON, json.dumps(manifest, indent=2, ensure_ascii=False)


def _artifact(kind: Kind, key: str, filename: str, content_type: str, size: int) -> Artifact:
    return Artifact(
        kind=kind, key=key, filename=filename, content_type=content_type, size_bytes=size
    )
