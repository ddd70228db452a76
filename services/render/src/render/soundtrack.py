"""An output's sound, from its clips to an AAC file of the promised loudness."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import ffmpeg

from contracts.timeline import Timeline
from render.ducking import envelope, heard_speech, told_speech
from render.grid import Grid
from render.inputs import media_input
from render.loudness import Measured, measure
from render.mixing import levels, mix
from render.programs import compiled, run_ffmpeg
from render.sound_plan import SAMPLE_RATE, spine_sound, voice_lanes
from render.sound_render import RAW, render_music, render_passages
from render.sources import SourceFile

AAC_OVERSHOOT_DB = 0.5
"""Coding adds a little to peaks; the limiter leaves room for it."""
CLOSE_ENOUGH_LU = 0.3
ATTEMPTS = 4
OVERSAMPLED = 4 * SAMPLE_RATE
BIT_RATE = "192k"


@dataclass(frozen=True)
class Mastering:
    """What is done to the mix: a gain, then a limit for peaks."""

    gain_db: float
    limit_db: float


async def render_soundtrack(
    timeline: Timeline, files: Mapping[UUID, SourceFile], folder: Path
) -> tuple[Path, Measured]:
    """Return the file and what was measured on it."""
    mixed = await _mixed(timeline, files, folder)
    return await _mastered(mixed, timeline.loudness_lufs, timeline.true_peak_dbtp, folder)


async def _mixed(timeline: Timeline, files: Mapping[UUID, SourceFile], folder: Path) -> Path:
    grid = Grid(timeline.rate)
    samples = grid.sample(grid.frame(timeline.duration_us), SAMPLE_RATE)
    spine = await render_passages(spine_sound(timeline), files, grid, folder, "spine")
    tracks = [spine]
    for number, lane in enumerate(voice_lanes(timeline)):
        tracks.append(await render_passages(lane, files, grid, folder, f"voice{number}"))
    if timeline.music is None:
        if len(tracks) == 1:
            return spine
        music, curve = None, envelope([], 0)
    else:
        music = await render_music(timeline.music, samples, files, folder)
        speech = told_speech(timeline) or heard_speech(await levels(spine))
        curve = envelope(speech, timeline.music.duck_db)
    mixed = folder / "mix.f32"
    await mix(tracks, music, curve, samples, mixed)
    return mixed


async def _mastered(
    mixed: Path, lufs: float, ceiling_db: float, folder: Path
) -> tuple[Path, Measured]:
    """Two passes, measure and correct; again where coding or limiting moved the result."""
    raw = await measure(mixed, true_peak=False, folder=folder, **RAW)
    mastering = Mastering(
        0.0 if raw.silent else lufs - raw.integrated_lufs, ceiling_db - AAC_OVERSHOOT_DB
    )
    target = folder / "sound.m4a"
    for _ in range(ATTEMPTS):
        await _encode(mixed, mastering, raw, target, folder)
        result = await measure(target, true_peak=True, folder=folder)
        correction = _correction(result, lufs, ceiling_db)
        if raw.silent or correction is None:
            break
        mastering = Mastering(
            mastering.gain_db + correction.gain_db, mastering.limit_db + correction.limit_db
        )
    return target, result


def _correction(result: Measured, lufs: float, ceiling_db: float) -> Mastering | None:
    off = lufs - result.integrated_lufs
    over = result.peak_db - ceiling_db
    if abs(off) <= CLOSE_ENOUGH_LU and over <= 0:
        return None
    return Mastering(off, min(0.0, -over - 0.1) if over > 0 else 0.0)


async def _encode(mixed: Path, master: Mastering, raw: Measured, to: Path, folder: Path) -> None:
    stream = media_input(mixed, **RAW).audio
    if master.gain_db:
        stream = stream.filter("volume", f"{master.gain_db:.2f}dB")
    if raw.peak_db + master.gain_db > master.limit_db - 1:
        limit = 10 ** (master.limit_db / 20)
        stream = stream.filter("aresample", OVERSAMPLED).filter(
            "alimiter", limit=f"{limit:.5f}", level=0, attack=3, release=80, latency=1
        )
        stream = stream.filter("aresample", SAMPLE_RATE)
    options = {"c:a": "aac", "b:a": BIT_RATE, "map_metadata": -1}
    await run_ffmpeg(compiled([ffmpeg.output(stream, str(to), **options)]), folder=folder)
