"""Captions are grouped for readers."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events import AspectRatio
from storyboard.cuts.captions import LINE_WIDTH, SHORTEST_US, captions, fits
from storyboard.cuts.draft import whole
from storyboard.rules.director import direct
from storyboard.wishes import Wishes


def grouped(studio: Any, script: Any, aspect: AspectRatio) -> Any:
    shoot = [studio.talk(script, role="a_roll")]
    draft = whole(direct(studio.job(shoot), shoot, Wishes(), version=1))
    return draft, captions(draft, {one.asset_id: one for one in shoot}, aspect)


def test_groups_break_where_a_reader_would(studio: Any) -> None:
    text = "Now we are building three more, and the children walk to school."
    assert [g.text for g in grouped(studio, [(text, 1.0)], "9:16")[1]] == [
        "Now we are building three more,",
        "and the children walk to school.",
    ]


def test_times_follow_the_cut(studio: Any) -> None:
    _, groups = grouped(
        studio, [("Here it begins now.", 4.0), ("There it ends then.", 1.0)], "16:9"
    )
    assert groups[0].start_us == 120_000
    silence = groups[1].start_us - groups[0].words[-1].start_us - 260_000
    assert silence == 320_000


def test_wide_letters_count_double() -> None:
    assert fits(["あ" * 16] * 2, 32)
    assert not fits(["あ" * 17], 32)
    assert not fits(["あ" * 16] * 3, 32)


WORD = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=12)
LINE = st.tuples(st.lists(WORD, min_size=1, max_size=30).map(" ".join), st.floats(0.1, 2.0))


@settings(max_examples=40, deadline=None)
@given(script=st.lists(LINE, min_size=1, max_size=6), aspect=st.sampled_from(["16:9", "9:16"]))
def test_every_word_is_shown_once_in_groups_that_fit(
    studio: Any, script: Any, aspect: AspectRatio
) -> None:
    draft, groups = grouped(studio, script, aspect)
    shown = [word for group in groups for word in group.text.split()]
    kept = [m.text for piece in draft.pieces for m in piece.segment.moments]
    assert shown == " ".join(kept).split()
    for group, following in zip(groups, [*groups[1:], None], strict=False):
        assert fits(group.text.split(), LINE_WIDTH[aspect])
        limit = following.start_us if following else draft.duration_us
        assert group.end_us <= limit
        assert group.end_us - group.start_us >= min(SHORTEST_US, limit - group.start_us)
