"""Where sentences begin and end: by punctuation where it was heard, else by pauses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile, zip_longest
from uuid import UUID

from contracts.artifacts import Span, Word
from storyboard.footage import SECOND, Footage
from storyboard.rules.lexicon import ABBREVIATIONS
from storyboard.rules.tokens import tokens

PAUSE_US = 600_000
"""A pause that ends a sentence where nobody set full stops."""
LONG_PAUSE_US = 1_200_000
"""A pause that ends it in any case: what was left hanging before it may be a false start."""
CLAUSE_PAUSE_US = 300_000
_SAME_BEGINNING = 3
_LONGEST_US = 20 * SECOND
_SPLIT_PAUSE_US = 250_000
_WORD_REACH_US = 300_000
_ENDS = (".", "?", "!", "…", "。", "？", "！", "۔", "؟", "।")
_CLOSERS = "\"'”’»)]"


@dataclass(frozen=True)
class Sentence:
    """A stretch of speech that belongs together. `ended`: None where nobody can tell."""

    source: UUID
    start_us: int
    end_us: int
    words: tuple[Word, ...] = ()
    ended: bool | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us


def sentences(footage: Footage) -> tuple[Sentence, ...]:
    """All that is said, in order, without overlap; cast off by take selection later."""
    transcript = footage.analysis.transcript
    words = footage.words
    punctuated = any(_ends_sentence(word) for word in words)
    if transcript and transcript.quality != "draft" and words:
        found = _by_words(footage, words, punctuated)
    elif footage.speech:
        found = _by_speech(footage)
    else:
        found = _by_words(footage, words, punctuated=False)
    begun = [part for sentence in found for part in _split_restarts(sentence)]
    whole = [part for sentence in begun for part in _split_long(sentence)]
    return tuple(_with_whole_sounds(whole, footage.speech, footage.duration_us))


def clauses(start_us: int, end_us: int, words: Sequence[Word]) -> tuple[Span, ...]:
    """The parts of a sentence that can stand alone: up to a comma or a breath, 1 s at least."""
    parts: list[Span] = []
    start = start_us
    for word, following in pairwise(words):
        breath = following.start_us - word.end_us >= CLAUSE_PAUSE_US
        ends = breath or word.text.rstrip(_CLOSERS).endswith((",", ";", ":", "—", "–", *_ENDS))
        if ends and word.end_us - start >= SECOND:
            parts.append(Span(start_us=start, end_us=word.end_us))
            start = following.start_us
    return (*parts, Span(start_us=start, end_us=end_us))


def _ends_sentence(word: Word) -> bool:
    text = word.text.rstrip(_CLOSERS)
    return text.endswith(_ENDS) and text.lower() not in ABBREVIATIONS


def _by_words(footage: Footage, words: Sequence[Word], punctuated: bool) -> Iterator[Sentence]:
    pause = LONG_PAUSE_US if punctuated else PAUSE_US
    group: list[Word] = []
    for word, following in zip_longest(words, words[1:]):
        group.append(word)
        ends = punctuated and _ends_sentence(word)
        if ends or following is None or following.start_us - word.end_us >= pause:
            yield _sentence(footage, group, ended=ends if punctuated else None)
            group = []


def _sentence(footage: Footage, words: Sequence[Word], ended: bool | None) -> Sentence:
    start, end = words[0].start_us, words[-1].end_us
    return Sentence(footage.asset_id, start, end, tuple(words), ended)


def _by_speech(footage: Footage) -> Iterator[Sentence]:
    """Speech spans joined over short gaps; draft words belong to the span that they lie in.

    Draft words that lie in no span are noise that was taken for words.
    """
    for span in _joined(footage.speech):
        reach = (span.start_us - _WORD_REACH_US, span.end_us + _WORD_REACH_US)
        words = tuple(
            word for word in footage.words if reach[0] <= word.start_us and word.end_us <= reach[1]
        )
        start = min([span.start_us, *(word.start_us for word in words)])
        end = max([span.end_us, *(word.end_us for word in words)])
        yield Sentence(footage.asset_id, start, end, words)


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and span.start_us - joined[-1].end_us < PAUSE_US:
            joined[-1] = Span(start_us=joined[-1].start_us, end_us=span.end_us)
        else:
            joined.append(span)
    return joined


def _split_restarts(sentence: Sentence) -> Iterator[Sentence]:
    """After a breath someone says again what began the sentence: it was begun anew there."""
    for cut, (left, right) in enumerate(pairwise(sentence.words), start=1):
        first, second = sentence.words[:cut], sentence.words[cut:]
        if right.start_us - left.end_us >= CLAUSE_PAUSE_US and _begins_again(first, second):
            yield replace(sentence, end_us=left.end_us, words=first, ended=False)
            yield from _split_restarts(replace(sentence, start_us=right.start_us, words=second))
            return
    yield sentence


def _begins_again(first: Sequence[Word], second: Sequence[Word]) -> bool:
    """Its first three words come again; of fewer, all but the one at which the speaker halted."""
    pairs = zip(first, second, strict=False)
    same = takewhile(lambda pair: tokens(pair[0].text) == tokens(pair[1].text), pairs)
    return sum(1 for _ in same) >= max(2, min(_SAME_BEGINNING, len(first) - 1))


def _split_long(sentence: Sentence) -> Iterator[Sentence]:
    """Endless speech is split at its longest breath, so that it can be worked with."""
    pairs = list(pairwise(sentence.words))
    gaps = [right.start_us - left.end_us for left, right in pairs]
    if sentence.duration_us <= _LONGEST_US or not gaps or max(gaps) < _SPLIT_PAUSE_US:
        yield sentence
        return
    cut = gaps.index(max(gaps))
    left, right = pairs[cut]
    first, second = sentence.words[: cut + 1], sentence.words[cut + 1 :]
    yield from _split_long(replace(sentence, end_us=left.end_us, words=first, ended=None))
    yield from _split_long(replace(sentence, start_us=right.start_us, words=second))


def _with_whole_sounds(
    found: Sequence[Sentence], speech: Sequence[Span], duration_us: int
) -> Iterator[Sentence]:
    """Recognisers end words early: a sentence reaches to where the voice falls silent.

    Never more than 300 ms, and never into the next sentence.
    """
    floor = 0
    for index, sentence in enumerate(found):
        following = found[index + 1].start_us if index + 1 < len(found) else duration_us
        start, end = max(floor, sentence.start_us), sentence.end_us
        for span in speech:
            if span.start_us < start < span.end_us and start - span.start_us <= _WORD_REACH_US:
                start = max(span.start_us, floor)
            if span.start_us < end < span.end_us and span.end_us - end <= _WORD_REACH_US:
                end = span.end_us
        floor = min(end, following)
        yield replace(sentence, start_us=start, end_us=floor)
