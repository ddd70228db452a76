"""Words by a Whisper model that is at hand, through faster-whisper. Nothing is ever downloaded."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.transcribe import Word as HeardWord
from faster_whisper.utils import download_model

from analysis.sound import Sound
from analysis.spans import joined, padded
from contracts.artifacts import Span, Word

PAUSE_US = 3_000_000
LONGEST_US = 120_000_000
PAD_US = 200_000
SHORTEST_WORD_US = 10_000


def hear(
    model: str, sound: Sound, speech: Sequence[Span], on_progress: Callable[[float], None]
) -> tuple[str, list[Word]]:
    """The language, heard in the first stretch of speech, and the words of all."""
    language: str | None = None
    words: list[Word] = []
    for stretch in padded(joined(speech, PAUSE_US, LONGEST_US), PAD_US, sound.duration_us):
        language, found = _transcribe(_load(model), sound, stretch, language)
        words += found
        on_progress(stretch.end_us / sound.duration_us)
    return language or "und", words


def at_hand(model: str) -> str:
    """The model itself, if it lies on this machine; else raise FileNotFoundError."""
    if not Path(model).is_dir():
        try:
            download_model(model, local_files_only=True)
        except Exception as error:
            raise FileNotFoundError(f"the Whisper model {model!r} is not at hand") from error
    return model


def model_name(model: str) -> str:
    """What to call a model given by path or by name."""
    return Path(model).name


@cache
def _load(model: str) -> WhisperModel:
    return WhisperModel(model, device="auto", compute_type="auto", local_files_only=True)


def _transcribe(
    model: WhisperModel, sound: Sound, stretch: Span, language: str | None
) -> tuple[str, list[Word]]:
    samples = sound.read(stretch).astype(np.float32) / 32768
    segments, info = model.transcribe(
        samples, language=language, word_timestamps=True, condition_on_previous_text=False
    )
    words = [word for segment in segments for word in segment.words or ()]
    return info.language, list(_timed(words, stretch))


def _timed(words: Sequence[HeardWord], stretch: Span) -> Iterator[Word]:
    for word in words:
        start = stretch.start_us + round(word.start * 1_000_000)
        end = stretch.start_us + round(word.end * 1_000_000)
        if text := word.word.strip():
            yield Word(
                text=text,
                start_us=start,
                end_us=max(end, start + SHORTEST_WORD_US),
                confidence=min(1.0, max(0.0, word.probability)),
            )
