"""What a creator asks for, and the versions that come of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.cuts.derive import derive
from storyboard.describe import describe
from storyboard.edit import Edit
from storyboard.footage import SECOND, Footage
from storyboard.problems import SceneNotFound
from storyboard.rules.director import direct
from storyboard.rules.redo import redo_all, redo_scene
from storyboard.wishes import FASTER, SHORTER, Wishes

HEARD: dict[str, dict[str, Any]] = {
    "Please make it faster": {"pace": FASTER},
    "more energy!": {"pace": FASTER},
    "a bit slower, let it breathe": {"pace": 1.5},
    "It is too long.": {"length": SHORTER},
    "make it longer": {"length": 1.5},
    "keep it under 20 seconds": {"target_us": 20 * SECOND},
    "at most 1.5 minutes, please": {"target_us": 90 * SECOND},
    "No b-roll, please": {"cutaways": "none"},
    "less B roll": {"cutaways": "less"},
    "more cutaways": {"cutaways": "more"},
    "without music": {"music": False},
    "Keep the pauses": {"keep_pauses": True},
    "use the first take": {"first_take": True},
    "Start with “have you ever”": {"start_with": "have you ever"},
    "start with the part where he crossed a river": {"start_with": "he crossed a river"},
    "leave out 'forty volunteers'": {"leave_out": ("forty volunteers",)},
    "I do not like it": {},
}


@pytest.mark.parametrize("text", HEARD, ids=str)
def test_plain_words_are_understood(text: str) -> None:
    wishes, understood = Wishes().heard(text)
    assert wishes == Wishes().model_copy(update=HEARD[text])
    assert bool(understood) == bool(HEARD[text])


def test_wishes_add_up() -> None:
    wishes, _ = Wishes().heard("shorter, no b-roll")
    wishes, _ = wishes.heard("even shorter")
    assert wishes.length == pytest.approx(SHORTER**2)
    assert wishes.cutaways == "none"


def first(studio: Any, shoot: list[Footage]) -> Edit:
    return direct(studio.job(shoot), shoot, Wishes(), version=1)


def redone(studio: Any, shoot: list[Footage], feedback: str) -> Edit:
    return redo_all(studio.job(shoot), shoot, first(studio, shoot), feedback, version=2)


def cut_of(edit: Edit) -> Any:
    """What a viewer sees of it."""
    return [
        [(s.source, s.in_us, s.out_us, s.zoom) for s in scene.segments]
        + [(c.source, c.at_us, c.in_us, c.out_us) for c in scene.cutaways]
        for scene in edit.scenes
    ]


@pytest.mark.parametrize("feedback", ["", "I do not like it", "no b-roll", "faster", "with soul"])
def test_a_new_version_always_looks_different(studio: Any, shoot: Any, feedback: str) -> None:
    assert cut_of(redone(studio, shoot, feedback)) != cut_of(first(studio, shoot))


def test_even_a_single_sentence_can_look_different(studio: Any) -> None:
    shoot = [studio.talk([("There is only one sentence here.", 1.0)])]
    assert cut_of(redone(studio, shoot, "other")) != cut_of(first(studio, shoot))


def test_feedback_is_followed(studio: Any, shoot: Any) -> None:
    before = first(studio, shoot)
    assert redone(studio, shoot, "shorter").duration_us < 0.85 * before.duration_us
    assert redone(studio, shoot, "keep the pauses").duration_us > before.duration_us
    assert not any(scene.cutaways for scene in redone(studio, shoot, "no b-roll").scenes)
    opening = redone(studio, shoot, "start with 'have you ever'").scenes[0].moments[0]
    assert opening.text == "Have you ever crossed a river on foot?"
    said = str(redone(studio, shoot, "leave out 'forty volunteers'").scenes)
    assert "forty volunteers" not in said


def test_what_was_understood_is_said(studio: Any, shoot: Any) -> None:
    assert "feedback “faster”: faster" in redone(studio, shoot, "faster").notes[-1]
    assert "nothing that the rules know" in redone(studio, shoot, "purple").notes[-1]


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("feedback", ["", "no b-roll", "faster"])
def test_one_scene_again_leaves_the_others_as_they_are(
    studio: Any, shoot: Any, number: int, feedback: str
) -> None:
    before = first(studio, shoot)
    after = redo_scene(studio.job(shoot), shoot, before, number, feedback)
    sources = {one.asset_id: one for one in shoot}
    for old, new in zip(before.scenes, after.scenes, strict=True):
        same = old.model_dump_json() == new.model_dump_json()
        read = describe(old, sources).model_dump_json() == describe(new, sources).model_dump_json()
        assert same == (old.number != number)
        assert read or old.number == number
        assert old.scene_id == new.scene_id


def test_a_montage_scene_shows_other_shots(studio: Any) -> None:
    shoot = [studio.silent(f"{name}.mp4", 40, shots=10) for name in ("sea", "sky")]
    before = first(studio, shoot)
    after = redo_scene(studio.job(shoot), shoot, before, 2, "")
    assert after.scenes[1].segments != before.scenes[1].segments
    assert {s.source for s in after.scenes[1].segments} == {before.scenes[1].segments[0].source}


def test_a_scene_that_is_not_there(studio: Any, shoot: Any) -> None:
    with pytest.raises(SceneNotFound):
        redo_scene(studio.job(shoot), shoot, first(studio, shoot), 99, "")


VOCABULARY = "we built never and you river ask, why um so it sea."
WORDS = st.sampled_from(VOCABULARY.split())
LINE = st.tuples(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.floats(0.1, 3.0))


@settings(max_examples=25, deadline=None)
@given(
    script=st.lists(LINE, min_size=1, max_size=14),
    seas=st.lists(st.floats(0.3, 25.0), max_size=2),
    feedback=st.sampled_from([*HEARD, ""]),
    whole=st.booleans(),
)
def test_every_version_can_be_cut(
    studio: Any, script: Any, seas: list[float], feedback: str, whole: bool
) -> None:
    shoot = [studio.talk(script, role="a_roll")]
    shoot += [studio.silent(f"sea{n}.mp4", length, shots=2) for n, length in enumerate(seas)]
    job, before = studio.job(shoot), first(studio, shoot)
    last = before.scenes[-1].number
    if whole:
        after = redo_all(job, shoot, before, feedback, version=2)
    else:
        after = redo_scene(job, shoot, before, last, feedback)
    assert cut_of(after) != cut_of(before)
    assert after == Edit.model_validate_json(after.model_dump_json())
    derive(after, job, shoot)
