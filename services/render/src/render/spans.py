"""Clips on the frame grid.

Source times are snapped to the same grid, counted from the source's start. So two outputs that
use the same moment use the same frames of it, and can share their decoding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from contracts.timeline import Clip, Fit, Timeline, Transform
from render.grid import Grid

TransitionKind = Literal["cut", "dissolve", "dip_to_black", "wipe", "slide"]


@dataclass(frozen=True)
class Motion:
    """The source frames over which a clip's move goes from its start to its end."""

    first: int
    count: int


COVER = Fit()
STILL = Motion(0, 1)


@dataclass(frozen=True)
class Span:
    """Frames [start, end) of a timeline, shown from source frame `first` on.

    `enter` is how it is entered; all but a cut overlap the span before.
    """

    start: int
    end: int
    source: UUID
    first: int
    transform: Transform = COVER
    motion: Motion = STILL
    enter: TransitionKind = "cut"
    gain_db: float = 0.0
    muted: bool = False

    @property
    def count(self) -> int:
        return self.end - self.start

    @property
    def last(self) -> int:
        """The source frame after the last."""
        return self.first + self.count

    def part(self, start: int, end: int) -> "Span":
        """What is left of it between two timeline frames; entered by a cut if its head is gone."""
        start, end = max(start, self.start), min(end, self.end)
        enter = self.enter if start == self.start else "cut"
        return replace(
            self, start=start, end=end, first=self.first + start - self.start, enter=enter
        )


def place(clip: Clip, grid: Grid) -> Span:
    first = grid.frame(clip.in_us)
    start, end = grid.frame(clip.start_us), grid.frame(clip.end_us)
    return Span(
        start=start,
        end=end,
        source=clip.source,
        first=first,
        transform=clip.transform,
        motion=Motion(first, end - start) if clip.transform.kind == "ken_burns" else STILL,
        enter=clip.transition.kind,
        gain_db=clip.gain_db,
        muted=clip.muted,
    )


def spine_spans(timeline: Timeline) -> tuple[Span, ...]:
    """The spine on the grid; a transition never reaches back into the one before it."""
    grid = Grid(timeline.rate)
    spans: list[Span] = []
    for clip in timeline.picture:
        span = place(clip, grid)
        if spans:
            span = _after(spans, span)
        if span.count > 0:
            spans.append(span)
    return tuple(spans)


def _after(spans: Sequence[Span], span: Span) -> Span:
    """The span, entered no earlier than where the one before it stands alone."""
    before = spans[-1]
    free_from = max(before.start, spans[-2].end) if len(spans) > 1 else before.start
    if span.start < free_from:
        span = replace(span.part(free_from, span.end), enter=span.enter)
    return replace(span, enter="cut") if span.start >= before.end else span
