"""Ten timelines from one director's cut."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.base import ProblemInfo
from contracts.timeline import Timeline
from storyboard.cuts.compose import Shape
from storyboard.cuts.derive import SHAPES, derive
from storyboard.footage import SECOND, Footage
from storyboard.rules.director import direct
from storyboard.rules.sentences import sentences
from storyboard.wishes import Wishes


def timelines(studio: Any, shoot: list[Footage], **job: Any) -> dict[Shape, Timeline]:
    wanted = studio.job(shoot, **job)
    derived = derive(direct(wanted, shoot, Wishes(), version=1), wanted, shoot)
    return {shape: cut for shape, cut in derived.items() if isinstance(cut, Timeline)}


VERBS = "saw heard built lost found dreamed made tried knew won"
LONG = [
    (f"Sentence number {n} tells you what we never {verb} before.", 0.9)
    for n, verb in enumerate(VERBS.split() * 4)
]


def test_all_kinds_in_both_aspect_ratios(studio: Any, shoot: Any) -> None:
    assert set(timelines(studio, shoot)) == set(SHAPES)
    assert len(SHAPES) == 10


def test_a_montage_has_no_dialogue(studio: Any) -> None:
    shoot = [studio.silent("a.mp4", 20, shots=5)]
    wanted = studio.job(shoot)
    derived = derive(direct(wanted, shoot, Wishes(), version=1), wanted, shoot)
    cut = derived[Shape("dialogue", "16:9")]
    assert isinstance(cut, ProblemInfo)
    assert cut.code == "no_speech"
    assert sum(isinstance(cut, Timeline) for cut in derived.values()) == 8


def test_the_hook_is_a_scored_question(studio: Any, shoot: Any) -> None:
    hook = timelines(studio, shoot)[Shape("hook", "9:16")]
    assert 3 * SECOND <= hook.duration_us <= 5 * SECOND
    assert "Have you ever crossed a river on foot?" in hook.reason
    assert "a question" in hook.reason


def test_the_short_ends_on_a_sentence(studio: Any) -> None:
    shoot = [studio.talk(LONG)]
    short = timelines(studio, shoot)[Shape("short", "9:16")]
    assert 30 * SECOND <= short.duration_us <= 60 * SECOND
    assert "ends on a sentence" in short.reason
    assert short.captions.groups[-1].text.endswith("before.")


def test_a_cut_below_30_s_is_its_own_short_and_says_so(studio: Any, shoot: Any) -> None:
    cuts = timelines(studio, shoot)
    short, whole = cuts[Shape("short", "9:16")], cuts[Shape("vertical", "9:16")]
    assert short.picture == whole.picture
    assert "whole cut" in short.reason


def test_a_dialogue_cut_has_no_pictures_over_it_and_hardly_any_silence(
    studio: Any, shoot: Any
) -> None:
    cut = timelines(studio, shoot)[Shape("dialogue", "16:9")]
    assert cut.cutaways == ()
    assert cut.music is None
    talk = shoot[0]
    speech = sum(
        min(span.end_us, clip.out_us) - max(span.start_us, clip.in_us)
        for clip in cut.picture
        for span in talk.speech
        if span.start_us < clip.out_us and clip.in_us < span.end_us
    )
    assert 1 - speech / cut.duration_us < 0.07


def test_the_quality_and_the_source_decide_the_canvas(studio: Any, shoot: Any) -> None:
    cuts = timelines(studio, shoot, quality="720p")
    assert cuts[Shape("cinematic", "16:9")].canvas.model_dump() == {"width": 1280, "height": 720}
    assert cuts[Shape("vertical", "9:16")].canvas.model_dump() == {"width": 720, "height": 1280}
    assert cuts[Shape("hook", "9:16")].rate == 25


def test_faces_are_followed_and_portrait_pictures_keep_their_whole(
    studio: Any, interview: Any
) -> None:
    cuts = timelines(studio, [studio.talk(interview, size=(1080, 1920))])
    wide, tall = cuts[Shape("cinematic", "16:9")], cuts[Shape("vertical", "9:16")]
    assert {clip.transform.kind for clip in wide.picture} == {"fit"}
    assert wide.picture[0].transform.model_dump()["mode"] == "contain"
    assert tall.picture[0].transform.model_dump()["mode"] == "cover"
    cuts = timelines(studio, [studio.talk(interview)])
    (x,) = {p.x for c in cuts[Shape("vertical", "9:16")].picture for p in c.transform.path[:1]}  # type: ignore[union-attr]
    assert x == pytest.approx(0.55 + 0.15 * 9 / 16, abs=0.02)


def test_no_cutaway_flashes_up_at_the_ends_of_a_part(studio: Any) -> None:
    voice = studio.talk(LONG, "voice.wav", picture=False)
    shoot = [voice, studio.silent("a.mp4", 30, shots=6), studio.silent("b.mp4", 30, shots=6)]
    for shape, cut in timelines(studio, shoot).items():
        assert all(clip.duration_us >= 700_000 for clip in cut.cutaways)
        if shape.kind == "hook":
            covered = sum(clip.duration_us for clip in cut.cutaways)
            assert covered == cut.duration_us


def test_the_timeline_says_who_did_what(studio: Any, interview: Any) -> None:
    shoot = [studio.talk(interview, quality="draft")]
    cut = timelines(studio, shoot)[Shape("cinematic", "16:9")]
    assert cut.provenance.director == "rules/1"
    assert cut.provenance.words == ("test (draft)",)
    assert any("are a draft" in note for note in cut.provenance.notes)
    assert any("no music" in note for note in cut.provenance.notes)
    assert all(clip.reason for clip in cut.picture)


VOCABULARY = "we built bridges never and you river mountains ask, why um so it"
WORDS = st.sampled_from(VOCABULARY.split())
LINE = st.tuples(st.lists(WORDS, min_size=1, max_size=16).map(" ".join), st.floats(0.1, 3.0))


@settings(max_examples=40, deadline=None)
@given(
    script=st.lists(LINE, min_size=1, max_size=25),
    quality=st.sampled_from(["model", "draft", None]),
    picture=st.booleans(),
    b_roll=st.lists(st.floats(0.3, 15.0), max_size=3),
    size=st.sampled_from([(1920, 1080), (1080, 1920), (768, 432), (1920, 880), (5000, 16)]),
)
def test_every_cut_is_sound(
    studio: Any, script: Any, quality: Any, picture: bool, b_roll: list[float], size: Any
) -> None:
    """Timeline itself refuses gaps, overlaps and cuts outside a source."""
    talk = studio.talk(script, quality=quality, picture=picture, size=size, role="a_roll")
    shoot = [talk, *(studio.silent(f"b{n}.mp4", length) for n, length in enumerate(b_roll))]
    cuts = timelines(studio, shoot)
    whole = cuts[Shape("cinematic", "16:9")]
    said = sentences(talk)
    for shape, cut in cuts.items():
        for clip in cut.picture:
            assert any(
                clip.source == other.source
                and other.in_us <= clip.in_us
                and clip.out_us <= other.out_us
                for other in whole.picture
            ), "a derived cut needs nothing that the cinematic cut does not decode"
        spoken = [clip for clip in cut.picture if clip.source == talk.asset_id]
        assert spoken == sorted(spoken, key=lambda clip: clip.in_us), "source order is kept"
        whole_sentences = "on a sentence" in cut.reason or shape.kind not in ("hook", "short")
        if whole_sentences and Shape("dialogue", "16:9") in cuts:
            for clip in spoken:
                assert all(
                    one.end_us <= clip.in_us
                    or clip.out_us <= one.start_us
                    or (clip.in_us <= one.start_us and one.end_us <= clip.out_us)
                    for one in said
                )
    for aspect in ("16:9", "9:16"):
        hook, short = cuts[Shape("hook", aspect)], cuts[Shape("short", aspect)]
        assert min(3 * SECOND, whole.duration_us) <= hook.duration_us <= 5 * SECOND
        assert min(30 * SECOND, whole.duration_us) <= short.duration_us <= 60 * SECOND
