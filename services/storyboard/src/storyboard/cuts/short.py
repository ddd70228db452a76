"""The short: the 30 to 60 s that stand alone best."""

from collections.abc import Sequence
from dataclasses import replace

from storyboard.cuts.draft import Draft, Window, part
from storyboard.cuts.windows import Atom, Found, Sources, best_window
from storyboard.footage import SECOND
from storyboard.rules.scoring import Score
from storyboard.rules.selection import clock, shortened

LENGTHS_US = (30 * SECOND, 60 * SECOND)


def short(draft: Draft, sources: Sources) -> Draft:
    if draft.duration_us <= LENGTHS_US[0]:
        seconds = draft.duration_us / SECOND
        return replace(draft, reason=f"short: the whole cut, which is {seconds:.1f} s long")
    found = best_window(draft, sources, LENGTHS_US, _judge, ("sentence", "clause", "word"))
    if found is None:
        return _from_the_start(draft, sources)
    return replace(part(draft, found.window, sources), reason=_reason(found, sources))


def _judge(run: Sequence[Atom]) -> Score:
    """Strong throughout, stronger at its start, and said to its end."""
    mean = sum(atom.moment.score for atom in run) / len(run)
    opening = run[0].moment.score
    points = mean + 0.5 * opening + run[-1].ends_sentence + 0.5 * run[0].opens_sentence
    why = (f"opens with {opening:.2f} points", f"{mean:.2f} on average")
    return Score(round(points, 3), why)


def _reason(found: Found, sources: Sources) -> str:
    first = found.atoms[0]
    where = f"{sources[first.moment.source].filename} {clock(found.window.in_us)}"
    said = f" “{shortened(first.moment.text)}”" if first.moment.text else ""
    ends = "ends on a sentence" if found.atoms[-1].ends_sentence else f"ends on a {found.grain}"
    if first.moment.kind == "shot":
        ends = "ends on a shot"
    why = ", ".join(found.score.why)
    return f"short: from {where}{said}: best of {found.candidates} windows, {why}, {ends}"


def _from_the_start(draft: Draft, sources: Sources) -> Draft:
    """Nothing tells where a sentence ends: the first minute."""
    last = next(
        i for i, p in enumerate(draft.pieces) if p.end_us >= min(LENGTHS_US[1], draft.duration_us)
    )
    piece = draft.pieces[last]
    end = min(piece.segment.out_us, piece.segment.in_us + LENGTHS_US[1] - piece.start_us)
    window = Window(0, draft.pieces[0].segment.in_us, last, end)
    return replace(
        part(draft, window, sources), reason="short: the first minute; no pause was found to end on"
    )
