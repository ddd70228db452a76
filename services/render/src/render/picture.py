"""The picture of a timeline as one gapless row of spans: cutaways replace what they hide."""

from dataclasses import replace

from contracts.timeline import Timeline
from render.grid import Grid
from render.spans import Span, place, spine_spans


def picture_spans(timeline: Timeline) -> tuple[Span, ...]:
    """Spans in order; each starts where the one before ends, or earlier by its transition."""
    grid = Grid(timeline.rate)
    spans = spine_spans(timeline)
    total = spans[-1].end
    for clip in timeline.cutaways:
        cutaway = place(clip, grid).part(0, total)
        entered = grid.frame(clip.start_us + clip.transition.duration_us)
        if cutaway.count > 0:
            spans = _lay_over(_harden(spans, cutaway), cutaway, entered)
    return spans


def _harden(spans: tuple[Span, ...], cutaway: Span) -> tuple[Span, ...]:
    """Make every transition that the cutaway touches a cut at its middle."""
    hard = list(spans)
    for index in range(1, len(hard)):
        before, after = hard[index - 1], hard[index]
        if after.start < min(before.end, cutaway.end) and cutaway.start < before.end:
            middle = (after.start + before.end) // 2
            hard[index - 1] = before.part(before.start, middle)
            hard[index] = replace(after.part(middle, after.end), enter="cut")
    return tuple(span for span in hard if span.count > 0)


def _lay_over(spans: tuple[Span, ...], cutaway: Span, entered: int) -> tuple[Span, ...]:
    """Put it over the spans; its transition, up to `entered`, blends with what it will hide."""
    left = [span.part(0, cutaway.start) for span in spans if span.start < cutaway.start]
    right = [span.part(cutaway.end, span.end) for span in spans if span.end > cutaway.end]
    hidden = next((span for span in spans if span.start < cutaway.start < span.end), None)
    if hidden and cutaway.start < entered <= min(hidden.end, cutaway.end):
        left[-1] = hidden.part(0, entered)
    else:
        cutaway = replace(cutaway, enter="cut")
    return (*left, cutaway, *right)
