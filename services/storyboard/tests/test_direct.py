"""The director's cut of whole shoots."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import MusicChoice
from storyboard.describe import describe
from storyboard.edit import Edit
from storyboard.footage import SECOND, Footage
from storyboard.problems import NothingUsable
from storyboard.rules.cutaways import HEAD_US, TAIL_US
from storyboard.rules.director import direct
from storyboard.rules.sentences import sentences
from storyboard.wishes import Wishes


def script_of(edit: Edit) -> list[str]:
    return [moment.text for scene in edit.scenes for moment in scene.moments]


def test_mistakes_and_silence_go_and_the_rest_stays_in_order(studio: Any, shoot: Any) -> None:
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    assert script_of(edit) == [
        "So the main thing about bridges is that they connect people.",
        "We built the first one in nineteen days with forty volunteers.",
        "Nobody believed that it would hold.",
        "Have you ever crossed a river on foot?",
        "The mountains behind the village are cut off for half of the year.",
        "Now we are building three more, and the children walk to school.",
        "That is why I do it.",
    ]
    assert any("false start" in line for line in edit.left_out)
    assert any("s of silence" in line for line in edit.left_out)


def test_the_same_shoot_is_directed_the_same(studio: Any, shoot: Any) -> None:
    job = studio.job(shoot)
    one, other = (direct(job, shoot, Wishes(), version=1) for _ in range(2))
    assert one.model_dump_json() == other.model_dump_json()


def test_cutaways_hide_jumps_and_leave_the_ends_alone(studio: Any, shoot: Any) -> None:
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    first, last = edit.scenes[0], edit.scenes[-1]
    assert "it covers a jump cut" in first.cutaways[0].reason
    assert all(one.at_us >= HEAD_US for one in first.cutaways)
    assert all(one.end_us <= last.length_us - TAIL_US for one in last.cutaways)
    covered = sum(one.out_us - one.in_us for scene in edit.scenes for one in scene.cutaways)
    assert covered <= 0.4 * edit.duration_us


def test_a_cutaway_lies_where_its_name_is_said(studio: Any, shoot: Any) -> None:
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    assert any("(mountain)" in one.reason for scene in edit.scenes for one in scene.cutaways)


def test_a_jump_that_no_cutaway_hides_gets_a_punch_in(studio: Any, interview: Any) -> None:
    shoot = [studio.talk(interview)]
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    zooms = [segment.zoom for scene in edit.scenes for segment in scene.segments]
    assert zooms == [1.0, 1.12, 1.0, 1.12]


def test_a_voice_without_a_picture_is_covered_by_pictures(studio: Any, interview: Any) -> None:
    voice = studio.talk(interview, "voice.wav", picture=False)
    shoot = [voice, studio.silent("a.mp4", 9, shots=2), studio.silent("b.mp4", 9)]
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    for scene in edit.scenes:
        ends = [0, *(one.end_us for one in scene.cutaways)]
        starts = [*(one.at_us for one in scene.cutaways), scene.length_us]
        assert all(start - end < SECOND for end, start in zip(ends, starts, strict=True))


def test_without_speech_it_is_a_montage_of_the_best_shots(studio: Any) -> None:
    shoot = [studio.silent(f"clip{n}.mp4", 20, shots=5) for n in (10, 2, 1)]
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    names = {one.asset_id: one.filename for one in shoot}
    shown = [names[scene.segments[0].source] for scene in edit.scenes]
    assert shown == ["clip1.mp4", "clip2.mp4", "clip10.mp4"]
    segments = [segment for scene in edit.scenes for segment in scene.segments]
    assert all(2 * SECOND <= segment.duration_us <= 4 * SECOND for segment in segments)
    assert edit.duration_us <= 60 * SECOND
    assert [s.transition.kind for s in segments].count("dissolve") == 2


@pytest.mark.parametrize("seconds", [0.2, 1.0, 3.0])
def test_very_short_footage_is_used_whole(studio: Any, seconds: float) -> None:
    shoot = [studio.silent("blink.mp4", seconds)]
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    assert edit.duration_us >= seconds * SECOND * 0.8


def test_stills_and_sound_alone(studio: Any) -> None:
    for shoot in ([studio.still("logo.png")], [studio.sound("song.mp3", 90)]):
        edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
        assert 0 < edit.duration_us <= 60 * SECOND


def test_music_lies_under_pictures(studio: Any, shoot: Any) -> None:
    song = studio.sound("song.mp3", 90, role="music")
    all_of_it = [*shoot, song]
    assert direct(studio.job(all_of_it), all_of_it, Wishes(), version=1).music == song.asset_id
    silent = studio.job(all_of_it, music=MusicChoice(mode="none"))
    assert direct(silent, all_of_it, Wishes(), version=1).music is None


def test_nothing_at_all_is_a_problem(studio: Any) -> None:
    with pytest.raises(NothingUsable):
        direct(studio.job([]), [], Wishes(), version=1)


def test_a_scene_reads_like_a_person_wrote_it(studio: Any, shoot: Any) -> None:
    edit = direct(studio.job(shoot), shoot, Wishes(), version=1)
    scene = describe(edit.scenes[0], {one.asset_id: one for one in shoot})
    assert scene.shot_type == "medium"
    assert scene.description.startswith("Speaker to camera, medium shot: interview.mp4 0:03–0:15")
    assert "Cutaway: mountains.mp4 0:00–0:04." in scene.description
    assert sum(describe(s, {o.asset_id: o for o in shoot}).duration_us for s in edit.scenes) == (
        edit.duration_us
    )


VOCABULARY = "we built bridges never and you river mountains ask, why um so it"
WORDS = st.sampled_from(VOCABULARY.split())
SENTENCE = st.lists(WORDS, min_size=1, max_size=14).map(" ".join)
ENDING = st.sampled_from([".", "?", "", ","])
SILENCE = st.sampled_from([0.06, 0.1, 0.3, 0.5, 0.9, 1.3, 2.5])
LINE = st.tuples(st.builds(str.__add__, SENTENCE, ENDING) | st.just("um."), SILENCE)
SCRIPT = st.lists(LINE, min_size=1, max_size=12)
WISHES = st.builds(
    Wishes,
    pace=st.floats(0.3, 3.0),
    length=st.floats(0.3, 2.0),
    cutaways=st.sampled_from(["none", "less", "usual", "more"]),
    keep_pauses=st.booleans(),
    variation=st.integers(0, 5),
)


@settings(max_examples=60, deadline=None)
@given(
    scripts=st.lists(SCRIPT, min_size=1, max_size=2),
    quality=st.sampled_from(["model", "draft", None]),
    b_roll=st.lists(st.floats(0.3, 15.0), max_size=3),
    wishes=WISHES,
)
def test_no_sentence_is_ever_cut(
    studio: Any, scripts: Any, quality: Any, b_roll: list[float], wishes: Wishes
) -> None:
    shoot: list[Footage] = [
        studio.talk(script, f"talk{n}.mp4", quality=quality, role="a_roll")
        for n, script in enumerate(scripts)
    ]
    shoot += [studio.silent(f"river{n}.mp4", length) for n, length in enumerate(b_roll)]
    edit = direct(studio.job(shoot), shoot, wishes, version=1)
    talks = {one.asset_id: sentences(one) for one in shoot}
    for scene in edit.scenes:
        for segment in scene.segments:
            for sentence in talks[segment.source]:
                apart = sentence.end_us <= segment.in_us or segment.out_us <= sentence.start_us
                inside = segment.in_us <= sentence.start_us and sentence.end_us <= segment.out_us
                assert apart or inside
        assert all(one.end_us <= scene.length_us for one in scene.cutaways)
