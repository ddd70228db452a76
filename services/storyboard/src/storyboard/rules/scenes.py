"""Scenes: which segments a person reads as one."""

from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID, uuid5

from storyboard.edit import Segment
from storyboard.footage import SECOND
from storyboard.rules.lexicon import TURNS
from storyboard.rules.tokens import tokens

SHORTEST_US, USUAL_US, LONGEST_US = 5 * SECOND, 9 * SECOND, 22 * SECOND
_BREAK_US = 2 * SECOND
_MOST = 60
"""About as many scenes as a person reads: those of an hour are longer."""


def scene_id(job_id: UUID, version: int, number: int) -> UUID:
    """The same storyboard made again has the same scenes."""
    return uuid5(job_id, f"storyboard/{version}/scene/{number}")


def group_scenes(segments: Sequence[Segment]) -> list[tuple[list[Segment], str]]:
    """Runs of segments, each with the reason why it begins where it does."""
    scenes = [([segments[0]], "scenes: the opening")]
    scale = max(1.0, sum(segment.duration_us for segment in segments) / (_MOST * USUAL_US))
    for left, right in pairwise(segments):
        length = sum(segment.duration_us for segment in scenes[-1][0])
        if why := _new_scene(left, right, round(length / scale)):
            scenes.append(([right], f"scenes: {why}"))
        else:
            scenes[-1][0].append(right)
    return _without_crumbs(scenes)


def _new_scene(left: Segment, right: Segment, length_us: int) -> str:
    """Why a scene ends between these two; empty if it goes on."""
    if left.source != right.source:
        return "another source"
    if length_us + right.duration_us > LONGEST_US:
        return "long enough to be read as one"
    if length_us < USUAL_US:
        return ""
    first = tokens(right.moments[0].text)[:1]
    if first and first[0] in TURNS:
        return f"a new thought (“{first[0]}…”)"
    if right.in_us - left.out_us >= _BREAK_US:
        return "a long pause before it"
    return ""


def _without_crumbs(scenes: list[tuple[list[Segment], str]]) -> list[tuple[list[Segment], str]]:
    """A scene too short to be one joins the scene before it, if both show the same source."""
    kept = scenes[:1]
    for segments, why in scenes[1:]:
        short = sum(segment.duration_us for segment in segments) < SHORTEST_US
        if short and kept[-1][0][-1].source == segments[0].source:
            kept[-1] = ([*kept[-1][0], *segments], kept[-1][1])
        else:
            kept.append((segments, why))
    return kept
