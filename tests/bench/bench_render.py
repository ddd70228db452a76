"""How fast render is: four outputs of a two-minute 1080p shoot, in paired runs.

Ours (chunks, two at once, sound, captions, joining; without database and bus) against one
hand-written ffmpeg command that makes the same four files, reading every take once, with the same
filters and preset (promised: at most 1.15 of its time), and against MoviePy making the same cuts
with the same preset (promised: at least 3 times as fast): once with plain captions, once with
none at all, while ours have them; its loudness is left as it is.
On a busy machine only the ratio of CPU time says something.
"""

import asyncio
import resource
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

import pytest
from tests.bench.long_shoot import RATE, Shoot, film_shoot, make_timelines
from tests.bench.rivals import moviepy_python, render_by_hand, render_with_moviepy

from contracts.timeline import Timeline
from render.captions import write_for_burning
from render.chunks import Chunk
from render.geometry import size_of
from render.graph import Look
from render.parts import Part, plan_parts
from render.render_chunk import render_chunk
from render.soundtrack import render_soundtrack
from render.stitching import stitch

SECONDS = 120
PAIRS = 3
AT_ONCE = 2

Timelines = Mapping[UUID, Timeline]


@dataclass(frozen=True)
class Took:
    wall: float
    cpu: float


def test_against_one_ffmpeg_command(tmp_path: Path) -> None:
    shoot = film_shoot(tmp_path, SECONDS)
    timelines = make_timelines(shoot.source, SECONDS)
    compare("one ffmpeg command", shoot, timelines, tmp_path, render_by_hand)


@pytest.mark.parametrize("captions", [True, False], ids=["with captions", "cuts alone"])
def test_against_moviepy(tmp_path: Path, captions: bool) -> None:
    shoot = film_shoot(tmp_path, SECONDS)
    timelines = make_timelines(shoot.source, SECONDS)
    python = moviepy_python(tmp_path)

    def rival(shoot: Shoot, timelines: Timelines, folder: Path) -> None:
        render_with_moviepy(shoot, timelines, folder, python, captions=captions)

    name = "MoviePy with captions" if captions else "MoviePy, cuts alone"
    compare(name, shoot, timelines, tmp_path, rival)


def compare(
    name: str,
    shoot: Shoot,
    timelines: Timelines,
    folder: Path,
    rival: Callable[[Shoot, Timelines, Path], None],
) -> None:
    pairs = []
    for number in range(PAIRS):
        ours = timed(lambda p: asyncio.run(render_ours(shoot, timelines, p)), folder / "ours")
        theirs = timed(lambda p: rival(shoot, timelines, p), folder / "theirs")
        pairs.append((ours, theirs))
        print(f"\n{number}: ours {ours}, {name} {theirs}", flush=True)
    wall = median(ours.wall / theirs.wall for ours, theirs in pairs)
    cpu = median(ours.cpu / theirs.cpu for ours, theirs in pairs)
    print(f"ours / {name}: wall {wall:.2f}, cpu {cpu:.2f}")


async def render_ours(shoot: Shoot, timelines: Mapping[UUID, Timeline], folder: Path) -> None:
    """What the service does with a job, part by part, `AT_ONCE` at a time."""
    files = {shoot.source.asset_id: shoot.file}
    slots = asyncio.Semaphore(AT_ONCE)
    legs: dict[UUID, list[tuple[int, Path]]] = {output: [] for output in timelines}
    sounds: dict[UUID, Path] = {}

    async def render(number: int, part: Part) -> None:
        async with slots:
            place = folder / f"part-{number}"
            place.mkdir()
            if part.chunk is None:
                timeline = timelines[part.shares[0].output_id]
                path, _ = await render_soundtrack(timeline, files, place)
                sounds.update({share.output_id: path for share in part.shares})
            else:
                paths = await render_chunk(
                    part.chunk, files, _looks(part.chunk, timelines, place), place
                )
                for share in part.shares:
                    path = paths[part.chunk.legs[share.leg].output_id]
                    legs[share.output_id].append((share.start, path))

    await asyncio.gather(*(render(i, part) for i, part in enumerate(plan_parts(timelines))))
    for output, timeline in timelines.items():
        chunks = [path for _, path in sorted(legs[output])]
        await stitch(chunks, sounds[output], RATE, folder / f"{timeline.kind}.mp4")


def _looks(chunk: Chunk, timelines: Mapping[UUID, Timeline], place: Path) -> dict[UUID, Look]:
    looks = {}
    for leg in chunk.legs:
        timeline = timelines[leg.output_id]
        own = place / str(leg.output_id)
        captions = write_for_burning(timeline, own)
        looks[leg.output_id] = Look(
            size_of(timeline.canvas), timeline.brand, captions, own / "fonts"
        )
    return looks


def timed(work: Callable[[Path], None], folder: Path) -> Took:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    cpu, wall = _cpu(), time.perf_counter()
    work(folder)
    return Took(round(time.perf_counter() - wall, 1), round(_cpu() - cpu, 1))


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
