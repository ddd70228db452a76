"""Montage: footage in which nobody speaks becomes a rhythm of its best shots."""

from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise, zip_longest
from typing import TypeVar

from contracts.timeline import Transition
from storyboard.edit import Moment, Segment
from storyboard.footage import SECOND, Footage
from storyboard.rules.shelf import Stretch, stretches
from storyboard.wishes import Wishes

T = TypeVar("T")
LONGEST_US = 60 * SECOND
RHYTHM_US = (3_200_000, 2_400_000, 2_800_000, 3_600_000)
_SHORTEST_US = 3 * SECOND // 2
_WORTH = 0.5
_LONE_SHOT_US = 8 * SECOND
_WINDOW_US = 12 * SECOND
_DISSOLVE_US = 400_000


def montage(pictures: Sequence[Footage], wishes: Wishes) -> list[Segment]:
    """The best shots in the order of the footage, a minute at most."""
    limit = _limit(wishes)
    longest = _LONE_SHOT_US if _shot_count(pictures) <= 2 else RHYTHM_US[3]
    shots = _choose(pictures, limit, wishes.variation)
    lengths = cycle(_turned(RHYTHM_US, wishes.variation))
    pace = min(1.5, max(0.5, wishes.pace))
    segments = []
    left = limit
    for stretch, rank in shots:
        wanted = longest if longest == _LONE_SHOT_US else next(lengths)
        length = min(round(wanted * pace), stretch.duration_us, left)
        left -= length
        segments.append(_segment(stretch, length, rank))
        if left <= SECOND:
            break
    return _entered(segments)


def sound_only(sound: Footage) -> list[Segment]:
    """Nothing but a piece of sound: its first minute, over a card that names it."""
    end = min(sound.duration_us, LONGEST_US)
    reason = "montage: there is nothing but this sound"
    moment = Moment(source=sound.asset_id, start_us=0, end_us=end, kind="shot", reason=reason)
    whole = Segment(source=sound.asset_id, in_us=0, out_us=end, moments=(moment,), reason=reason)
    return [whole]


def _limit(wishes: Wishes) -> int:
    limit = round(LONGEST_US * min(1.5, wishes.length))
    return min(limit, wishes.target_us or limit)


def _shot_count(pictures: Sequence[Footage]) -> int:
    return sum(len(stretches(one, _WINDOW_US)) for one in pictures)


def _choose(
    pictures: Sequence[Footage], limit_us: int, variation: int
) -> list[tuple[Stretch, int]]:
    """Each file's best shot, then each one's second best, until there is enough; then in order."""
    rows = [_turned(_worth_showing(stretches(one, _WINDOW_US)), variation) for one in pictures]
    turns = [
        (place, rank, stretch)
        for rank, row in enumerate(zip_longest(*rows), start=1)
        for place, stretch in enumerate(row)
        if stretch is not None
    ]
    mean = sum(RHYTHM_US) // len(RHYTHM_US)
    chosen = turns[: max(len(pictures), limit_us // mean)]
    in_order = sorted(chosen, key=lambda one: (one[0], one[2].start_us))
    return [(stretch, rank) for _, rank, stretch in in_order]


def _worth_showing(ranked: Sequence[Stretch]) -> list[Stretch]:
    """Not the blurred, the black and the blinks, where a file has better."""
    enough = _WORTH * ranked[0].quality
    good = [s for s in ranked if s.quality >= enough and s.duration_us >= _SHORTEST_US]
    return good or list(ranked)


def _segment(stretch: Stretch, length_us: int, rank: int) -> Segment:
    start = stretch.start_us + (stretch.duration_us - length_us) // 2
    which = "best shot" if rank == 1 else f"number {rank} of the shots"
    reason = f"montage: {which} of {stretch.filename} (sharp, calm, lit: {stretch.quality:.2f})"
    moment = Moment(
        source=stretch.source,
        start_us=start,
        end_us=start + length_us,
        kind="shot",
        score=stretch.quality,
        reason=reason,
    )
    return Segment(
        source=stretch.source,
        in_us=start,
        out_us=start + length_us,
        moments=(moment,),
        reason=reason,
    )


def _entered(segments: Sequence[Segment]) -> list[Segment]:
    """Another file is entered by a dissolve, another shot of the same file by a cut."""
    entered = list(segments[:1])
    for left, right in pairwise(segments):
        length = min(_DISSOLVE_US, left.duration_us // 3, right.duration_us // 3)
        if left.source != right.source and length > 0:
            dissolve = Transition(kind="dissolve", duration_us=length)
            entered.append(right.model_copy(update={"transition": dissolve}))
        else:
            entered.append(right)
    return entered


def _turned(row: Sequence[T], by: int) -> list[T]:
    turn = by % len(row) if row else 0
    return [*row[turn:], *row[:turn]]


def montage_scenes(segments: Sequence[Segment]) -> Iterator[tuple[list[Segment], str]]:
    """One scene per file, and a new one after 15 s of the same."""
    scene: list[Segment] = []
    for segment in segments:
        length = sum(one.duration_us for one in scene)
        if scene and (scene[-1].source != segment.source or length >= 15 * SECOND):
            yield scene, "scenes: shots of one file"
            scene = []
        scene.append(segment)
    yield scene, "scenes: shots of one file"
