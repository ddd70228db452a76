"""What writing systems ask of a line of text: its direction, and where it may be broken."""

import unicodedata
from collections.abc import Sequence
from itertools import groupby

UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u2e80", "\u312f"),  # Han radicals, punctuation, kana, bopomofo
    ("\u31f0", "\u9fff"),  # kana, Han
    ("\uf900", "\ufaff"),
    ("\uff00", "\uffef"),
    ("\U00020000", "\U0003ffff"),
)
"""Scripts that put no space between words. (Korean does.)"""


JOINING = "\u200d\ufe0f\u0e33\u0eb3"
"""What belongs to the character before without being a mark: joiners, Thai and Lao vowel am."""


def is_unspaced(character: str) -> bool:
    return any(first <= character <= last for first, last in UNSPACED)


def spaced(before: str, after: str) -> bool:
    """Whether a space stands between two words."""
    return not (is_unspaced(before[-1:] or " ") and is_unspaced(after[:1] or " "))


def joined(words: Sequence[str]) -> str:
    text = ""
    for word in words:
        text += f" {word}" if text and spaced(text, word) else word
    return text


def clusters(text: str) -> list[str]:
    """Characters with the marks that belong to them."""
    parts: list[str] = []
    for character in text:
        mark = unicodedata.category(character).startswith("M") or character in JOINING
        if parts and (mark or parts[-1].endswith("\u200d")):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def is_right_to_left(text: str) -> bool | None:
    """The direction of the first letter that has one; None for digits and signs alone."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "R" | "AL":
                return True
            case "L":
                return False
    return None


def visual_order(texts: Sequence[str], right_to_left: bool) -> list[int]:
    """The places of a line's words from left to right as they are seen.

    The Unicode Bidirectional Algorithm for whole words: a run against the line's direction keeps
    its own order; numbers go with the word before them.
    """
    directions: list[bool] = []
    for text in texts:
        direction = is_right_to_left(text)
        if direction is None:
            direction = directions[-1] if directions else right_to_left
        directions.append(direction)
    grouped = groupby(range(len(texts)), key=lambda place: directions[place])
    groups = [list(group)[:: -1 if turned else 1] for turned, group in grouped]
    return [place for group in (reversed(groups) if right_to_left else groups) for place in group]
