"""The best part of a cut: as long as wanted, from where speech begins to where it ends."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from uuid import UUID

from contracts.artifacts import Span
from storyboard.cuts.draft import Draft, Piece, Window
from storyboard.edit import Moment
from storyboard.footage import Footage
from storyboard.rules.pacing import Pace
from storyboard.rules.scoring import Score
from storyboard.rules.sentences import clauses

Grain = Literal["sentence", "clause", "word"]
Sources = Mapping[UUID, Footage]


@dataclass(frozen=True)
class Atom:
    """What a window may begin before or end after. `in_us` and `out_us` include its breath."""

    piece: int
    in_us: int
    out_us: int
    text: str
    moment: Moment
    opens_clause: bool
    opens_sentence: bool
    ends_sentence: bool


@dataclass(frozen=True)
class Found:
    window: Window
    atoms: tuple[Atom, ...]
    score: Score
    grain: Grain
    candidates: int


Judge = Callable[[Sequence[Atom]], Score]


def best_window(
    draft: Draft,
    sources: Sources,
    lengths_us: tuple[int, int],
    judge: Judge,
    grains: Sequence[Grain],
) -> Found | None:
    """The best part by the coarsest grain that offers any; None if none does."""
    for grain in grains:
        found = [
            Found(_window(run), tuple(run), judge(run), grain, 0)
            for run in _runs(draft, list(atoms(draft, sources, grain)), lengths_us)
        ]
        if found:
            best = max(
                found, key=lambda one: (one.score.points, -one.window.first, -one.window.in_us)
            )
            return Found(best.window, best.atoms, best.score, grain, len(found))
    return None


def _runs(
    draft: Draft, found: Sequence[Atom], lengths_us: tuple[int, int]
) -> Iterator[Sequence[Atom]]:
    shortest, longest = lengths_us
    for start, first in enumerate(found):
        if not first.opens_clause:
            continue
        for end in range(start, len(found)):
            run = found[start : end + 1]
            length = _window(run).length_in(draft)
            if length > longest:
                break
            if length >= shortest:
                yield run


def _window(run: Sequence[Atom]) -> Window:
    return Window(run[0].piece, run[0].in_us, run[-1].piece, run[-1].out_us)


def atoms(draft: Draft, sources: Sources, grain: Grain) -> Iterator[Atom]:
    """All atoms of a draft, in order."""
    for index, piece in enumerate(draft.pieces):
        spans = [
            (span, moment, number)
            for moment in piece.segment.moments
            for number, span in enumerate(_spans(moment, sources[moment.source], grain))
        ]
        bounds = _bounds(piece, [span for span, _, _ in spans])
        opening = {
            (moment.start_us, span.start_us)
            for moment in piece.segment.moments
            for span in _spans(moment, sources[moment.source], "clause")
        }
        for (span, moment, number), (start, end) in zip(spans, bounds, strict=True):
            yield Atom(
                piece=index,
                in_us=start,
                out_us=end,
                text=_text(moment, sources[moment.source], span),
                moment=moment,
                opens_clause=(moment.start_us, span.start_us) in opening,
                opens_sentence=number == 0,
                ends_sentence=span.end_us == moment.end_us,
            )


def _spans(moment: Moment, source: Footage, grain: Grain) -> Sequence[Span]:
    if grain == "sentence" or moment.kind == "shot":
        return [Span(start_us=moment.start_us, end_us=moment.end_us)]
    words = source.words_within(moment.start_us, moment.end_us)
    if grain == "clause":
        return clauses(moment.start_us, moment.end_us, words)
    if not words:
        return []
    starts = [moment.start_us, *(word.start_us for word in words[1:])]
    ends = [*(word.end_us for word in words[:-1]), moment.end_us]
    return [Span(start_us=a, end_us=b) for a, b in zip(starts, ends, strict=True)]


def _bounds(piece: Piece, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """With the breath before and after: half of the gap to a neighbour at most."""
    if not spans:
        return []
    usual = Pace()
    gaps = [right.start_us - left.end_us for left, right in pairwise(spans)]
    first, last = spans[0].start_us - piece.segment.in_us, piece.segment.out_us - spans[-1].end_us
    before = [first, *(min(usual.lead_us, gap // 2) for gap in gaps)]
    after = [*(min(usual.tail_us, gap // 2) for gap in gaps), last]
    return [
        (span.start_us - lead, span.end_us + tail)
        for span, lead, tail in zip(spans, before, after, strict=True)
    ]


def _text(moment: Moment, source: Footage, span: Span) -> str:
    if (span.start_us, span.end_us) == (moment.start_us, moment.end_us):
        return moment.text
    return " ".join(word.text for word in source.words_within(span.start_us, span.end_us))
