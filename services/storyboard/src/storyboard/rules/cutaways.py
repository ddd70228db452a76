"""Cutaways: where B-roll is laid over the one who speaks, and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from uuid import UUID

from storyboard.edit import Cutaway, Moment, Segment
from storyboard.footage import SECOND, Footage
from storyboard.rules.sentences import clauses
from storyboard.rules.shelf import Shelf, Stretch
from storyboard.rules.tokens import stems
from storyboard.wishes import Wishes

SHORTEST_US, USUAL_US, LONGEST_US = 2 * SECOND, 7 * SECOND // 2, 5 * SECOND
APART_US = 2 * SECOND
HEAD_US = 1_800_000
TAIL_US = 1_500_000
SHARE = {"none": 0.0, "less": 0.15, "usual": 0.4, "more": 0.6}


@dataclass(frozen=True)
class Place:
    """Where a scene stands in the whole cut, and which of its moments must be seen."""

    opens: bool = False
    closes: bool = False
    keep_seen: frozenset[Moment] = frozenset()


@dataclass(frozen=True)
class Slot:
    """A stretch of the scene that a cutaway may cover, in scene time."""

    start_us: int
    end_us: int
    about: frozenset[str]
    hides_jump: bool

    def is_apart_from(self, other: "Slot") -> bool:
        return self.start_us >= other.end_us + APART_US or other.start_us >= self.end_us + APART_US


def starts_of(segments: Sequence[Segment]) -> list[int]:
    """Where segments begin in scene time, the first at 0."""
    steps = [
        one.duration_us - following.transition.duration_us for one, following in pairwise(segments)
    ]
    return [0, *accumulate(steps)]


def place_cutaways(
    segments: Sequence[Segment],
    footage: Mapping[UUID, Footage],
    shelf: Shelf,
    wishes: Wishes,
    place: Place,
) -> tuple[Cutaway, ...]:
    """Cover what has no picture of its own; elsewhere a share of the scene, jump cuts first."""
    if not shelf:
        return ()
    if not all(footage[segment.source].has_picture for segment in segments):
        return _cover(segments, footage, shelf)
    return _sprinkle(segments, footage, shelf, wishes, place)


def _sprinkle(
    segments: Sequence[Segment],
    footage: Mapping[UUID, Footage],
    shelf: Shelf,
    wishes: Wishes,
    place: Place,
) -> tuple[Cutaway, ...]:
    length = _length(segments)
    budget = round(length * SHARE[wishes.cutaways])
    slots = _slots(segments, footage, wishes, place, budget)
    wanted = max(1, round(budget / USUAL_US))
    chosen: list[Slot] = []
    for slot in sorted(
        slots, key=lambda slot: (-_worth(slot, shelf, length, wanted), slot.start_us)
    ):
        spent = sum(one.end_us - one.start_us for one in chosen)
        fits = spent + slot.end_us - slot.start_us <= budget and len(chosen) < wanted
        if fits and all(slot.is_apart_from(other) for other in chosen):
            chosen.append(slot)
    return tuple(_cutaway(slot, shelf) for slot in sorted(chosen, key=lambda slot: slot.start_us))


def _worth(slot: Slot, shelf: Shelf, length_us: int, wanted: int) -> float:
    """A name that fits counts most, then a jump cut to hide; ties go to an even spread."""
    middle = (slot.start_us + slot.end_us) / 2 / length_us * wanted
    evenness = 1 - 2 * abs(middle % 1 - 0.5)
    return 3.0 * shelf.fits(slot.about) + 2.0 * slot.hides_jump + evenness


@dataclass(frozen=True)
class Marks:
    """Where a cutaway may begin or end, in scene time, and what is said when."""

    clauses: tuple[int, ...]
    word_ends: tuple[int, ...]
    jumps: tuple[int, ...]
    moments: tuple[tuple[int, int, Moment], ...]

    def ends_within(self, shortest: int, longest: int) -> list[int]:
        """Ends of clauses; of words only where no clause ends."""
        for marks in (self.clauses, self.word_ends):
            if ends := [mark for mark in marks if shortest <= mark <= longest]:
                return ends
        return []

    def about(self, start: int, stop: int) -> frozenset[str]:
        return stems(" ".join(m.text for a, b, m in self.moments if a < stop and start < b))


def _slots(
    segments: Sequence[Segment],
    footage: Mapping[UUID, Footage],
    wishes: Wishes,
    place: Place,
    budget_us: int,
) -> list[Slot]:
    """From each boundary of a clause to the end that makes the cutaway most usually long."""
    marks = _marks(segments, footage)
    first = HEAD_US if place.opens else segments[0].transition.duration_us
    last = _length(segments) - (TAIL_US if place.closes else 0)
    seen = [(a, b) for a, b, moment in marks.moments if moment in place.keep_seen]
    usual = round(USUAL_US * min(1.0, max(0.65, wishes.pace)))
    slots = []
    for start in marks.clauses:
        longest = min(start + min(LONGEST_US, budget_us), last)
        ends = marks.ends_within(start + SHORTEST_US, longest)
        if start < first or not ends:
            continue
        stop = min(ends, key=lambda mark: abs(mark - start - usual))
        if all(stop <= a or b <= start for a, b in seen):
            hides = any(start <= jump < stop for jump in marks.jumps)
            slots.append(Slot(start, stop, marks.about(start, stop), hides))
    return slots


def _length(segments: Sequence[Segment]) -> int:
    return starts_of(segments)[-1] + segments[-1].duration_us


def _marks(segments: Sequence[Segment], footage: Mapping[UUID, Footage]) -> Marks:
    bounds: set[int] = set()
    word_ends: list[int] = []
    jumps: list[int] = []
    moments = []
    starts = starts_of(segments)
    for segment, start, before in zip(segments, starts, [None, *segments], strict=False):
        if before is not None and before.source == segment.source:
            jumps.append(start)
            bounds.add(start)
        shift = start - segment.in_us
        for moment in segment.moments:
            moments.append((moment.start_us + shift, moment.end_us + shift, moment))
            words = footage[moment.source].words_within(moment.start_us, moment.end_us)
            word_ends += [word.end_us + shift for word in words]
            for clause in clauses(moment.start_us, moment.end_us, words):
                bounds |= {clause.start_us + shift, clause.end_us + shift}
    return Marks(tuple(sorted(bounds)), tuple(word_ends), tuple(jumps), tuple(moments))


def _cutaway(slot: Slot, shelf: Shelf) -> Cutaway:
    stretch = shelf.take(slot.about)
    length = min(slot.end_us - slot.start_us, stretch.duration_us)
    why = "cutaway: it covers a jump cut" if slot.hides_jump else "cutaway: between two clauses"
    return _show(stretch, slot.start_us, length, why, slot.about)


def _show(stretch: Stretch, at_us: int, length_us: int, why: str, about: frozenset[str]) -> Cutaway:
    """The middle of the stretch, with the reason for this very one."""
    common = sorted(stretch.about & about)
    fits = f"; its name fits what is said ({', '.join(common)})" if common else ""
    start = stretch.start_us + (stretch.duration_us - length_us) // 2
    return Cutaway(
        at_us=at_us,
        source=stretch.source,
        in_us=start,
        out_us=start + length_us,
        reason=f"{why}{fits}",
    )


def _cover(
    segments: Sequence[Segment], footage: Mapping[UUID, Footage], shelf: Shelf
) -> tuple[Cutaway, ...]:
    """Pictures from end to end for a voice without one, changing where clauses do."""
    marks = _marks(segments, footage)
    end = _length(segments)
    at = segments[0].transition.duration_us
    cutaways: list[Cutaway] = []
    while end - at >= SECOND:
        about = marks.about(at, at + USUAL_US)
        stretch = shelf.take(about)
        length = min(_cover_length(at, end, marks.clauses), stretch.duration_us)
        if end - at - length < SECOND and stretch.duration_us >= end - at:
            length = end - at
        why = "cutaway: a picture for a voice that has none"
        cutaways.append(_show(stretch, at, length, why, about))
        at += length
    return tuple(cutaways)


def _cover_length(at: int, end: int, marks: Sequence[int]) -> int:
    if end - at <= LONGEST_US:
        return end - at
    near = [mark - at for mark in marks if SHORTEST_US <= mark - at <= LONGEST_US]
    fitting = [length for length in near if end - at - length >= SHORTEST_US]
    return min(fitting, key=lambda length: abs(length - USUAL_US), default=USUAL_US)
