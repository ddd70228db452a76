"""All that an asset's sound tells: who speaks when, which words, how loud."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis import sphinx, whisper
from analysis.alignment import Aligned, align, tokens
from analysis.sound import Sound, decode
from analysis.spans import shifted
from analysis.voice_activity import VoiceActivity
from contracts.artifacts import Loudness, Span, Transcript, Word
from contracts.media import AudioStream

DRAFT = "The words are a draft by the offline recogniser: their times hold, the words may be wrong."
NOT_HEARD = "No speech was found in the sound, so the given text has no times."
NO_WORDS = "Somebody speaks, but no word was recognised."

OnProgress = Callable[[float], None]


@dataclass(frozen=True)
class Ears:
    """How to listen: with which Whisper model, if any, and to which known text, if any."""

    whisper_model: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Listened:
    transcript: Transcript | None
    speech: tuple[Span, ...]
    loudness: Loudness | None
    notes: tuple[str, ...]


def listen(
    source: Path, audio: AudioStream, ears: Ears, target: Path, on_progress: OnProgress
) -> Listened:
    """Decode a stream to the file `target` and listen to it. Raise SoundUnreadable."""
    activity = VoiceActivity()
    sound, loudness = decode(source, audio.index, target, activity.feed)
    speech = activity.finish()
    if not speech:
        return Listened(None, (), loudness, (NOT_HEARD,) if ears.text else ())
    transcript, notes = transcribe(sound, speech, ears, on_progress)
    spoken = shifted(speech, audio.start_us)
    if not transcript.words:
        return Listened(None, spoken, loudness, (NO_WORDS,))
    return Listened(_moved(transcript, audio.start_us), spoken, loudness, notes)


def transcribe(
    sound: Sound, speech: Sequence[Span], ears: Ears, on_progress: OnProgress
) -> tuple[Transcript, tuple[str, ...]]:
    """The words, by the best means there are, and what must be said about them."""
    if ears.text and (text := tokens(ears.text)):
        language, provider, heard = _hear_text(sound, speech, ears, on_progress)
        aligned = align(text, heard, speech)
        words = aligned.words
        transcript = Transcript(provider=provider, quality="given", language=language, words=words)
        return transcript, _notes(aligned, len(text))
    if ears.whisper_model:
        language, heard = whisper.hear(ears.whisper_model, sound, speech, on_progress)
        provider = f"faster-whisper/{whisper.model_name(ears.whisper_model)}"
        return _transcript(provider, "model", language, heard), ()
    heard = sphinx.hear(sound, speech, on_progress)
    return _transcript("pocketsphinx/en-us", "draft", "en", heard), (DRAFT,)


def _hear_text(
    sound: Sound, speech: Sequence[Span], ears: Ears, on_progress: OnProgress
) -> tuple[str, str, list[Word]]:
    """Language, provider, and the words as they were recognised."""
    if ears.whisper_model:
        language, heard = whisper.hear(ears.whisper_model, sound, speech, on_progress)
        name = whisper.model_name(ears.whisper_model)
        return language, f"given+faster-whisper/{name}-align", heard
    keys = [token.key for token in tokens(ears.text or "")]
    heard = sphinx.hear_text(sound, speech, keys, on_progress)
    return "en" if heard else "und", "given+pocketsphinx-align", heard


def _transcript(
    provider: str, quality: Literal["model", "draft"], language: str, words: Sequence[Word]
) -> Transcript:
    return Transcript(provider=provider, quality=quality, language=language, words=tuple(words))


def _notes(aligned: Aligned, given: int) -> tuple[str, ...]:
    counts = {
        "were not recognised: they are placed between their neighbours": aligned.placed,
        "were not heard: they are left out": aligned.missing,
    }
    return tuple(f"{n} of {given} given words {fate}." for fate, n in counts.items() if n)


def _moved(transcript: Transcript, offset_us: int) -> Transcript:
    """The same words in source time; what is said before the picture starts is left out."""
    words = tuple(
        word.model_copy(
            update={
                "start_us": max(0, word.start_us + offset_us),
                "end_us": word.end_us + offset_us,
            }
        )
        for word in transcript.words
        if word.end_us + offset_us > 0
    )
    return transcript.model_copy(update={"words": words})
