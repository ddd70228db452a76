from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from analysis.listening import DRAFT, NOT_HEARD, Ears, Listened, listen
from analysis.pronunciation import pronunciations
from analysis.sound import Sound
from contracts.artifacts import Span
from contracts.media import MediaInfo

Probe = Callable[..., MediaInfo]

SPOKEN = (
    "The quick brown fox jumps over the lazy dog. "
    "Every morning the old captain walks along the harbour."
)
READ = {
    "speech_librivox_0870.wav": "and mister john dashwood had then leisure to consider how much "
    "there might be prudently in his power to do for them",
    "speech_librivox_0920.wav": "had he married a more amiable woman he might have been made "
    "still more respectable than he was",
    "speech_jfk.flac": "And so, my fellow Americans, ask not what your country can do for you; "
    "ask what you can do for your country.",
}


def hear(path: Path, probe: Probe, folder: Path, text: str | None, offset_us: int = 0) -> Listened:
    audio = probe(path).audio
    assert audio is not None
    moved = audio.model_copy(update={"start_us": offset_us})
    return listen(path, moved, Ears(text=text), folder / "sound.raw", lambda _: None)


def check_times(heard: Listened, raw: Path) -> None:
    """Words are in order, do not overlap, and are louder than what lies outside the speech."""
    assert heard.transcript is not None
    words = heard.transcript.words
    assert all(a.end_us <= b.start_us + 20_000 for a, b in pairwise(words))
    sound = Sound(raw)
    silent = [Span(start_us=a.end_us, end_us=b.start_us) for a, b in pairwise(heard.speech)]
    silent += [Span(start_us=0, end_us=heard.speech[0].start_us)]
    floor = max(power(sound, span) for span in silent if span.duration_us > 200_000)
    loud = [power(sound, word) > floor for word in words]
    assert sum(loud) >= 0.9 * len(loud)


def power(sound: Sound, span: Span) -> float:
    return float(np.sqrt(np.mean(sound.read(span).astype(np.float64) ** 2)))


def test_a_given_text_gets_the_times_of_its_words(
    speech: Path, probe: Probe, tmp_path: Path
) -> None:
    heard = hear(speech, probe, tmp_path, SPOKEN)
    assert heard.transcript is not None
    assert " ".join(word.text for word in heard.transcript.words) == SPOKEN
    assert heard.transcript.provider == "given+pocketsphinx-align"
    assert (heard.transcript.quality, heard.transcript.language) == ("given", "en")
    words = {word.text: word for word in heard.transcript.words}
    assert words["Every"].start_us - words["dog."].end_us > 1_200_000
    assert abs(words["The"].start_us - 800_000) < 200_000
    check_times(heard, tmp_path / "sound.raw")


def test_words_that_no_dictionary_has_do_not_break_it(
    speech: Path, probe: Probe, tmp_path: Path
) -> None:
    text = SPOKEN.replace("fox", "foxx").replace("captain", "Kapptin") + " Привет 42"
    heard = hear(speech, probe, tmp_path, text)
    assert heard.transcript is not None
    times = {word.text: word.start_us for word in heard.transcript.words}
    assert times["brown"] < times["foxx"] < times["jumps"]
    assert times["old"] < times["Kapptin"] < times["walks"]


def test_times_are_of_the_picture(speech: Path, probe: Probe, tmp_path: Path) -> None:
    plain = hear(speech, probe, tmp_path, SPOKEN)
    later = hear(speech, probe, tmp_path, SPOKEN, offset_us=500_000)
    early = hear(speech, probe, tmp_path, SPOKEN, offset_us=-1_000_000)
    assert plain.transcript is not None
    assert later.transcript is not None
    assert early.transcript is not None
    shift = {b.start_us - a.start_us for a, b in zip(plain.speech, later.speech, strict=True)}
    assert shift == {500_000}
    assert later.transcript.words[0].start_us - plain.transcript.words[0].start_us == 500_000
    assert early.speech[0].start_us == 0
    assert early.transcript.words[-1].end_us == plain.transcript.words[-1].end_us - 1_000_000


def test_without_a_text_the_words_are_a_draft_and_say_so(
    speech: Path, probe: Probe, tmp_path: Path
) -> None:
    heard = hear(speech, probe, tmp_path, None)
    assert heard.transcript is not None
    assert (heard.transcript.provider, heard.transcript.quality) == ("pocketsphinx/en-us", "draft")
    assert heard.notes == (DRAFT,)
    assert len(heard.transcript.words) > 8
    assert all(0 <= word.confidence <= 1 for word in heard.transcript.words)
    check_times(heard, tmp_path / "sound.raw")


def test_a_text_without_a_voice_has_no_times(
    make: Callable[..., Path], probe: Probe, tmp_path: Path
) -> None:
    tone = make("hum.wav", "-f", "lavfi", "-i", "sine=d=1")
    heard = hear(tone, probe, tmp_path, SPOKEN)
    assert (heard.transcript, heard.speech, heard.notes) == (None, (), (NOT_HEARD,))


def test_pronunciations_come_by_dictionary_by_part_and_by_spelling() -> None:
    found = pronunciations({"leisure", "coldhearted", "4k", "zorblat", "привет"})
    assert len(found["leisure"]) > 1
    assert found["4k"] == ["F AO R K EY"]
    assert found["zorblat"] == ["Z AO R B L AE T"]
    assert "привет" not in found


@pytest.mark.footage
@pytest.mark.parametrize("name", READ)
def test_real_speech_is_aligned_word_by_word(
    name: str, footage: Path, probe: Probe, tmp_path: Path
) -> None:
    heard = hear(footage / name, probe, tmp_path, READ[name])
    assert heard.transcript is not None
    words = heard.transcript.words
    assert [word.text for word in words] == READ[name].split()
    assert heard.notes == ()
    check_times(heard, tmp_path / "sound.raw")
