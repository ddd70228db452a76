"""What a timeline promises to the renderer, and what it refuses."""

from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.timeline import Captions, Clip, Timeline, Transition

TALK = "019a9f10-7c00-7000-8000-0000000000c1"
STILL = "019a9f10-7c00-7000-8000-0000000000c2"
UNKNOWN = "019a9f10-7c00-7000-8000-0000000000c9"
LENGTH = 60_000_000

Json = dict[str, Any]


def source(asset_id: str, kind: str, duration_us: int) -> Json:
    media = {"kind": kind, "container": "mp4", "size_bytes": 1, "duration_us": duration_us}
    names = {"filename": "a", "object_key": "assets/a", "sha256": "a"}
    return {"asset_id": asset_id, "media": media, **names}


def clip(start: int, length: int, **more: Any) -> Json:
    return {
        "clip_id": f"at-{start}",
        "source": TALK,
        "start_us": start,
        "in_us": 0,
        "out_us": length,
        "reason": "test",
        **more,
    }


def timeline(**more: Any) -> Timeline:
    return Timeline.model_validate(
        {
            "kind": "cinematic",
            "aspect_ratio": "16:9",
            "canvas": {"width": 1920, "height": 1080},
            "rate": "25/1",
            "sources": [source(TALK, "video", LENGTH), source(STILL, "image", 0)],
            "picture": [clip(0, 4_000_000)],
            "provenance": {"director": "test"},
            **more,
        }
    )


@st.composite
def spines(draw: st.DrawFn) -> list[Json]:
    """Clips in order, each entered by a cut or by a transition that overlaps the one before."""
    lengths = draw(st.lists(st.integers(1, LENGTH), min_size=1, max_size=8))
    overlaps = [0] + [
        draw(st.integers(0, min(before, after))) for before, after in pairwise(lengths)
    ]
    moves = (length - overlap for length, overlap in zip(lengths, [*overlaps[1:], 0], strict=True))
    starts = [0, *accumulate(moves)]
    return [
        clip(start, length, transition=transition(overlap))
        for start, length, overlap in zip(starts, lengths, overlaps, strict=False)
    ]


def transition(overlap: int) -> Json:
    return {"kind": "dissolve" if overlap else "cut", "duration_us": overlap}


@given(spines())
def test_a_gapless_spine_is_taken_and_lasts_as_long_as_its_clips(spine: list[Json]) -> None:
    overlap = sum(part["transition"]["duration_us"] for part in spine)
    length = sum(part["out_us"] for part in spine)
    assert timeline(picture=spine).duration_us == length - overlap


@given(spines(), st.data())
def test_any_gap_or_overlap_on_the_spine_is_refused(spine: list[Json], data: st.DataObject) -> None:
    shift = data.draw(st.integers(1, LENGTH))
    for part in spine[data.draw(st.integers(0, len(spine) - 1)) :]:
        part["start_us"] += shift
    with pytest.raises(ValidationError, match=r"gap or overlap|begins at 0"):
        timeline(picture=spine)


def test_a_transition_cannot_outlast_the_clip_that_it_leaves() -> None:
    spine = [clip(0, 9_000), clip(9_000, 1_000), clip(8_000, 5_000, transition=transition(2_000))]
    with pytest.raises(ValidationError, match="longer than the clip before"):
        timeline(picture=spine)


@given(spines())
def test_it_is_the_same_after_a_journey_as_json(spine: list[Json]) -> None:
    told = timeline(picture=spine)
    assert Timeline.model_validate_json(told.model_dump_json()) == told


@given(st.integers(0, 4_000_000), st.integers(1, 4_000_000))
def test_a_cutaway_lies_within_the_picture(start: int, length: int) -> None:
    cutaways = [clip(start, length)]
    if start + length <= 4_000_000:
        assert timeline(cutaways=cutaways).cutaways[0].end_us == start + length
    else:
        with pytest.raises(ValidationError, match="outlasts"):
            timeline(cutaways=cutaways)


@given(st.integers(0, 1_500_000))
def test_cutaways_do_not_overlap(second: int) -> None:
    cutaways = [clip(0, 1_000_000), clip(second, 1_000_000)]
    if second >= 1_000_000:
        assert len(timeline(cutaways=cutaways).cutaways) == 2
    else:
        with pytest.raises(ValidationError, match="overlaps"):
            timeline(cutaways=cutaways)


@pytest.mark.parametrize("track", ["picture", "cutaways", "voice"])
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"source": UNKNOWN}, "unknown source"),
        ({"in_us": LENGTH, "out_us": LENGTH + 1}, "outside its source"),
        ({"in_us": 5, "out_us": 5}, "out point is not after in point"),
        ({"transition": {"kind": "wipe", "duration_us": 9_000_000}}, "longer than the clip"),
        ({"transition": {"kind": "wipe", "duration_us": 0}}, "a cut takes no time"),
        ({"transition": {"kind": "cut", "duration_us": 5}}, "a cut takes no time"),
    ],
)
def test_a_clip_makes_sense_on_any_track(track: str, changed: Json, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        timeline(**{track: [clip(0, 1_000_000, **changed)]})


def test_a_still_lasts_as_long_as_it_is_wanted() -> None:
    assert timeline(picture=[clip(0, LENGTH * 3, source=STILL)]).duration_us == LENGTH * 3


def test_music_comes_from_a_source() -> None:
    with pytest.raises(ValidationError, match="music"):
        timeline(music={"source": UNKNOWN})
    assert timeline(music={"source": TALK}).music is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"picture": []},
        {"canvas": {"width": 1919, "height": 1080}},
        {"canvas": {"width": 0, "height": 1080}},
        {"rate": "25/0"},
        {"captions": {"groups": [{"words": []}]}},
    ],
)
def test_other_nonsense(changed: Json) -> None:
    with pytest.raises(ValidationError):
        timeline(**changed)


def test_a_clip_finds_its_source() -> None:
    told = timeline()
    assert str(told.source_of(told.picture[0]).asset_id) == TALK


def test_defaults() -> None:
    assert Captions().groups == ()
    assert Transition().kind == "cut"
    assert Clip.model_validate(clip(3, 7)).end_us == 10


def test_a_caption_spans_its_words() -> None:
    words = [
        {"start_us": 5, "end_us": 9, "text": "Hi"},
        {"start_us": 9, "end_us": 12, "text": "you."},
    ]
    [group] = timeline(captions={"groups": [{"words": words}]}).captions.groups
    assert (group.start_us, group.end_us, group.text) == (5, 12, "Hi you.")
