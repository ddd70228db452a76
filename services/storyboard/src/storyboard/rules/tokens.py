"""Words as rules compare them."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from storyboard.rules.lexicon import FILLERS, SUBJECTLESS

_ENDINGS = ("ing", "ed", "es", "s")


def tokens(text: str) -> tuple[str, ...]:
    """Lower case, without punctuation, hesitations and stuttering ("we we")."""
    words = [word for word in spoken(text) if word not in FILLERS]
    return tuple(
        word for word, before in zip(words, [None, *words], strict=False) if word != before
    )


def spoken(text: str) -> list[str]:
    """Every word that is spoken, in lower case."""
    return re.findall(r"[\w']+", text.lower().replace("’", "'"))


def alike(left: Sequence[str], right: Sequence[str], share: float) -> bool:
    """Whether this share of their words is common and in order (Ratcliff-Obershelp)."""
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # cheapest first
    return all(bound() >= share for bound in bounds)


def stems(text: str) -> frozenset[str]:
    """What a text is about, roughly: its longer words without their usual endings and numbers."""
    words = re.findall(r"[^\W\d_]{4,}", text.lower())
    return frozenset(_stem(word) for word in words) - _EMPTY


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word.removesuffix("e") if len(word) > 4 else word


_EMPTY = frozenset(map(_stem, SUBJECTLESS))
