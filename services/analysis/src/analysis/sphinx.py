"""Words by pocketsphinx and the English models in its wheel: works offline, everywhere.

Left alone its words are a draft. Told what is said it listens for just those words, by the
method of Gentle (lowerquality/gentle): a language model of the text itself, a decoding of every
stretch of speech with it, and an alignment of what was heard with the text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pocketsphinx import Decoder
from pocketsphinx.lm import ArpaBoLM

from analysis.pronunciation import ACOUSTIC_MODEL, pronunciations
from analysis.sound import Sound
from analysis.spans import joined, padded, pieces
from contracts.artifacts import Span, Word

FRAME_US = 10_000
PAUSE_US = 1_200_000
LONGEST_US = 20_000_000
PAD_US = 100_000
_VARIANT = re.compile(r"\(\d+\)$")

OnProgress = Callable[[float], None]


def hear(sound: Sound, speech: Sequence[Span], on_progress: OnProgress) -> list[Word]:
    """What the general English model makes of it."""
    return _hear(general_decoder(), sound, speech, on_progress)


def hear_text(
    sound: Sound, speech: Sequence[Span], text: Sequence[str], on_progress: OnProgress
) -> list[Word]:
    """Where the words of a text are said, in any order; nothing if none can be pronounced."""
    decoder = text_decoder(text)
    return _hear(decoder, sound, speech, on_progress) if decoder else []


@cache
def general_decoder() -> Decoder:
    return Decoder(loglevel="FATAL")


def text_decoder(words: Sequence[str]) -> Decoder | None:
    """A decoder that knows these lower-case words alone, and in which order they may come."""
    lexicon = pronunciations(set(words))
    spoken = [word for word in words if word in lexicon]
    if not spoken:
        return None
    with TemporaryDirectory() as folder:
        dictionary, model = Path(folder, "words.dict"), Path(folder, "text.lm")
        dictionary.write_text("\n".join(_entries(lexicon)) + "\n", encoding="utf-8")
        language = ArpaBoLM(text=" ".join(spoken), add_start=True)
        language.compute()
        with model.open("w", encoding="utf-8") as file:
            language.write(file)
        return Decoder(hmm=ACOUSTIC_MODEL, dict=str(dictionary), lm=str(model), loglevel="FATAL")


def _entries(lexicon: dict[str, list[str]]) -> Iterator[str]:
    for word, variants in lexicon.items():
        for number, phones in enumerate(variants, 1):
            yield f"{word}({number}) {phones}" if number > 1 else f"{word} {phones}"


def _hear(
    decoder: Decoder, sound: Sound, speech: Sequence[Span], on_progress: OnProgress
) -> list[Word]:
    words: list[Word] = []
    for phrase in padded(joined(speech, PAUSE_US, LONGEST_US), PAD_US, sound.duration_us):
        for piece in pieces(phrase, LONGEST_US):
            words += _decode(decoder, sound, piece)
        on_progress(phrase.end_us / sound.duration_us)
    return words


def _decode(decoder: Decoder, sound: Sound, piece: Span) -> Iterator[Word]:
    decoder.start_utt()
    decoder.process_raw(sound.read(piece).tobytes(), full_utt=True)
    decoder.end_utt()
    for segment in decoder.seg() or ():
        if segment.word[0] not in "<[":
            yield Word(
                text=_VARIANT.sub("", segment.word),
                start_us=piece.start_us + segment.start_frame * FRAME_US,
                end_us=min(piece.start_us + (segment.end_frame + 1) * FRAME_US, piece.end_us),
                confidence=min(1.0, max(0.0, segment.prob)),
            )
