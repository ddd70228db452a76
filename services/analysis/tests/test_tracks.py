from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analysis.faces import Face, overlap, surest
from analysis.tracks import Sighting, follow
from contracts.artifacts import Span

STEP = 250_000
WHOLE = [Span(start_us=0, end_us=60_000_000)]

shares = st.floats(0, 0.8)
faces = st.builds(Face, shares, shares, st.floats(0.02, 0.2), st.floats(0.02, 0.2), st.floats(0, 1))


def face(x: float, y: float = 0.4, size: float = 0.1, score: float = 0.9) -> Face:
    return Face(x, y, size, size, score)


def sightings(*seen: list[Face]) -> list[Sighting]:
    return [Sighting(i * STEP, faces) for i, faces in enumerate(seen)]


@given(faces, faces)
def test_overlap_is_symmetric_and_a_share(one: Face, other: Face) -> None:
    assert overlap(one, other) == overlap(other, one)
    assert 0 <= overlap(one, other) <= 1.000001


@given(st.lists(faces, max_size=8))
def test_no_two_boxes_on_one_face_survive(many: list[Face]) -> None:
    kept = surest(many)
    assert all(overlap(a, b) < 0.3 for i, a in enumerate(kept) for b in kept[:i])
    assert all(any(overlap(face, k) >= 0.3 or face == k for k in kept) for face in many)


@given(st.lists(st.lists(faces, max_size=4), max_size=12))
def test_each_sighting_belongs_to_one_track_at_most(seen: list[list[Face]]) -> None:
    tracks = follow(sightings(*seen), WHOLE)
    for track in tracks:
        times = [box.at_us for box in track.boxes]
        assert times == sorted(set(times))
        assert all(b - a <= 1_000_000 for a, b in pairwise(times))
    assert sum(len(track.boxes) for track in tracks) <= sum(map(len, seen))
    assert [track.track_id for track in tracks] == list(range(1, len(tracks) + 1))


def test_a_face_is_followed_while_it_walks() -> None:
    tracks = follow(sightings(*([face(0.05 * i)] for i in range(12))), WHOLE)
    assert [len(track.boxes) for track in tracks] == [12]


def test_two_faces_that_stay_apart_are_two_tracks() -> None:
    tracks = follow(sightings(*([face(0.2), face(0.6)] for _ in range(6))), WHOLE)
    assert [{box.x for box in track.boxes} for track in tracks] == [{0.6}, {0.2}] or [
        {box.x for box in track.boxes} for track in tracks
    ] == [{0.2}, {0.6}]


def test_a_short_gap_is_bridged_and_a_long_one_is_not() -> None:
    short = [[face(0.3)]] * 4 + [[]] * 2 + [[face(0.32)]] * 4
    long = [[face(0.3)]] * 4 + [[]] * 6 + [[face(0.32)]] * 4
    assert len(follow(sightings(*short), WHOLE)) == 1
    assert len(follow(sightings(*long), WHOLE)) == 2


def test_flickers_and_doubtful_faces_are_dropped() -> None:
    flicker = [[face(0.3)], [face(0.3)], *[[]] * 6]
    doubtful = [[face(0.3, score=0.52)]] * 8
    assert follow(sightings(*flicker), WHOLE) == ()
    assert follow(sightings(*doubtful), WHOLE) == ()


def test_a_cut_ends_a_track() -> None:
    shots = [Span(start_us=0, end_us=1_000_000), Span(start_us=1_000_000, end_us=2_000_000)]
    tracks = follow(sightings(*([face(0.3)] for _ in range(8))), shots)
    assert [(t.boxes[0].at_us, t.boxes[-1].at_us) for t in tracks] == [
        (0, 750_000),
        (1_000_000, 1_750_000),
    ]


def test_a_shot_too_short_for_three_samples_keeps_its_face() -> None:
    assert len(follow(sightings([face(0.3)]), [Span(start_us=0, end_us=200_000)])) == 1
