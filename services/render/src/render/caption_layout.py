"""Captions broken into pages of at most two lines, every word placed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from contracts.artifacts import Word
from contracts.timeline import Caption
from render import fonts
from render.caption_styles import LINE_HEIGHT, Area, Style
from render.scripts import clusters, is_right_to_left, is_unspaced, joined, spaced, visual_order

MAX_LINES = 2
LINGER_US = 400_000
"""How long the last words stay when nothing follows."""

OWN_CAPITALS = {"az", "el", "lt", "tr"}
"""Languages whose capitals Unicode's plain rule gets wrong (accents, dotted i)."""

Row = list[Word]


@dataclass(frozen=True)
class PlacedWord:
    """A word by the middle of its box, in pixels."""

    word: Word
    x: float
    y: float


@dataclass(frozen=True)
class Page:
    """What is seen at once."""

    start_us: int
    end_us: int
    lines: tuple[tuple[PlacedWord, ...], ...]
    em: float

    @property
    def text(self) -> str:
        """Its lines as they are read."""
        return "\n".join(joined([placed.word.text for placed in line]) for line in self.lines)


@dataclass(frozen=True)
class Measure:
    """Widths in ems of one face weight."""

    language: str
    weight: int

    def word(self, text: str) -> float:
        return fonts.width(text, self.language, self.weight)

    def row(self, words: Sequence[Word]) -> float:
        gaps = sum(self.gap(a, b) for a, b in pairwise(words))
        return sum(self.word(word.text) for word in words) + gaps

    def gap(self, before: Word, after: Word) -> float:
        return self.word(" ") if spaced(before.text, after.text) else 0.0


def lay_out(
    groups: Sequence[Caption], language: str, style: Style, area: Area, em: float, end_us: int
) -> list[Page]:
    """Pages in order of time, none overlapping the next or `end_us`."""
    measure = Measure(language, style.weight)
    room = area.width / em
    pages: list[Page] = []
    for group in groups:
        words = [part for word in group.words for part in _parts(word, style, measure, room)]
        for rows in _paged(words, measure, room):
            pages.append(_page(rows, measure, area, em))
    return _timed(pages, end_us)


def _parts(word: Word, style: Style, measure: Measure, room: float) -> list[Word]:
    """The word as shown; one without spaces that fills a line by itself is taken apart."""
    text = " ".join(word.text.split())
    if style.capitals and measure.language[:2] not in OWN_CAPITALS:
        text = text.upper()
    if not text:
        return []
    shown = word.model_copy(update={"text": text})
    if measure.word(text) <= room or not any(map(is_unspaced, text)):
        return [shown]
    marks = clusters(text)
    step = (word.end_us - word.start_us) / len(marks)
    return [
        word.model_copy(
            update={
                "text": mark,
                "start_us": word.start_us + round(i * step),
                "end_us": word.start_us + round((i + 1) * step),
            }
        )
        for i, mark in enumerate(marks)
    ]


def _paged(words: Sequence[Word], measure: Measure, room: float) -> list[list[Row]]:
    rows = _filled(words, measure, room)
    pages = [rows[i : i + MAX_LINES] for i in range(0, len(rows), MAX_LINES)]
    return [_balanced(page, measure) for page in pages]


def _filled(words: Sequence[Word], measure: Measure, room: float) -> list[Row]:
    rows: list[Row] = []
    for word in words:
        if rows and measure.row([*rows[-1], word]) <= room:
            rows[-1].append(word)
        else:
            rows.append([word])
    return rows


def _balanced(rows: list[Row], measure: Measure) -> list[Row]:
    """Two lines of as equal a width as may be."""
    if len(rows) < MAX_LINES:
        return rows
    words = [word for row in rows for word in row]
    breaks = [[words[:i], words[i:]] for i in range(1, len(words))]
    return min(breaks, key=lambda lines: max(measure.row(line) for line in lines))


def _page(rows: list[Row], measure: Measure, area: Area, em: float) -> Page:
    widest = max(measure.row(row) for row in rows) * em
    em *= min(1.0, area.width / widest) if widest else 1.0
    lines = []
    for number, row in enumerate(rows):
        y = area.bottom - (len(rows) - number - 0.5) * LINE_HEIGHT * em
        lines.append(_line(row, measure, area.centre_x, y, em))
    return Page(rows[0][0].start_us, rows[-1][-1].end_us, tuple(lines), em)


def _line(row: Row, measure: Measure, centre: float, y: float, em: float) -> tuple[PlacedWord, ...]:
    """Words in reading order, each at its place."""
    texts = [word.text for word in row]
    right_to_left = next((d for d in map(is_right_to_left, texts) if d is not None), False)
    left = centre - measure.row(row) * em / 2
    places: dict[int, PlacedWord] = {}
    seen: Word | None = None
    for index in visual_order(texts, right_to_left):
        word = row[index]
        left += measure.gap(seen, word) * em if seen else 0
        width = measure.word(word.text) * em
        places[index] = PlacedWord(word, left + width / 2, y)
        left, seen = left + width, word
    return tuple(places[index] for index in range(len(row)))


def _timed(pages: Sequence[Page], end_us: int) -> list[Page]:
    """Let each page stay a little, but never into the next."""
    timed: list[Page] = []
    starts = [page.start_us for page in pages] + [end_us]
    for page, following in zip(pages, starts[1:], strict=True):
        until = min(page.end_us + LINGER_US, max(following, page.start_us), end_us)
        if until > page.start_us:
            timed.append(replace(page, end_us=until))
    return timed
