"""The planner: each frame of each output once, from bounded chunks that share decoding."""

from dataclasses import replace
from fractions import Fraction
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from render.chunks import MAX_SECONDS, MAX_STEPS, TOLERANCE, Chunk, Track, plan_chunks
from render.spans import Span

RATE = Fraction(30000, 1001)
SOURCES = [UUID(int=n) for n in range(1, 4)]


def row_of(pieces: list[tuple[int, int, int, int]]) -> tuple[Span, ...]:
    """Spans from (source, first, count, overlap with the one before)."""
    spans: list[Span] = []
    for source, first, count, overlap in pieces:
        room = min(overlap, count - 1, spans[-1].count - 1) if spans else 0
        if len(spans) > 1:
            room = min(room, spans[-1].end - spans[-2].end)
        start = spans[-1].end - max(room, 0) if spans else 0
        span = Span(start, start + count, SOURCES[source], first)
        spans.append(replace(span, enter="dissolve") if room > 0 else span)
    return tuple(spans)


def track(number: int, *pieces: tuple[int, int, int, int]) -> Track:
    return Track(UUID(int=100 + number), RATE, row_of(list(pieces)))


piece = st.tuples(
    st.integers(0, 2), st.integers(0, 4000), st.integers(1, 1500), st.sampled_from([0, 0, 0, 5, 12])
)
rows = st.lists(piece, min_size=1, max_size=30)


@st.composite
def jobs(draw: st.DrawFn) -> list[Track]:
    """A director's cut, and cuts that take stretches of it, jittered by a frame, or their own."""
    whole = draw(rows)
    tracks = [whole]
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(whole) - 1))
        some = whole[start : start + draw(st.integers(1, len(whole)))]
        jitter = draw(st.integers(0, 1))
        tracks.append(
            [(s, f, n + jitter, o) for s, f, n, o in some] if draw(st.booleans()) else draw(rows)
        )
    return [track(number, *pieces) for number, pieces in enumerate(tracks)]


@settings(max_examples=60, deadline=None)
@given(jobs())
def test_every_frame_of_every_output_is_rendered_once(tracks: list[Track]) -> None:
    chunks = plan_chunks(tracks)
    for one in tracks:
        legs = [leg for chunk in chunks for leg in chunk.legs if leg.output_id == one.output_id]
        legs.sort(key=lambda leg: leg.start)
        assert [leg.start for leg in legs] == [0, *(leg.start + leg.frames for leg in legs)][:-1]
        assert sum(leg.frames for leg in legs) == one.frames
        shown = {frame: source for leg in legs for frame, source in _shown(leg.spans)}
        assert shown == dict(_shown(one.spans))


@settings(max_examples=60, deadline=None)
@given(jobs())
def test_chunks_are_bounded_and_their_outputs_walk_together(tracks: list[Track]) -> None:
    for chunk in plan_chunks(tracks):
        assert len(chunk.steps) <= MAX_STEPS
        frames = sum(step.last - step.first for step in chunk.steps)
        assert frames <= MAX_SECONDS * RATE or _is_one_atom(chunk)
        for leg in chunk.legs:
            pairs = list(zip(chunk.steps, leg.spans, strict=True))
            assert all(step.source == span.source for step, span in pairs)
            assert all(span.first - step.first <= TOLERANCE for step, span in pairs[1:])
            assert all(step.last - span.last <= TOLERANCE for step, span in pairs[:-1])


def _is_one_atom(chunk: Chunk) -> bool:
    return all(span.enter != "cut" for leg in chunk.legs for span in leg.spans[1:])


def _shown(spans: tuple[Span, ...]) -> list[tuple[tuple[int, UUID], int]]:
    """Which source frame is shown at each (timeline frame, source)."""
    return [((s.start + i, s.source), s.first + i) for s in spans for i in range(s.count)]


def test_outputs_that_share_a_cut_share_its_decoding() -> None:
    pieces = [(0, 100, 90, 0), (1, 10, 60, 0), (0, 300, 120, 0)]
    chunks = plan_chunks([track(1, *pieces), track(2, *pieces)])
    assert len(chunks) == 1
    assert {leg.output_id for leg in chunks[0].legs} == {UUID(int=101), UUID(int=102)}
    assert len(chunks[0].steps) == 3


def test_an_output_that_comes_and_goes_has_a_chunk_with_the_others() -> None:
    pieces = [(0, 100, 90, 0), (1, 10, 60, 0), (0, 300, 120, 0)]
    chunks = plan_chunks([track(1, *pieces), track(2, (1, 20, 40, 0))])
    assert [len(chunk.legs) for chunk in chunks] == [1, 2, 1]


def test_a_moment_inside_a_longer_take_is_cut_from_the_same_decode() -> None:
    chunks = plan_chunks([track(1, (0, 0, 400, 0)), track(2, (0, 200, 100, 0))])
    assert len(chunks) == 1
    assert chunks[0].steps[0].last == 400


def test_a_long_take_is_split_where_all_outputs_split_it() -> None:
    chunks = plan_chunks([track(1, (0, 0, 3000, 0)), track(2, (0, 30, 2000, 0))])
    assert all(sum(s.last - s.first for s in chunk.steps) <= MAX_SECONDS * RATE for chunk in chunks)
    assert sum(len(chunk.legs) for chunk in chunks) > len(chunks)
    assert len(chunks) == 5


def test_different_rates_share_nothing() -> None:
    one = track(1, (0, 0, 100, 0))
    other = replace(track(2, (0, 0, 100, 0)), rate=Fraction(25))
    assert len(plan_chunks([one, other])) == 2
