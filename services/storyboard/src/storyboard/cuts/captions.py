"""Captions: words grouped as people read them."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from contracts.artifacts import Word
from contracts.events import AspectRatio
from contracts.timeline import Caption
from storyboard.cuts.draft import Draft
from storyboard.footage import Footage

LINES = 2
LINE_WIDTH: Mapping[AspectRatio, int] = {"16:9": 32, "9:16": 20}
SHORTEST_US, LONGEST_US = 800_000, 6_000_000
_PAUSE_US = 500_000
_IMPOSSIBLE = float("inf")
_CLINGING = frozenset(
    ("a", "an", "the", "of", "to", "in", "on", "at", "for", "and", "or", "but", "is", "my", "your")
)


def captions(
    draft: Draft, sources: Mapping[UUID, Footage], aspect: AspectRatio
) -> tuple[Caption, ...]:
    """Groups in timeline time: two lines at most, never across sentences, never overlapping."""
    groups = [
        group
        for sentence in _spoken(draft, sources)
        for group in _grouped(sentence, LINE_WIDTH[aspect])
    ]
    starts = [group[0].start_us for group in groups]
    return tuple(
        Caption(words=_readable(group, end))
        for group, end in zip(groups, [*starts[1:], draft.duration_us], strict=False)
    )


def _spoken(draft: Draft, sources: Mapping[UUID, Footage]) -> Iterator[list[Word]]:
    """The words of each sentence, in timeline time, none before the last one has ended."""
    floor = 0
    for piece in draft.pieces:
        for moment in piece.segment.moments:
            if moment.kind != "sentence":
                continue  # of what is said in a montage nobody knows beginning and end
            start = max(moment.start_us, piece.segment.in_us)
            end = min(moment.end_us, piece.segment.out_us)
            words = []
            for word in sources[moment.source].words_within(start, end):
                begin, stop = max(piece.at(word.start_us), floor), piece.at(word.end_us)
                if stop > begin:
                    words.append(word.model_copy(update={"start_us": begin, "end_us": stop}))
                    floor = stop
            if words:
                yield words


def _readable(group: Sequence[Word], limit_us: int) -> tuple[Word, ...]:
    """Long enough to be read: the last word is held into the silence after it."""
    last = group[-1]
    end = min(max(last.end_us, group[0].start_us + SHORTEST_US), max(limit_us, last.end_us))
    return (*group[:-1], last.model_copy(update={"end_us": end}))


def _grouped(words: Sequence[Word], width: int) -> list[Sequence[Word]]:
    """The cheapest way to split a sentence, over all ways (dynamic programming)."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        options = []
        for start in range(end - 1, -1, -1):
            cost = _cost(words, start, end, width)
            if cost == _IMPOSSIBLE and start < end - 1:
                break
            single = 10.0 if cost == _IMPOSSIBLE else cost
            options.append((best[start][0] + single, start))
        best.append(min(options))
    cuts, end = [], len(words)
    while end:
        cuts.append((best[end][1], end))
        end = best[end][1]
    return [words[start:end] for start, end in reversed(cuts)]


def _cost(words: Sequence[Word], start: int, end: int, width: int) -> float:
    group = words[start:end]
    if not fits((word.text for word in group), width):
        return _IMPOSSIBLE
    duration = group[-1].end_us - group[0].start_us
    gaps = [right.start_us - left.end_us for left, right in pairwise(group)]
    fullness = sum(len(word.text) + 1 for word in group) / (LINES * width)
    cost = (
        1.0
        + fullness**2
        + 3.0 * any(gap >= _PAUSE_US for gap in gaps)
        + 2.0 * (duration > LONGEST_US)
    )
    cost += 1.0 * (duration < SHORTEST_US) + 0.5 * (len(group) == 1)
    if end < len(words):
        cost += _break_cost(group[-1], words[end])
    return cost


def _break_cost(last: Word, following: Word) -> float:
    """How much it disturbs to turn the page here."""
    text = last.text.rstrip("\"'”’»)]")
    if text.endswith((".", "?", "!", "…", ",", ";", ":", "—", "–")):
        return 0.1
    if following.start_us - last.end_us >= _PAUSE_US // 2:
        return 0.2
    return 1.6 if text.lower() in _CLINGING else 0.8


def fits(words: Iterable[str], width: int) -> bool:
    """Whether they can be set in two lines, each filled as far as it goes."""
    lines, room = 0, 0
    for word in words:
        size = _size(word)
        if size > width:
            return False
        if lines and size + 1 <= room:
            room -= size + 1
        else:
            lines, room = lines + 1, width - size
    return lines <= LINES


@lru_cache(maxsize=4096)
def _size(word: str) -> int:
    """Wide letters (Chinese, Japanese, Korean) count double."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in word)
