"""Parts: what outputs have in common is made once, and equal content has an equal name."""

from typing import Any
from uuid import UUID

import pytest

from contracts.artifacts import Word
from contracts.timeline import Brand, Canvas, Caption, Captions, Timeline
from render.parts import Part, plan_parts

LONG, SHORT = UUID(int=1), UUID(int=2)


def say(*words: tuple[str, float]) -> Captions:
    spoken = (
        Word(start_us=round(at * 1e6), end_us=round((at + 0.4) * 1e6), text=text)
        for text, at in words
    )
    return Captions(groups=tuple(Caption(words=(word,)) for word in spoken))


@pytest.fixture
def cuts(media: Any, clip: Any, timeline: Any) -> dict[UUID, Timeline]:
    """A cut of three takes, and one of its middle take alone; a word is said in it."""
    film = media.film(seconds=4)
    takes = [clip(film, 0, 0, 1), clip(film, 1, 1.5, 2.5), clip(film, 2, 3, 4)]
    long = timeline([film], takes, captions=say(("now", 1.3)))
    short = timeline([film], [clip(film, 0, 1.5, 2.5)], captions=say(("now", 0.3)))
    return {LONG: long, SHORT: short}


def pictures(cuts: dict[UUID, Timeline]) -> list[Part]:
    return [part for part in plan_parts(cuts) if part.kind == "picture"]


def legs(part: Part) -> int:
    return len(part.chunk.legs) if part.chunk else 0


def test_what_looks_alike_is_coded_once(cuts: dict[UUID, Timeline]) -> None:
    parts = pictures(cuts)
    assert [legs(part) for part in parts] == [1, 1, 1]
    assert [(s.output_id, s.start) for s in parts[1].shares] == [(LONG, 30), (SHORT, 0)]


@pytest.mark.parametrize(
    "change",
    [
        {"captions": say(("now", 0.5))},
        {"captions": say(("not", 0.3))},
        {"canvas": Canvas(width=90, height=160)},
        {"brand": Brand(accent="#00FF00")},
    ],
)
def test_what_looks_different_is_not(cuts: dict[UUID, Timeline], change: dict[str, Any]) -> None:
    cuts[SHORT] = cuts[SHORT].model_copy(update=change)
    parts = pictures(cuts)
    assert [legs(part) for part in parts] == [1, 2, 1]


def test_cuts_that_sound_alike_share_their_sound(cuts: dict[UUID, Timeline]) -> None:
    tall = cuts[LONG].model_copy(update={"canvas": Canvas(width=90, height=160)})
    parts = plan_parts({**cuts, UUID(int=3): tall})
    sounds = [part for part in parts if part.kind == "sound"]
    assert [len(part.shares) for part in sounds] == [2, 1]


def test_equal_content_has_an_equal_name(cuts: dict[UUID, Timeline]) -> None:
    names = {part.digest for part in plan_parts(cuts)}
    assert names == {
        part.digest for part in plan_parts({UUID(int=8): cuts[LONG], UUID(int=9): cuts[SHORT]})
    }
    assert len(names) == 5


def test_a_leg_alone_keeps_its_number(cuts: dict[UUID, Timeline]) -> None:
    cuts[SHORT] = cuts[SHORT].model_copy(update={"captions": Captions()})
    both = pictures(cuts)[1]
    alone = both.alone(1)
    assert alone.digest == f"{both.digest}-1"
    assert [share.leg for share in alone.shares] == [1]
    assert legs(alone) == 1
