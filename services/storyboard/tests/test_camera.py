"""The virtual camera keeps the face and keeps still."""

import random
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.artifacts import FaceBox, FaceTrack
from storyboard.cuts.camera import Crop, camera_path, slice_path
from storyboard.cuts.taut_string import taut_string
from storyboard.footage import SECOND, Footage

TALL = Crop(0.316, 1.0)
STEP_US = SECOND // 4


def followed(studio: Any, centres: list[float], *, size: float = 0.12, shots: int = 1) -> Footage:
    boxes = tuple(
        FaceBox(at_us=n * STEP_US, x=x - size / 2, y=0.3, width=size, height=0.2, score=0.9)
        for n, x in enumerate(centres)
    )
    length = len(centres) * STEP_US
    plain = studio.silent("walk.mp4", length / SECOND, shots=shots)
    faces = (FaceTrack(track_id=1, boxes=boxes),)
    analysis = plain.analysis.model_copy(update={"faces": faces})
    return Footage(plain.asset_id, plain.filename, plain.object_key, analysis)


def moved(path: Any) -> float:
    return sum((abs(right.x - left.x) for left, right in pairwise(path)), 0.0)


def test_a_restless_face_does_not_move_the_camera(studio: Any) -> None:
    noise = random.Random(1)
    path = camera_path(
        followed(studio, [0.5 + noise.uniform(-0.03, 0.03) for _ in range(80)]), TALL
    )
    assert moved(path) == 0.0


def test_a_walk_is_followed_in_one_calm_move(studio: Any) -> None:
    noise = random.Random(2)
    walk = [0.2 + 0.6 * n / 60 + noise.uniform(-0.02, 0.02) for n in range(61)]
    path = camera_path(followed(studio, walk), TALL)
    speeds = [
        (right.x - left.x) / (right.at_us - left.at_us) * SECOND for left, right in pairwise(path)
    ]
    assert moved(path) < 0.6
    assert min(speeds) > -0.001
    assert max(speeds) < 0.08
    assert len(path) < 15


def test_the_camera_starts_anew_at_a_cut(studio: Any) -> None:
    path = camera_path(followed(studio, [0.3] * 20 + [0.7] * 20, shots=2), TALL)
    assert {round(point.x, 2) for point in path} == {0.3, 0.7}
    assert [point.at_us for point in path] == [0, 5 * SECOND - 1, 5 * SECOND, 10 * SECOND - 1]


def test_the_camera_cuts_to_someone_else_instead_of_flying(studio: Any) -> None:
    path = camera_path(followed(studio, [0.2] * 20 + [0.8] * 20), TALL)
    assert {round(point.x, 1) for point in path} == {0.2, 0.8}


def test_without_faces_it_looks_at_the_middle(studio: Any) -> None:
    assert {(p.x, p.y) for p in camera_path(studio.silent("b.mp4"), TALL)} == {(0.5, 0.5)}


def test_a_slice_holds_what_a_clip_needs(studio: Any) -> None:
    path = camera_path(followed(studio, [0.2 + 0.6 * n / 60 for n in range(61)]), TALL)
    clip = slice_path(path, 4 * SECOND, 6 * SECOND)
    assert (clip[0].at_us, clip[-1].at_us) == (4 * SECOND, 6 * SECOND)
    still = camera_path(followed(studio, [0.5] * 40), TALL)
    assert len(slice_path(still, SECOND, 2 * SECOND)) == 1


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.floats(-0.12, 0.12), min_size=1, max_size=60),
    size=st.floats(0.03, 0.25),
    start=st.floats(0.2, 0.8),
)
def test_a_sampled_face_is_never_outside(
    studio: Any, steps: list[float], size: float, start: float
) -> None:
    centres = [start]
    for step in steps:
        centres.append(min(max(centres[-1] + step, size / 2), 1 - size / 2))
    path = camera_path(followed(studio, centres, size=size), TALL)
    assert all(TALL.width / 2 - 1e-6 <= point.x <= 1 - TALL.width / 2 + 1e-6 for point in path)
    for n, centre in enumerate(centres):
        (point,) = slice_path(path, n * STEP_US, n * STEP_US + 1)[:1]
        assert abs(point.x - centre) <= (TALL.width - size) / 2 + 4e-3


@settings(max_examples=80, deadline=None)
@given(
    tube=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.3)), min_size=2, max_size=30),
)
def test_a_taut_string_stays_in_its_tube(tube: list[tuple[float, float]]) -> None:
    times = list(range(len(tube)))
    lower, upper = [a for a, _ in tube], [a + width for a, width in tube]
    corners = dict(taut_string(times, lower, upper))
    at = sorted(corners)
    assert (at[0], at[-1]) == (0, times[-1])
    for left, right in pairwise(at):
        for t in range(left, right + 1):
            value = corners[left] + (corners[right] - corners[left]) * (t - left) / (right - left)
            assert lower[t] - 1e-9 <= value <= upper[t] + 1e-9
