"""OpenTimelineIO: what an editor opens is the cut that was rendered."""

from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest

from contracts.timeline import Music, Transition
from render.interchange import to_otio


@pytest.fixture
def document(media: Any, clip: Any, timeline: Any) -> Any:
    film, other = media.film(seconds=4, name="four.mp4"), media.film()
    dissolve = Transition(kind="dissolve", duration_us=400_000)
    voice = clip(other, 1, 0, 1).model_copy(update={"clip_id": "voice"})
    edit = timeline(
        [film, other],
        [clip(film, 0, 0.5, 1.5), clip(other, 0.6, 0, 2, transition=dissolve)],
        cutaways=(clip(film, 1.2, 2, 2.5),),
        voice=(voice,),
        music=Music(source=film.asset_id),
        rate=Fraction(25),
        reason="the best of it",
    )
    return otio.adapters.read_from_string(to_otio(edit), "otio_json")


def test_it_reads_back_with_all_tracks(document: Any) -> None:
    assert [track.name for track in document.tracks] == [
        "Picture",
        "Cutaways",
        "Sound",
        "Voice",
        "Music",
    ]
    assert document.metadata["cinema"]["reason"] == "the best of it"


def test_the_spine_is_as_long_as_the_cut(document: Any) -> None:
    picture = document.tracks[0]
    assert picture.duration().to_seconds() == pytest.approx(2.6)
    dissolve = picture[1]
    assert isinstance(dissolve, otio.schema.Transition)
    assert (dissolve.in_offset.value, dissolve.out_offset.value) == (5, 5)


def test_clips_name_their_source_its_range_and_the_reason(document: Any) -> None:
    first, cutaway = document.tracks[0][0], document.tracks[1][1]
    assert first.media_reference.target_url == "four.mp4"
    assert first.source_range.start_time.value == 13
    assert first.markers[0].name == "because"
    assert isinstance(document.tracks[1][0], otio.schema.Gap)
    assert document.tracks[1][0].duration().value == 30
    assert cutaway.source_range.start_time.value == 50
    assert cutaway.duration().value == 13
