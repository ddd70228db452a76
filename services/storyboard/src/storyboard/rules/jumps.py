"""Jump cuts: the same person before and after a cut. What no cutaway hides gets a punch-in."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from storyboard.edit import Cutaway, SceneEdit, Segment
from storyboard.footage import Footage
from storyboard.rules.cutaways import starts_of
from storyboard.rules.pacing import PUNCH_IN


def hide_jumps(
    scenes: Sequence[SceneEdit], footage: Mapping[UUID, Footage], *, tight_first: bool = False
) -> list[SceneEdit]:
    """Alternate between the full picture and a slightly closer one at every jump that is seen."""
    zoom = PUNCH_IN if tight_first and _has_picture(scenes[0].segments[0], footage) else 1.0
    before: Segment | None = None
    hidden = []
    for scene in scenes:
        segments = []
        for segment, start in zip(scene.segments, starts_of(scene.segments), strict=True):
            covered = any(one.at_us <= start <= one.end_us for one in scene.cutaways)
            if before is not None:
                zoom = _next_zoom(zoom, before, segment, covered, footage[segment.source])
            segments.append(segment.model_copy(update={"zoom": zoom}))
            before = segment
        hidden.append(scene.model_copy(update={"segments": tuple(segments)}))
    return hidden


def _next_zoom(
    zoom: float, before: Segment, segment: Segment, covered: bool, source: Footage
) -> float:
    if before.source != segment.source:
        return 1.0
    if covered or not source.has_picture or not _same_shot(source, before.out_us, segment.in_us):
        return zoom
    return 1.0 if zoom > 1.0 else PUNCH_IN


def _same_shot(source: Footage, left_us: int, right_us: int) -> bool:
    return any(shot.start_us <= left_us and right_us < shot.end_us for shot in source.shots)


def _has_picture(segment: Segment, footage: Mapping[UUID, Footage]) -> bool:
    return footage[segment.source].has_picture


def visible_cuts(segments: Sequence[Segment], cutaways: Sequence[Cutaway]) -> list[int]:
    """Where the same source is cut in sight, in scene time."""
    starts = starts_of(segments)
    return [
        start
        for (left, right), start in zip(pairwise(segments), starts[1:], strict=True)
        if left.source == right.source
        and not any(one.at_us <= start <= one.end_us for one in cutaways)
    ]
