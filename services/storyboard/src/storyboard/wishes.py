"""What a creator asks for in plain words, as far as rules understand it."""

import re
from collections.abc import Callable
from typing import Literal, Self

from pydantic import Field

from contracts.base import Contract

FASTER, SLOWER = 0.65, 1.5
SHORTER = 0.7
_SHORTEST_US = 3_000_000


class Wishes(Contract):
    """All that was asked for up to now; later feedback adds to it."""

    pace: float = Field(default=1.0, description="Share of the usual pause that may stay in")
    length: float = Field(
        default=1.0, description="Share of the whole cut to keep; above 1: roomier"
    )
    target_us: int | None = Field(default=None, description="Not longer than this")
    cutaways: Literal["none", "less", "usual", "more"] = "usual"
    keep_pauses: bool = False
    first_take: bool = False
    music: bool = True
    start_with: str = ""
    leave_out: tuple[str, ...] = ()
    variation: int = Field(default=0, description="Counts the versions that had to look different")

    @classmethod
    def of_brief(cls, brief: str) -> Self:
        """What a brief says of the whole: it also speaks of single outputs, whose length is none
        of the whole's."""
        heard, _ = cls().heard(brief)
        return cls(
            pace=heard.pace,
            cutaways=heard.cutaways,
            keep_pauses=heard.keep_pauses,
            first_take=heard.first_take,
            music=heard.music,
        )

    def heard(self, text: str) -> tuple[Self, tuple[str, ...]]:
        """These wishes and what the text adds to them; the second part says what was understood."""
        wishes, understood = self, []
        for pattern, meaning, change in _INTENTS:
            if found := re.search(pattern, text, re.IGNORECASE):
                wishes = wishes.model_copy(update=change(wishes, found))
                understood.append(meaning.format(*(part or "" for part in found.groups())))
        return wishes, tuple(understood)


Change = Callable[[Wishes, "re.Match[str]"], dict[str, object]]
_NO = r"\b(?:no|without|drop the|remove the|skip the|zero)\s+(?:any\s+|more\s+)?"
_BROLL = r"(?:b[\s-]?rolls?|cut[\s-]?aways?|inserts)"
_MORE = r"\b(?:more|a lot of|lots of|extra)\s+"
_LESS = r"\b(?:less|fewer|not so (?:much|many))\s+"
_QUOTED = r"[\"“'‘]([^\"”’]{2,120}?)[\"”'’]"


def _seconds(found: re.Match[str]) -> int:
    number = float(found[1].replace(",", "."))
    factor = 60 if found[2].lower().startswith("m") else 1
    return max(_SHORTEST_US, round(number * factor * 1_000_000))


_INTENTS: tuple[tuple[str, str, Change], ...] = (
    (
        r"\b(?:faster|quicker|snappier|tighter|punchier|fast[- ]paced|energetic|energy)\b",
        "faster: pauses are cut harder, cutaways are shorter",
        lambda wishes, _: {"pace": wishes.pace * FASTER, "keep_pauses": False},
    ),
    (
        r"\b(?:slower|calmer|slow down|more relaxed|let it breathe|less rushed)\b",
        "slower: pauses may breathe",
        lambda wishes, _: {"pace": wishes.pace * SLOWER},
    ),
    (
        r"\b(?:shorter|too long|cut it down|trim it|more concise)\b",
        "shorter: the weakest sentences go",
        lambda wishes, _: {"length": min(wishes.length, 1.0) * SHORTER},
    ),
    (
        r"\b(?:longer|too short)\b",
        "longer: more is kept, with more air",
        lambda wishes, _: {"length": max(wishes.length, 1.0) * SLOWER, "target_us": None},
    ),
    (
        r"\b(?:under|below|within|at most|max(?:imum)?(?: of)?|no (?:longer|more) than|down to)\s+"
        r"(\d+(?:[.,]\d+)?)\s*(s|secs?|seconds?|m|mins?|minutes?)\b",
        "at most {0} {1}",
        lambda _, found: {"target_us": _seconds(found)},
    ),
    (_NO + _BROLL, "no cutaways", lambda _w, _f: {"cutaways": "none"}),
    (_LESS + _BROLL, "fewer cutaways", lambda _w, _f: {"cutaways": "less"}),
    (_MORE + _BROLL, "more cutaways", lambda _w, _f: {"cutaways": "more"}),
    (
        r"\b(?:keep|leave)\s+(?:in\s+)?(?:all\s+)?(?:the\s+|my\s+)?(?:pauses|silences?)\b",
        "pauses stay in",
        lambda _w, _f: {"keep_pauses": True},
    ),
    (
        r"\b(?:first|earlier|original) takes?\b",
        "of repeated sentences the first take",
        lambda _w, _f: {"first_take": True},
    ),
    (
        r"\b(?:last|later|latest) takes?\b",
        "of repeated sentences the last take",
        lambda _w, _f: {"first_take": False},
    ),
    (_NO + r"music\b", "no music", lambda _w, _f: {"music": False}),
    (
        r"\b(?:start|begin|open) (?:with|at|on|from)\s+(?:the (?:part|sentence|line)\s+)?"
        rf"(?:where\s+)?(?:{_QUOTED}|([^.;,\n]{{2,120}}))",
        "starts with “{0}{1}”",
        lambda _w, found: {"start_with": (found[1] or found[2]).strip()},
    ),
    (
        rf"\b(?:leave out|cut out|remove|drop|without|delete)\s+(?:the (?:part|sentence|line)\s+)?"
        rf"(?:where\s+|about\s+)?{_QUOTED}",
        "without “{0}”",
        lambda wishes, found: {"leave_out": (*wishes.leave_out, found[1].strip())},
    ),
)
