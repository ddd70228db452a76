"""What is heard when, in samples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.timeline import Clip, Timeline
from render.grid import Grid
from render.spans import Span, place, spine_spans

SAMPLE_RATE = 48_000


@dataclass(frozen=True)
class Sound:
    """`samples` of a source (or of silence) from source frame `first` on.

    The first `overlap` samples are crossfaded with the end of the sound before.
    """

    samples: int
    source: UUID | None = None
    first: int = 0
    overlap: int = 0
    gain_db: float = 0.0


Passage = tuple[Sound, ...]
"""Sounds joined by crossfades: between hard cuts."""


def spine_sound(timeline: Timeline) -> tuple[Passage, ...]:
    """The spine's own sound. A cut that goes on in the same take is none to the ear."""
    grid = Grid(timeline.rate)
    return _passages(_merged(spine_spans(timeline)), grid)


def voice_lanes(timeline: Timeline) -> list[tuple[Passage, ...]]:
    """The voice clips, in as few gapless rows as hold them without overlap."""
    grid = Grid(timeline.rate)
    total = grid.frame(timeline.duration_us)
    lanes: list[list[Span]] = []
    for clip in sorted(timeline.voice, key=lambda clip: clip.start_us):
        span = _heard(clip, grid).part(0, total)
        lane = next((lane for lane in lanes if lane[-1].end <= span.start), None)
        if lane is None:
            lanes.append([span])
        else:
            lane.append(span)
    return [_with_gaps(lane, total, grid) for lane in lanes]


def _heard(clip: Clip, grid: Grid) -> Span:
    return replace(place(clip, grid), enter="cut")


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and _goes_on(merged[-1], span):
            merged[-1] = replace(merged[-1], end=span.end)
        else:
            merged.append(span)
    return merged


def _goes_on(before: Span, span: Span) -> bool:
    same = (before.source, before.gain_db, before.muted) == (span.source, span.gain_db, span.muted)
    return same and span.start == before.end and span.first == before.last


def _passages(spans: Iterable[Span], grid: Grid) -> tuple[Passage, ...]:
    passages: list[list[Sound]] = []
    heard_until = 0
    for span in spans:
        start, end = (grid.sample(frame, SAMPLE_RATE) for frame in (span.start, span.end))
        source = None if span.muted else span.source
        overlap = max(heard_until - start, 0)
        sound = Sound(end - start, source, span.first, overlap, span.gain_db)
        if overlap:
            passages[-1].append(sound)
        else:
            passages.append([sound])
        heard_until = end
    return tuple(tuple(passage) for passage in passages)


def _with_gaps(lane: Sequence[Span], total: int, grid: Grid) -> tuple[Passage, ...]:
    row: list[Span] = []
    until = 0
    for span in [*lane, replace(lane[-1], start=total, end=total)]:
        if span.start > until:
            row.append(replace(span, start=until, end=span.start, muted=True))
        if span.count:
            row.append(span)
        until = span.end
    return _passages(row, grid)
