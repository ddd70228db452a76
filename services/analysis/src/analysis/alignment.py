"""Brings a known text and what was heard together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from analysis.spans import within
from contracts.artifacts import Span, Word

SHORTEST_WORD_US = 60_000
SHORTEST_ROOM_US = 150_000
REPEATED_WORDS = 2
PLACED_CONFIDENCE = 0.5
_NOT_SPOKEN = re.compile(r"[^\w']|_", re.UNICODE)


@dataclass(frozen=True)
class Token:
    """A word as written, and as it is compared and pronounced."""

    text: str
    key: str


@dataclass(frozen=True)
class Aligned:
    """Words in order of time; how many had to be placed between others, and were not heard."""

    words: tuple[Word, ...]
    placed: int
    missing: int


def tokens(text: str) -> list[Token]:
    """The words of a text. Punctuation stays with the word that it follows (or opens)."""
    result: list[Token] = []
    opening = ""
    for written in text.split():
        key = _key(written)
        if key:
            result.append(Token(opening + written, key))
            opening = ""
        elif result:
            result[-1] = Token(f"{result[-1].text} {written}", result[-1].key)
        else:
            opening = f"{written} "
    return result


def align(text: Sequence[Token], heard: Sequence[Word], speech: Sequence[Span]) -> Aligned:
    """Give the words of a text the times at which they were heard.

    Words between recognised ones are placed in the speech there is between these, by length; for
    which there is no room, were not said. What was heard beyond the text is kept where it repeats
    a stretch of it: a false start, or a second take.
    """
    keys = [token.key for token in text]
    heard_keys = [_key(word.text) for word in heard]
    words: list[Word] = []
    placed = missing = 0
    matcher = SequenceMatcher(None, heard_keys, keys, autojunk=False)
    for kind, h1, h2, t1, t2 in matcher.get_opcodes():
        if kind == "equal":
            words += map(_named, heard[h1:h2], text[t1:t2])
        elif kind == "delete":
            words += _repeats(text, keys, heard[h1:h2], heard_keys[h1:h2])
        else:
            start = words[-1].end_us if words else 0
            end = heard[h2].start_us if h2 < len(heard) else _end(speech, start)
            found = _place(text[t1:t2], within(speech, start, end))
            words += found
            placed += len(found)
            missing += t2 - t1 - len(found)
    return Aligned(tuple(words), placed, missing)


def _key(written: str) -> str:
    return _NOT_SPOKEN.sub("", written.casefold().replace("’", "'")).strip("'")


def _named(heard: Word, token: Token) -> Word:
    return heard.model_copy(update={"text": token.text})


def _end(speech: Sequence[Span], start_us: int) -> int:
    return max(start_us, speech[-1].end_us) if speech else start_us


def _repeats(
    text: Sequence[Token], keys: list[str], heard: Sequence[Word], heard_keys: list[str]
) -> Iterator[Word]:
    """Of words beyond the text, the runs that say a part of it once more."""
    position = 0
    while position < len(heard):
        at, length = _longest_run(keys, heard_keys[position:])
        if length >= REPEATED_WORDS:
            for offset in range(length):
                yield _named(heard[position + offset], text[at + offset])
        position += max(1, length)


def _longest_run(keys: list[str], wanted: list[str]) -> tuple[int, int]:
    """Where the text holds the longest beginning of `wanted`, and how long that is."""
    best = (0, 0)
    for at in (index for index, key in enumerate(keys) if key == wanted[0]):
        length = 0
        while wanted[length : length + 1] == keys[at + length : at + length + 1] != []:
            length += 1
        best = max(best, (at, length), key=lambda found: found[1])
    return best


def _place(text: Sequence[Token], room: Sequence[Span]) -> list[Word]:
    """Spread words over stretches of speech, each as long as it is written."""
    room = [span for span in room if span.duration_us >= SHORTEST_ROOM_US] or room
    total = sum(span.duration_us for span in room)
    if not text or total < SHORTEST_WORD_US * len(text):
        return []
    weights = [len(token.key) + 1 for token in text]
    edges = [total * sum(weights[:i]) // sum(weights) for i in range(len(text) + 1)]
    return [
        _word_at(token, start, end, room)
        for token, (start, end) in zip(text, pairwise(edges), strict=True)
    ]


def _word_at(token: Token, start: int, end: int, room: Sequence[Span]) -> Word:
    """The word at an offset into the room; one that would bridge a silence ends before it."""
    passed = 0
    for span in room:
        if start < passed + span.duration_us:
            break
        passed += span.duration_us
    begin = span.start_us + start - passed
    return Word(
        text=token.text,
        start_us=begin,
        end_us=min(begin + end - start, span.end_us),
        confidence=PLACED_CONFIDENCE,
    )
