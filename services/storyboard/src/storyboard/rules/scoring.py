"""How well a sentence would open a video: points with their reasons."""

import re
from dataclasses import dataclass

from storyboard.footage import SECOND
from storyboard.rules.lexicon import ASKING, LEANING, NUMBERS, STRONG, YOU
from storyboard.rules.tokens import tokens


@dataclass(frozen=True)
class Score:
    """`why` names what gave points, strongest first."""

    points: float
    why: tuple[str, ...]


def score_sentence(
    text: str, duration_us: int, *, position: float, whole: bool = True, confidence: float = 1.0
) -> Score:
    """Score what is said for `duration_us`, at `position` 0 to 1 of the cut."""
    words = tokens(text)
    parts = {
        "a question": 1.5 * _is_question(text, words),
        "a number": 1.0 * (any(word in NUMBERS for word in words) or bool(re.search(r"\d", text))),
        "strong words": 0.7 * min(2, sum(word in STRONG for word in words)),
        "it speaks to you": 0.8 * any(word in YOU for word in words),
        "said with energy": 0.5 * _is_lively(words, duration_us),
        "early": 0.6 * (1 - position),
        "it stands alone": 0.5 * (whole and bool(words) and words[0] not in LEANING),
        "exclaimed": 0.5 * text.rstrip("\"”'").endswith("!"),
    }
    points = sum(parts.values()) * (0.5 + 0.5 * confidence)
    why = sorted((name for name, part in parts.items() if part >= 0.3), key=lambda n: -parts[n])
    return Score(round(points, 3), tuple(why))


def _is_question(text: str, words: tuple[str, ...]) -> bool:
    if text.rstrip("\"”'").endswith(("?", "？", "؟")):
        return True
    unpunctuated = not re.search(r"[.,!?;:]", text)
    return unpunctuated and len(words) >= 3 and words[0] in ASKING


def _is_lively(words: tuple[str, ...], duration_us: int) -> bool:
    """Faster than conversation usually is: about 3 words a second."""
    return len(words) >= 4 and len(words) * SECOND / max(duration_us, 1) >= 3.0
