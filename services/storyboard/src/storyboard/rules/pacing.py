"""Pacing: sentences become segments, with the breath around them that speech needs."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from contracts.timeline import Transition
from storyboard.edit import Moment, Segment
from storyboard.wishes import Wishes

PUNCH_IN = 1.12
_DISSOLVE_US = 400_000
_SHORTEST_DISSOLVE_US = 200_000


@dataclass(frozen=True)
class Pace:
    """Pauses longer than `max_pause_us` are cut down to `tail_us` + `lead_us`."""

    max_pause_us: int = 700_000
    lead_us: int = 120_000
    tail_us: int = 200_000


TIGHT = Pace(max_pause_us=350_000, lead_us=80_000, tail_us=120_000)


@dataclass(frozen=True)
class Spoken:
    """Everything that is said in one source, used or not: a cut may not touch any of it."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    duration_us: int
    has_picture: bool

    def room_before(self, at_us: int) -> int:
        """Silence before a sentence that begins here; what it shares with another is halved."""
        index = bisect_right(self.ends, at_us)
        return (at_us - self.ends[index - 1]) // 2 if index else at_us

    def room_after(self, at_us: int) -> int:
        index = bisect_left(self.starts, at_us)
        if index < len(self.starts):
            return (self.starts[index] - at_us) // 2
        return self.duration_us - at_us

    def silent_between(self, start_us: int, end_us: int) -> bool:
        return bisect_left(self.starts, start_us) == bisect_left(self.starts, end_us)


def pace_of(wishes: Wishes) -> Pace:
    if wishes.keep_pauses:
        return Pace(max_pause_us=10**12)
    usual, share = Pace(), wishes.pace
    padding = min(1.3, max(0.6, share))
    lead, tail = round(usual.lead_us * padding), round(usual.tail_us * padding)
    longest = round(usual.max_pause_us * share * max(1.0, wishes.length))
    return Pace(min(1_600_000, max(lead + tail, longest)), lead, tail)


def lay_out(moments: Sequence[Moment], spoken: Mapping[UUID, Spoken], pace: Pace) -> list[Segment]:
    """One segment per run of sentences that need no cut between them."""
    runs: list[list[Moment]] = []
    for moment in moments:
        if runs and _flows(runs[-1][-1], moment, spoken[moment.source], pace):
            runs[-1].append(moment)
        else:
            runs.append([moment])
    segments = [_segment(run, spoken[run[0].source], pace) for run in runs]
    for index, (left, right) in enumerate(pairwise(segments)):
        segments[index : index + 2] = _joined(left, right, spoken)
    return segments


def _flows(left: Moment, right: Moment, spoken: Spoken, pace: Pace) -> bool:
    return (
        left.source == right.source
        and 0 <= right.start_us - left.end_us <= pace.max_pause_us
        and spoken.silent_between(left.end_us, right.start_us)
    )


def _segment(run: Sequence[Moment], spoken: Spoken, pace: Pace) -> Segment:
    start, end = run[0].start_us, run[-1].end_us
    return Segment(
        source=run[0].source,
        in_us=start - min(pace.lead_us, spoken.room_before(start)),
        out_us=end + min(pace.tail_us, spoken.room_after(end)),
        moments=tuple(run),
        reason="; ".join(dict.fromkeys(moment.reason for moment in run)),
    )


def _joined(left: Segment, right: Segment, spoken: Mapping[UUID, Spoken]) -> list[Segment]:
    """From one source to another by a dissolve, if both are silent for as long as it takes."""
    one, other = spoken[left.source], spoken[right.source]
    if left.source == right.source or not (one.has_picture and other.has_picture):
        return [left, right]
    end, start = left.moments[-1].end_us, right.moments[0].start_us
    length = min(_DISSOLVE_US, one.room_after(end), other.room_before(start))
    if length < _SHORTEST_DISSOLVE_US:
        return [left, right]
    dissolve = Transition(kind="dissolve", duration_us=length)
    wider = {"in_us": min(right.in_us, start - length), "transition": dissolve}
    return [
        left.model_copy(update={"out_us": max(left.out_us, end + length)}),
        right.model_copy(update=wider),
    ]
