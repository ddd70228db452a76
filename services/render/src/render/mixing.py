"""Add up raw tracks, block by block, so that memory is the same for any length."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from chassis.threads import in_thread
from render.ducking import GATE_BLOCK_S, Samples, gains_at
from render.sound_plan import SAMPLE_RATE

BLOCK = 20 * SAMPLE_RATE
FRAME_BYTES = 8

Curve = tuple[list[float], list[float]]


async def mix(
    tracks: Sequence[Path], music: Path | None, ducked: Curve, samples: int, to: Path
) -> None:
    """Write the sum of the tracks, and of the music under its envelope."""
    for first in range(0, samples, BLOCK):
        count = min(BLOCK, samples - first)
        await in_thread(_mix_block, tracks, music, ducked, first, count, to)


def _mix_block(
    tracks: Sequence[Path], music: Path | None, ducked: Curve, first: int, count: int, to: Path
) -> None:
    total = np.zeros((count, 2), dtype=np.float32)
    for track in tracks:
        total += read(track, first, count)
    if music:
        total += read(music, first, count) * gains_at(first, count, SAMPLE_RATE, ducked)[:, None]
    with to.open("ab") as file:
        total.tofile(file)


def read(track: Path, first: int, count: int) -> Samples:
    """Samples of a raw track, padded with silence past its end."""
    data = np.fromfile(track, dtype=np.float32, count=2 * count, offset=first * FRAME_BYTES)
    block = np.zeros((count, 2), dtype=np.float32)
    block[: data.size // 2] = data.reshape(-1, 2)
    return block


async def levels(track: Path) -> list[float]:
    """The RMS level in dB of each GATE_BLOCK_S of a raw track."""
    result: list[float] = []
    samples = await in_thread(_length, track)
    for first in range(0, samples, BLOCK):
        result += await in_thread(_block_levels, track, first)
    return result


def _length(track: Path) -> int:
    return track.stat().st_size // FRAME_BYTES


def _block_levels(track: Path, first: int) -> list[float]:
    size = round(GATE_BLOCK_S * SAMPLE_RATE)
    blocks = read(track, first, BLOCK).reshape(-1, size * 2)
    power = np.mean(np.square(blocks), axis=1, dtype=np.float64)
    return [float(level) for level in 10 * np.log10(power + 1e-12)]
