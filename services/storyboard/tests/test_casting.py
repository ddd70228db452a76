"""Who speaks, what is laid over, what is heard beneath; and the rate of it all."""

from fractions import Fraction
from typing import Any

import pytest

from contracts.events import MusicChoice
from storyboard.cuts.canvas import standard_rate
from storyboard.cuts.framing import is_screen
from storyboard.rules.casting import cast
from storyboard.rules.scoring import score_sentence

TALK = [("We all say something of importance here today.", 0.5)]
AUTO = MusicChoice()


def test_who_speaks_is_heard_and_seen(studio: Any) -> None:
    a = studio.talk(TALK, "a.mp4")
    b = studio.silent("b.mp4")
    voice = studio.talk(TALK, "voice.wav", picture=False)
    song = studio.sound("song.mp3", 60)
    parts = cast([b, a, voice, song], AUTO)
    assert [one.filename for one in parts.spine] == ["a.mp4", "voice.wav"]
    assert [one.filename for one in parts.pictures] == ["b.mp4"]
    assert parts.music == song
    assert all(parts.reasons.values())


def test_roles_given_are_kept(studio: Any) -> None:
    talk = studio.talk(TALK, "party.mp4", role="b_roll")
    assert cast([talk], AUTO).pictures == (talk,)
    song = studio.talk(TALK, "song.mp3", picture=False, role="music")
    assert cast([song], AUTO).music == song
    assert cast([song], MusicChoice(mode="none")).music is None


def test_the_chosen_music_is_the_music(studio: Any) -> None:
    one, other = studio.sound("one.mp3", 60), studio.sound("other.mp3", 60)
    choice = MusicChoice(mode="asset", asset_id=other.asset_id)
    assert cast([one, other], choice).music == other


def test_numbered_files_are_in_their_order(studio: Any) -> None:
    takes = [studio.talk(TALK, f"take{n}.mp4") for n in (10, 9, 1)]
    assert [one.filename for one in cast(takes, AUTO).spine] == [
        "take1.mp4",
        "take9.mp4",
        "take10.mp4",
    ]
    given = [studio.talk(TALK, name) for name in ("zoe.mp4", "adam.mp4")]
    assert list(cast(given, AUTO).spine) == given


def test_screens_are_known_by_role_or_name(studio: Any) -> None:
    assert is_screen(studio.silent("x.mp4", role="screen"))
    assert is_screen(studio.silent("Screen Recording 1.mov"))
    assert not is_screen(studio.silent("Screen Recording 1.mov", role="b_roll"))
    assert not is_screen(studio.silent("green screen.mov"))


@pytest.mark.parametrize(
    ("rate", "standard"),
    [
        ("10", "30"),
        ("15", "30"),
        ("12", "24"),
        ("25", "25"),
        ("30000/1001", "30000/1001"),
        ("24000/1001", "24000/1001"),
        ("120", "60"),
        ("60", "60"),
        ("29.83", "30000/1001"),
        ("239.76", "60000/1001"),
        ("0", "30"),
    ],
)
def test_rates_are_standard(rate: str, standard: str) -> None:
    assert standard_rate(Fraction(rate)) == Fraction(standard)


def test_questions_numbers_and_you_score() -> None:
    plain = score_sentence("It was a nice day there.", 3_000_000, position=0.5)
    strong = score_sentence("Why did you never ask for 100 dollars?", 3_000_000, position=0.5)
    assert strong.points > plain.points + 3
    assert strong.why[0] == "a question"
    doubtful = score_sentence("Why did you never ask?", 3_000_000, position=0.5, confidence=0.2)
    assert doubtful.points < strong.points
