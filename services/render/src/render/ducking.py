"""When music steps back: while someone speaks, a moment before and a little after."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from contracts.timeline import Timeline

ATTACK_S, LEAD_S, HOLD_S, RELEASE_S = 0.2, 0.05, 0.2, 0.6
GATE_BLOCK_S = 0.05
GATE_FLOOR_DB, GATE_BELOW_SPEECH_DB = -50.0, 20.0

Speech = tuple[float, float]
"""Start and end in seconds of the timeline."""
Samples = NDArray[np.float32]


def told_speech(timeline: Timeline) -> list[Speech]:
    """Where the timeline itself knows of speech: captions and voice clips."""
    words = [word for group in timeline.captions.groups for word in group.words]
    known = [(word.start_us, word.end_us) for word in words]
    known += [(clip.start_us, clip.end_us) for clip in timeline.voice]
    return [(start / 1e6, end / 1e6) for start, end in sorted(known)]


def heard_speech(levels_db: Sequence[float]) -> list[Speech]:
    """Where a track is loud enough to be speech, from the level of each GATE_BLOCK_S."""
    levels = np.asarray(levels_db)
    if not levels.size:
        return []
    gate = max(float(np.percentile(levels, 95)) - GATE_BELOW_SPEECH_DB, GATE_FLOOR_DB)
    return [(i * GATE_BLOCK_S, (i + 1) * GATE_BLOCK_S) for i in np.flatnonzero(levels > gate)]


def envelope(speech: Iterable[Speech], duck_db: float) -> tuple[list[float], list[float]]:
    """Times in seconds and gains in dB, linear in between."""
    times, gains = [0.0], [0.0]
    for start, end in _joined(speech):
        times += [start - LEAD_S - ATTACK_S, start - LEAD_S, end + HOLD_S, end + HOLD_S + RELEASE_S]
        gains += [0.0, duck_db, duck_db, 0.0]
    return times, gains


def _joined(speech: Iterable[Speech]) -> list[Speech]:
    """Pauses too short to come up and go down again are none."""
    joined: list[Speech] = []
    for start, end in speech:
        if joined and start - joined[-1][1] < ATTACK_S + LEAD_S + HOLD_S + RELEASE_S:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def gains_at(
    first_sample: int, count: int, rate: int, curve: tuple[list[float], list[float]]
) -> Samples:
    """The envelope as factors for `count` samples."""
    times = (first_sample + np.arange(count)) / rate
    decibels = np.interp(times, *curve)
    return np.asarray(10 ** (decibels / 20), dtype=np.float32)
