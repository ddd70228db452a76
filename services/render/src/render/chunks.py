"""Which frames of which outputs are rendered together, from one decode.

A chunk is a row of steps. In each step one stretch of one source is decoded, and every output of
the chunk takes its part of it. The outputs of a chunk are in all of its steps and meet the
boundaries between them together (within `TOLERANCE` frames), so that no frame waits in memory
for another output's turn. Chunks begin and end at hard cuts, or inside a long span.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from uuid import UUID

from render.spans import Span

TOLERANCE = 2
MAX_STEPS = 10
MAX_SECONDS = 24

Atom = tuple[Span, ...]
"""Spans joined by transitions: between hard cuts."""


@dataclass(frozen=True)
class Track:
    """The whole picture of one output."""

    output_id: UUID
    rate: Fraction
    spans: tuple[Span, ...]

    @property
    def frames(self) -> int:
        return self.spans[-1].end


@dataclass(frozen=True)
class Leg:
    """What a chunk holds of one output."""

    output_id: UUID
    spans: tuple[Span, ...]

    @property
    def start(self) -> int:
        return self.spans[0].start

    @property
    def frames(self) -> int:
        return self.spans[-1].end - self.start


@dataclass(frozen=True)
class Step:
    """A stretch of a source, in its frames: the union of what the outputs take of it."""

    source: UUID
    first: int
    last: int


@dataclass(frozen=True)
class Chunk:
    rate: Fraction
    legs: tuple[Leg, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        rows = zip(*(leg.spans for leg in self.legs), strict=True)
        return tuple(_step(row) for row in rows)


def plan_chunks(tracks: Iterable[Track]) -> tuple[Chunk, ...]:
    """Cover every frame of every track exactly once, with as little decoding as may be."""
    ordered = sorted(tracks, key=lambda track: (track.rate, -track.frames, track.output_id))
    chunks: list[Chunk] = []
    for rate, group in groupby(ordered, key=lambda track: track.rate):
        chunks += _plan_rate(rate, list(group))
    return tuple(chunks)


def _plan_rate(rate: Fraction, tracks: Sequence[Track]) -> list[Chunk]:
    cap = round(MAX_SECONDS * rate)
    points = _split_points(tracks, cap)
    waiting = {track.output_id: _atoms(_split(track.spans, points)) for track in tracks}
    chunks: list[Chunk] = []
    while waiting:
        rows, waiting = _align(waiting)
        chunks += [Chunk(rate, _legs(run)) for run in _runs(rows, cap)]
    return chunks


# Long spans are split at fixed source frames, so that outputs that share them split alike.


def _split_points(tracks: Sequence[Track], cap: int) -> dict[UUID, set[int]]:
    points: dict[UUID, set[int]] = {}
    for span in (span for track in tracks for span in track.spans if span.count > cap):
        inner = range(span.first // cap * cap + cap, span.last, cap)
        points.setdefault(span.source, set()).update(inner)
    return points


def _split(spans: Sequence[Span], points: Mapping[UUID, set[int]]) -> list[Span]:
    parts: list[Span] = []
    for index, span in enumerate(spans):
        free_from = spans[index - 1].end if index else span.start
        free_to = spans[index + 1].start if index + 1 < len(spans) else span.end
        inside = (point - span.first + span.start for point in points.get(span.source, ()))
        cuts = sorted(frame for frame in inside if free_from < frame < free_to)
        parts += [span.part(a, b) for a, b in pairwise([span.start, *cuts, span.end])]
    return parts


def _atoms(spans: Sequence[Span]) -> list[Atom]:
    atoms: list[list[Span]] = []
    for span in spans:
        if span.enter == "cut" or not atoms:
            atoms.append([span])
        elif len(atoms[-1]) < MAX_STEPS:
            atoms[-1].append(span)
        else:
            atoms[-1:] = _halve(atoms[-1], span)
    return [tuple(atom) for atom in atoms]


def _halve(atom: list[Span], coming: Span) -> list[list[Span]]:
    """End a long atom inside its last span, where neither of its transitions is under way."""
    *before, last = atom
    free_from = before[-1].end if before else last.start
    middle = (free_from + coming.start) // 2
    if not last.start < middle < last.end:
        return [[*atom, coming]]
    return [[*before, last.part(last.start, middle)], [last.part(middle, last.end), coming]]


# Rows: the longest output leads, the others join in where they use the same material.

Row = dict[UUID, Atom]


def _align(waiting: Mapping[UUID, list[Atom]]) -> tuple[list[Row], dict[UUID, list[Atom]]]:
    leader, *followers = waiting
    rows: list[Row] = [{leader: atom} for atom in waiting[leader]]
    left = {output: _join(rows, leader, output, waiting[output]) for output in followers}
    return rows, {output: atoms for output, atoms in left.items() if atoms}


def _join(rows: list[Row], leader: UUID, output: UUID, atoms: Sequence[Atom]) -> list[Atom]:
    """Put each atom into the next row that shows the same; return those that fit nowhere."""
    alone: list[Atom] = []
    free_from = 0
    for atom in atoms:
        places = range(free_from, len(rows))
        place = next((i for i in places if _share(rows[i][leader], atom)), None)
        if place is None:
            alone.append(atom)
        else:
            rows[place][output] = atom
            free_from = place + 1
    return alone


def _share(one: Atom, other: Atom) -> bool:
    """Whether one decode can serve both: the same spans, but for their outer ends."""
    if [span.source for span in one] != [span.source for span in other]:
        return False
    joints = zip(pairwise(one), pairwise(other), strict=True)
    inside = all(
        abs(a.last - c.last) <= TOLERANCE and abs(b.first - d.first) <= TOLERANCE
        for (a, b), (c, d) in joints
    )
    overlap = min(one[0].last, other[0].last) - max(one[0].first, other[0].first)
    return inside and 2 * overlap >= min(one[0].count, other[0].count)


# Runs: consecutive rows that make one chunk.


def _runs(rows: Sequence[Row], cap: int) -> list[list[Row]]:
    runs: list[list[Row]] = []
    for row in rows:
        if runs and _continues(runs[-1], row, cap):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _continues(run: Sequence[Row], row: Row, cap: int) -> bool:
    before = run[-1]
    if before.keys() != row.keys():
        return False
    left_at = max(atom[-1].last for atom in before.values())
    met_at = min(atom[0].first for atom in row.values())
    together = all(
        before[output][-1].end == atom[0].start
        and left_at - before[output][-1].last <= TOLERANCE
        and atom[0].first - met_at <= TOLERANCE
        for output, atom in row.items()
    )
    return together and _fits([*run, row], cap)


def _fits(run: Sequence[Row], cap: int) -> bool:
    steps = Chunk(Fraction(1), _legs(run)).steps
    return len(steps) <= MAX_STEPS and sum(step.last - step.first for step in steps) <= cap


def _legs(run: Sequence[Row]) -> tuple[Leg, ...]:
    return tuple(
        Leg(output, tuple(span for row in run for span in row[output])) for output in run[0]
    )


def _step(spans: Sequence[Span]) -> Step:
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return Step(spans[0].source, first, last)
