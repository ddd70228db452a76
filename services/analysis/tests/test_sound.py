from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from analysis.sound import SoundUnreadable, decode, read_loudness
from analysis.voice_activity import VoiceActivity
from contracts.artifacts import Span

Make = Callable[..., Path]

SINE = ("-f", "lavfi", "-i", "sine=f=1000:r=48000:d=3")


def spoken(sound: np.ndarray, block: int) -> list[Span]:
    activity = VoiceActivity()
    for start in range(0, len(sound), block):
        activity.feed(sound[start : start + block])
    return activity.finish()


def test_speech_is_found_between_the_silences(speech: Path, tmp_path: Path) -> None:
    activity = VoiceActivity()
    sound, _ = decode(speech, 0, tmp_path / "sound.raw", activity.feed)
    spans = activity.finish()
    assert abs(spans[0].start_us - 800_000) < 150_000
    assert abs(sound.duration_us - spans[-1].end_us - 1_000_000) < 400_000
    longest = max(b.start_us - a.end_us for a, b in pairwise(spans))
    assert 1_300_000 < longest < 2_000_000


def test_the_size_of_the_blocks_does_not_matter(speech: Path, tmp_path: Path) -> None:
    sound, _ = decode(speech, 0, tmp_path / "sound.raw", lambda _: None)
    samples = sound.read(Span(start_us=0, end_us=sound.duration_us))
    assert spoken(samples, 160_000) == spoken(samples, 4_001) == spoken(samples, len(samples))


def test_a_tone_is_not_speech_and_its_loudness_is_measured(make: Make, tmp_path: Path) -> None:
    tone = make("tone.wav", *SINE)  # ffmpeg's sine has a peak of 1/8
    activity = VoiceActivity()
    sound, loudness = decode(tone, 0, tmp_path / "sound.raw", activity.feed)
    assert activity.finish() == []
    assert sound.duration_us == 3_000_000
    assert loudness is not None
    assert loudness.integrated_lufs == pytest.approx(-21.1, abs=0.3)
    assert loudness.true_peak_dbtp == pytest.approx(-18.1, abs=0.2)


def test_silence_has_a_finite_loudness(make: Make, tmp_path: Path) -> None:
    silence = make("silence.wav", "-f", "lavfi", "-i", "anullsrc=d=1")
    _, loudness = decode(silence, 0, tmp_path / "sound.raw", lambda _: None)
    assert loudness is not None
    assert (loudness.integrated_lufs, loudness.true_peak_dbtp) == (-70.0, -120.0)


def test_of_many_streams_the_named_one_is_heard(make: Make, tmp_path: Path) -> None:
    quiet = ("-f", "lavfi", "-i", "anullsrc=d=1:r=48000")
    both = make("both.mkv", *quiet, *SINE, "-map", "0", "-map", "1")
    _, first = decode(both, 0, tmp_path / "0.raw", lambda _: None)
    _, second = decode(both, 1, tmp_path / "1.raw", lambda _: None)
    assert first is not None
    assert second is not None
    assert first.integrated_lufs < second.integrated_lufs


def test_a_hole_in_the_sound_becomes_silence(make: Make, tmp_path: Path) -> None:
    holed = make("holed.mkv", *SINE, "-af", "aselect='not(between(t,1,2))'", "-c:a", "pcm_s16le")
    sound, _ = decode(holed, 0, tmp_path / "sound.raw", lambda _: None)
    middle = sound.read(Span(start_us=1_200_000, end_us=1_800_000))
    assert abs(sound.duration_us - 3_000_000) < 50_000
    assert not middle.any()


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("nothing to hear")
    with pytest.raises(SoundUnreadable, match="Invalid data"):
        decode(text, 0, tmp_path / "sound.raw", lambda _: None)


def test_a_log_without_a_summary_tells_no_loudness() -> None:
    assert read_loudness("Press [q] to stop") is None
