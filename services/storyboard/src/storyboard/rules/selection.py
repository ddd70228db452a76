"""Which sentences make the cut, in the order in which they were said."""

from collections.abc import Sequence
from dataclasses import dataclass

from storyboard.edit import Moment
from storyboard.footage import SECOND, Footage
from storyboard.rules.scoring import score_sentence
from storyboard.rules.sentences import Sentence, sentences
from storyboard.rules.takes import Take, select_takes
from storyboard.rules.tokens import tokens
from storyboard.wishes import Wishes


@dataclass(frozen=True)
class Selection:
    """`said` is everything that was heard, used or not."""

    moments: tuple[Moment, ...]
    said: tuple[Sentence, ...]
    left_out: tuple[str, ...]


def select(spine: Sequence[Footage], wishes: Wishes) -> Selection:
    said = [sentence for one in spine for sentence in sentences(one)]
    with_picture = frozenset(one.asset_id for one in spine if one.has_picture)
    takes, dropped = select_takes(said, first_take=wishes.first_take, with_picture=with_picture)
    takes = takes or [Take(sentence) for sentence in said]  # nothing but hesitation is all there is
    names = {one.asset_id: one.filename for one in spine}
    left_out = [
        f"{names[drop.sentence.source]} {clock(drop.sentence.start_us)} "
        f"“{shortened(drop.sentence.text)}”: {drop.reason}"
        for drop in dropped
        if len(takes) + len(dropped) == len(said)
    ]
    wanted, refused = as_wished([_moment(t, i, len(takes)) for i, t in enumerate(takes)], wishes)
    left_out += [
        f"{names[one.source]} {clock(one.start_us)} “{shortened(one.text)}”: {why}"
        for one, why in refused
    ]
    return Selection(tuple(wanted), tuple(said), tuple(left_out))


def _moment(take: Take, index: int, count: int) -> Moment:
    sentence = take.sentence
    confidence = sum(word.confidence for word in sentence.words) / max(len(sentence.words), 1)
    score = score_sentence(
        sentence.text,
        sentence.duration_us,
        position=index / max(count, 1),
        whole=sentence.ended is not False,
        confidence=confidence,
    )
    return Moment(
        source=sentence.source,
        start_us=sentence.start_us,
        end_us=sentence.end_us,
        kind="sentence",
        text=sentence.text,
        score=score.points,
        reason=take.reason,
    )


Refused = list[tuple[Moment, str]]


def as_wished(moments: list[Moment], wishes: Wishes) -> tuple[list[Moment], Refused]:
    """Start where asked, leave out what was named, and keep within the length wanted."""
    refused: Refused = []
    start = _start(moments, wishes.start_with)
    refused += [(one, "wish: the video starts later") for one in moments[:start]]
    kept = moments[start:]
    for words in wishes.leave_out:
        named = [one for one in kept if _says(one, words)]
        if len(named) < len(kept):
            refused += [(one, f"wish: without “{words}”") for one in named]
            kept = [one for one in kept if one not in named]
    shorter = _shortened_to(kept, _target(kept, wishes))
    refused += [(one, "wish: shorter, and it scored lowest") for one in kept if one not in shorter]
    return shorter, refused


def _start(moments: Sequence[Moment], words: str) -> int:
    if not words:
        return 0
    return next((index for index, one in enumerate(moments) if _says(one, words)), 0)


def _says(moment: Moment, words: str) -> bool:
    said, wanted = " ".join(tokens(moment.text)), " ".join(tokens(words))
    return bool(wanted) and f" {wanted} " in f" {said} "


def _target(moments: Sequence[Moment], wishes: Wishes) -> int:
    whole = sum(one.duration_us for one in moments)
    target = round(whole * min(1.0, wishes.length))
    return min(target, wishes.target_us or target)


def _shortened_to(moments: list[Moment], target_us: int) -> list[Moment]:
    """Drop the lowest scored until it fits; the first and the last frame the story and stay."""
    kept = list(moments)
    inner = sorted(moments[1:-1], key=lambda one: (one.score, -one.start_us))
    for weakest in [*inner, *moments[-1:]]:
        if sum(one.duration_us for one in kept) <= target_us or len(kept) == 1:
            break
        kept.remove(weakest)
    return kept


def clock(at_us: int) -> str:
    """Source time as people read it: 1:05."""
    minutes, seconds = divmod(at_us // SECOND, 60)
    return f"{minutes}:{seconds:02d}"


def shortened(text: str, width: int = 60) -> str:
    return text if len(text) <= width else f"{text[: width - 1].rsplit(' ', 1)[0]}…"
