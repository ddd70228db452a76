from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analysis.spans import joined, padded, pieces, shifted, within
from contracts.artifacts import Span

times = st.integers(0, 2_000)
spans = st.builds(
    lambda start, length: Span(start_us=start, end_us=start + length), times, st.integers(1, 200)
)
lists = st.lists(spans, max_size=12)


def covered(many: list[Span]) -> set[int]:
    return {us for span in many for us in range(span.start_us, span.end_us)}


@given(lists)
def test_joining_keeps_what_is_covered_and_nothing_overlaps(many: list[Span]) -> None:
    result = joined(many, 0)
    assert covered(result) == covered(many)
    assert all(a.end_us < b.start_us for a, b in pairwise(result))


@given(lists, st.integers(0, 100))
def test_joined_spans_lie_further_apart_than_the_gap(many: list[Span], gap: int) -> None:
    result = joined(many, gap)
    assert all(b.start_us - a.end_us > gap for a, b in pairwise(result))
    assert covered(many) <= covered(result)


@given(lists, st.integers(200, 600))
def test_joining_makes_nothing_longer_than_allowed(many: list[Span], longest: int) -> None:
    assert all(span.duration_us <= longest for span in joined(many, 50, longest))


@given(lists, st.integers(0, 90))
def test_padding_stays_within_the_sound(many: list[Span], pad: int) -> None:
    end = 2_250
    result = padded(many, pad, end)
    assert covered(many) <= covered(result)
    assert all(0 <= span.start_us < span.end_us <= end for span in result)


@given(spans, st.integers(1, 300))
def test_pieces_make_up_the_whole(span: Span, longest: int) -> None:
    parts = list(pieces(span, longest))
    assert covered(parts) == covered([span])
    assert sum(part.duration_us for part in parts) == span.duration_us
    assert max(part.duration_us for part in parts) <= longest


@given(lists, times, times)
def test_within_is_the_intersection(many: list[Span], start: int, end: int) -> None:
    assert covered(within(many, start, end)) == covered(many) & set(range(start, end))


def test_what_lies_before_the_picture_is_cut_off() -> None:
    moved = shifted([Span(start_us=0, end_us=10), Span(start_us=15, end_us=40)], -20)
    assert moved == (Span(start_us=0, end_us=20),)
