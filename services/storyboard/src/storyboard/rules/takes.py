"""Take selection: of what was said more than once the best take stays, mistakes go.

Everything that goes is named with its reason, so that a person can disagree.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from uuid import UUID

from storyboard.footage import SECOND
from storyboard.rules.lexicon import FILLERS, PADDING
from storyboard.rules.sentences import Sentence
from storyboard.rules.tokens import alike, spoken, tokens

LOOK_AHEAD = 4
"""Sentences after which a repetition is no retake any more but a way of speaking."""
WITHIN_US = 45 * SECOND
SAME = 0.85
SAME_START = 0.9
HALTED_START = 0.8
_BLIP_US, _ALONE_US = 600_000, 800_000

_CALL = (
    r"(?:sorry|oops|wait|no|scratch that|start (?:over|again)|one more time|once more|again|"
    r"take (?:\d+|one|two|three|four|five)|"
    r"(?:let me|i'll|i will|let's) (?:\w+ )?(?:start|try|do|say|go|take)(?: \w+){0,2}"
    r" (?:again|over)|"
    r"action|cut|(?:are we |is it )?rolling)"
)
_RETAKE = re.compile(rf"{_CALL}(?:(?: and| um| uh)? {_CALL})*")


@dataclass(frozen=True)
class Take:
    """A sentence that stays, and how often it was said."""

    sentence: Sentence
    of: int = 1
    reason: str = "take-selection: a whole sentence, said once"


@dataclass(frozen=True)
class Dropped:
    sentence: Sentence
    reason: str


def select_takes(
    said: Sequence[Sentence], *, first_take: bool = False, with_picture: frozenset[UUID]
) -> tuple[list[Take], list[Dropped]]:
    """Sort out fillers, calls for a retake, false starts and worse takes; the order stays."""
    dropped = dict(_by_itself(said))
    rest = [index for index in range(len(said)) if index not in dropped]
    groups = _retakes(said, rest)
    reasons: dict[int, tuple[int, str]] = {}
    for group in groups:
        best = _best(said, group, first_take, with_picture)
        for index in group:
            if index != best:
                dropped[index] = _why_not(said[index], said[best])
        if len(group) > 1:
            reasons[best] = (len(group), f"take-selection: the best of {len(group)} takes")
    takes = [
        Take(said[index], *reasons.get(index, (1, Take.reason)))
        for index in rest
        if index not in dropped
    ]
    return takes, [Dropped(said[index], dropped[index]) for index in sorted(dropped)]


def _by_itself(said: Sequence[Sentence]) -> Iterator[tuple[int, str]]:
    """What goes whatever is said around it. Speech without words is never judged."""
    for index, sentence in enumerate(said):
        words = spoken(sentence.text)
        if words and all(word in PADDING for word in words):
            yield index, "filler: nothing but hesitation"
        elif words and len(words) <= 8 and _RETAKE.fullmatch(" ".join(_after_padding(words))):
            yield index, "slate: a call for another take"
        elif _is_blip(said, index):
            yield index, "blip: a single sound amid silence, in a draft of the words"


def _is_blip(said: Sequence[Sentence], index: int) -> bool:
    """A draft writes some word for every cough and "um"."""
    sentence = said[index]
    if sentence.ended is not None or len(sentence.words) != 1 or sentence.duration_us > _BLIP_US:
        return False
    alone_before = index == 0 or _gap(said[index - 1], sentence) > _ALONE_US
    alone_after = index == len(said) - 1 or _gap(sentence, said[index + 1]) > _ALONE_US
    return alone_before and alone_after and len(said) > 2


def _gap(left: Sentence, right: Sentence) -> int:
    return right.start_us - left.end_us if left.source == right.source else _ALONE_US + 1


def _after_padding(words: Sequence[str]) -> list[str]:
    """Without the hesitation around it: "okay, um, let me start again"."""
    kept = list(words)
    while kept and kept[0] in PADDING:
        kept.pop(0)
    return kept


def _retakes(said: Sequence[Sentence], rest: Sequence[int]) -> list[list[int]]:
    """Group what repeats itself: a chain of tries at one sentence is one group."""
    words = {index: tokens(said[index].text) for index in rest}
    group_of = {index: [index] for index in rest}
    for place, later in enumerate(rest):
        for earlier in rest[max(0, place - LOOK_AHEAD) : place]:
            if _repeats(said[earlier], said[later], words[earlier], words[later]):
                _merge(group_of, earlier, later)
    for other, later in _across_sources(said, rest):
        if len(words[other]) >= 4 and alike(words[other], words[later], SAME):
            _merge(group_of, other, later)
    unique = {id(group): sorted(group) for group in group_of.values()}
    return sorted(unique.values())


def _merge(group_of: dict[int, list[int]], one: int, other: int) -> None:
    left, right = group_of[one], group_of[other]
    if left is not right:
        left.extend(right)
        for index in right:
            group_of[index] = left


def _across_sources(said: Sequence[Sentence], rest: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs from different files: a second file may be another take of the whole text.

    Only pairs of about the same length can be alike: that keeps it from being slow.
    """
    for place, later in enumerate(rest):
        for other in rest[:place]:
            if said[other].source != said[later].source:
                lengths = sorted((len(said[other].words), len(said[later].words)))
                if lengths[0] >= 4 and lengths[0] >= 0.7 * lengths[1]:
                    yield other, later


def _repeats(
    earlier: Sentence, later: Sentence, left: tuple[str, ...], right: tuple[str, ...]
) -> bool:
    if earlier.source != later.source or not left or not right:
        return False
    if later.start_us - earlier.end_us > WITHIN_US:
        return False
    if len(left) >= 2 and alike(left, right, SAME):
        return True
    return _is_false_start(earlier, later, left, right)


def _is_false_start(
    sentence: Sentence, later: Sentence, words: tuple[str, ...], full: tuple[str, ...]
) -> bool:
    """The beginning of what follows. A halted sentence may end in a word that was cut short."""
    if len(words) > len(full):
        return False
    start = full[: len(words)]
    if sentence.ended is False or sentence.text.rstrip().endswith(("...", "…", "—", "–", "-")):
        comma = sentence.text.rstrip().endswith((",", ";", ":"))
        whole = words[:-1] if len(words) >= 3 and not comma else words
        return alike(whole, full[: len(whole)], HALTED_START)
    if len(words) >= 3 and alike(words, start, SAME_START):
        return True
    return sentence.ended is None and _halts_like(sentence, later, words, full)


def _halts_like(
    sentence: Sentence, later: Sentence, words: tuple[str, ...], full: tuple[str, ...]
) -> bool:
    """In a draft the word at which someone halted is mostly wrong: half of the words must do,
    if what follows soon is much longer."""
    common = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, full, strict=False))
    )
    soon = _gap(sentence, later) <= 2 * SECOND
    longer = later.duration_us >= 2 * sentence.duration_us
    return common >= max(2, len(words) / 2) and soon and longer


def _best(
    said: Sequence[Sentence], group: Sequence[int], first_take: bool, with_picture: frozenset[UUID]
) -> int:
    longest = max(len(tokens(said[index].text)) for index in group)

    def quality(index: int) -> tuple[float, int]:
        sentence = said[index]
        complete = len(tokens(sentence.text)) / longest if longest else 1.0
        points = 3 * complete + (sentence.ended is not False)
        points += (sentence.source in with_picture) + _confidence(sentence) - _stumbles(sentence)
        return round(points, 1), -index if first_take else index

    whole = [index for index in group if len(tokens(said[index].text)) >= 0.8 * longest]
    return min(whole) if first_take else max(group, key=quality)


def _confidence(sentence: Sentence) -> float:
    return sum(word.confidence for word in sentence.words) / max(len(sentence.words), 1)


def _stumbles(sentence: Sentence) -> float:
    """Hesitations and words said twice in a row, per word."""
    words = spoken(sentence.text)
    twice = sum(one == other for one, other in pairwise(words))
    stumbles: int = twice + sum(word in FILLERS for word in words)
    return 3 * stumbles / max(len(words), 1)


def _why_not(sentence: Sentence, kept: Sentence) -> str:
    if len(tokens(sentence.text)) < len(tokens(kept.text)) or sentence.ended is False:
        return "false start: it is said in full elsewhere"
    return "retake: a better take of it is kept"
