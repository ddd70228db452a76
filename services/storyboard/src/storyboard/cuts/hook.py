"""The hook: the 3 to 5 s that make a viewer stay."""

from collections.abc import Sequence
from dataclasses import replace

from storyboard.cuts.draft import Draft, Window, part
from storyboard.cuts.windows import Atom, Found, Sources, best_window
from storyboard.footage import SECOND
from storyboard.rules.scoring import Score, score_sentence
from storyboard.rules.selection import clock, shortened

LENGTHS_US = (3 * SECOND, 5 * SECOND)
_WHOLE_SENTENCES = 1.0
_WHOLE_CLAUSE = 0.3


def hook(draft: Draft, sources: Sources) -> Draft:
    if draft.duration_us <= LENGTHS_US[1]:
        return replace(draft, reason="hook: the whole cut is not longer than a hook")
    found = best_window(
        draft, sources, LENGTHS_US, lambda run: _judge(draft, sources, run), ("clause", "word")
    )
    if found is None:
        return _cut_off(draft, sources)
    return replace(part(draft, found.window, sources), reason=_reason(found, draft, sources))


def _judge(draft: Draft, sources: Sources, run: Sequence[Atom]) -> Score:
    """As an opening line, with a prize for what is said to its end and by one source."""
    first, last = run[0], run[-1]
    position = draft.pieces[first.piece].at(first.in_us) / draft.duration_us
    if first.moment.kind == "shot":
        quality = sum(atom.moment.score for atom in run) / len(run)
        return Score(quality + 0.2 * (1 - position), ("the best looking shots",))
    source = sources[first.moment.source]
    words = source.words_within(first.in_us, last.out_us)
    confidence = sum(word.confidence for word in words) / len(words) if words else 1.0
    length = last.out_us - first.in_us
    whole = first.opens_sentence and last.ends_sentence
    text = " ".join(atom.text for atom in run)
    score = score_sentence(text, length, position=position, whole=whole, confidence=confidence)
    points = score.points + (_WHOLE_SENTENCES if whole else _WHOLE_CLAUSE * first.opens_clause)
    points -= 2.0 * (first.moment.source != last.moment.source)
    return Score(round(points, 3), (*score.why, *(("a whole sentence",) if whole else ())))


def _reason(found: Found, draft: Draft, sources: Sources) -> str:
    first = found.atoms[0]
    where = f"{sources[first.moment.source].filename} {clock(found.window.in_us)}"
    text = shortened(" ".join(atom.text for atom in found.atoms if atom.text), 90)
    said = f" “{text}”" if text else ""
    why = ", ".join(found.score.why) or "nothing scored higher"
    ends = "; it ends between two words, no pause is near" if found.grain == "word" else ""
    points = f"{found.score.points:.2f} points, best of {found.candidates} candidates"
    return f"hook: {where}{said}: {points}: {why}{ends}"


def _cut_off(draft: Draft, sources: Sources) -> Draft:
    """No words tell where to end: the best moment's beginning, for as long as a hook may last."""
    best = max(
        range(len(draft.pieces)),
        key=lambda i: (max(m.score for m in draft.pieces[i].segment.moments), -i),
    )
    last, end = best, 0
    start = draft.pieces[best].start_us
    while last < len(draft.pieces) - 1 and draft.pieces[last].end_us - start < LENGTHS_US[0]:
        last += 1
    while best > 0 and draft.pieces[last].end_us - start < LENGTHS_US[0]:
        best -= 1
        start = draft.pieces[best].start_us
    piece = draft.pieces[last]
    end = min(piece.segment.out_us, piece.segment.in_us + start + LENGTHS_US[1] - piece.start_us)
    window = Window(best, draft.pieces[best].segment.in_us, last, end)
    name = sources[draft.pieces[best].segment.source].filename
    reason = f"hook: {name} {clock(window.in_us)}: the strongest moment, ended after 5 s at most"
    return replace(part(draft, window, sources), reason=reason)
