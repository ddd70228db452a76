"""The virtual camera: where a crop window goes so that a face stays well within it.

Lazy: within a dead zone around the face nothing moves. The line through those zones is the taut
string, its corners are rounded, and it starts anew at every shot.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt

from contracts.artifacts import FaceBox, FaceTrack, Shot
from contracts.timeline import PathPoint
from storyboard.cuts.taut_string import taut_string
from storyboard.footage import Footage

Line = list[tuple[int, float]]
Points = list[tuple[int, float, float]]
_DEAD_ZONE = 0.2
"""Of the crop's size, on either side of the face's place."""
_FACE_ROOM = 0.55
_HEADROOM = 0.06
_ROUNDING_US = 600_000
_GRID_US = 150_000
_TOLERANCE = 0.003
_LEAP_PER_S = 1.5


@dataclass(frozen=True)
class Crop:
    """The crop window's size, in shares of the picture."""

    width: float
    height: float


def camera_path(footage: Footage, crop: Crop) -> tuple[PathPoint, ...]:
    """Where the crop's centre is, in source time, over the whole of the footage."""
    points: Points = []
    for shot in footage.shots:
        points += _shot_points(shot, list(_followed(shot, footage.faces)), crop)
    return tuple(PathPoint(at_us=t, x=round(x, 4), y=round(y, 4)) for t, x, y in points)


def slice_path(path: Sequence[PathPoint], in_us: int, out_us: int) -> tuple[PathPoint, ...]:
    """The part of a path that a clip needs, its ends interpolated."""
    inner = [point for point in path if in_us < point.at_us < out_us]
    ends = _point_at(path, in_us), _point_at(path, out_us)
    points = (ends[0], *inner, ends[1])
    still = all((point.x, point.y) == (ends[0].x, ends[0].y) for point in points)
    return points[:1] if still else points


def _point_at(path: Sequence[PathPoint], at_us: int) -> PathPoint:
    index = bisect_right(path, at_us, key=lambda point: point.at_us)
    before, after = path[max(index - 1, 0)], path[min(index, len(path) - 1)]
    if after.at_us <= before.at_us or at_us <= before.at_us:
        return PathPoint(at_us=at_us, x=before.x, y=before.y)
    share = (at_us - before.at_us) / (after.at_us - before.at_us)
    x = before.x + share * (after.x - before.x)
    y = before.y + share * (after.y - before.y)
    return PathPoint(at_us=at_us, x=round(x, 4), y=round(y, 4))


def _followed(shot: Shot, tracks: Sequence[FaceTrack]) -> Iterator[FaceBox]:
    """The face that is largest for longest; others only while it is away. In order of time."""
    seen = [[b for b in t.boxes if shot.start_us <= b.at_us < shot.end_us] for t in tracks]
    chosen: list[FaceBox] = []
    for boxes in sorted(filter(None, seen), key=lambda boxes: -_presence(boxes)):
        taken = [box.at_us for box in chosen]
        start, end = boxes[0].at_us, boxes[-1].at_us
        if not any(start <= at <= end for at in taken) and not _encloses(taken, start, end):
            chosen += boxes
    once = {box.at_us: box for box in chosen}
    yield from (once[at] for at in sorted(once))


def _encloses(taken: Sequence[int], start_us: int, end_us: int) -> bool:
    """Whether the followed face is there before and after, a moment apart: it only blinked."""
    before = max((at for at in taken if at <= start_us), default=None)
    after = min((at for at in taken if at >= end_us), default=None)
    return before is not None and after is not None and after - before < 1_500_000


def _presence(boxes: Sequence[FaceBox]) -> float:
    return sum(box.score * sqrt(box.width * box.height) for box in boxes)


def _shot_points(shot: Shot, faces: Sequence[FaceBox], crop: Crop) -> Points:
    if not faces:
        return [(shot.start_us, 0.5, 0.5), (shot.end_us - 1, 0.5, 0.5)][
            : 1 + (shot.duration_us > 1)
        ]
    points: Points = []
    for run in _runs(faces, crop):
        start = run[0].at_us if points else shot.start_us
        points = [point for point in points if point[0] < start]
        if points and points[-1][0] < start - 1:
            points.append((start - 1, *points[-1][1:]))
        points += _run_points(run, crop, start)
    if points[-1][0] < shot.end_us - 1:
        points.append((shot.end_us - 1, *points[-1][1:]))
    return _simplified(points)


def _runs(faces: Sequence[FaceBox], crop: Crop) -> Iterator[list[FaceBox]]:
    """Parts without leaps. To someone elsewhere in the picture the camera cuts, it does not fly."""
    run = [faces[0]]
    for left, right in pairwise(faces):
        leap = abs(_centre(right)[0] - _centre(left)[0])
        seconds = (right.at_us - left.at_us) / 1e6
        if leap > crop.width / 2 and leap > _LEAP_PER_S * seconds:
            yield run
            run = []
        run.append(right)
    yield run


def _centre(box: FaceBox) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def _run_points(run: Sequence[FaceBox], crop: Crop, start_us: int) -> Points:
    times = [box.at_us for box in run]
    across = _axis(times, [_centre(box)[0] for box in run], [box.width for box in run], crop.width)
    level = [_centre(box)[1] + _HEADROOM * crop.height for box in run]
    sizes = [box.height + 2 * _HEADROOM * crop.height for box in run]
    upright = _axis(times, level, sizes, crop.height)
    grid = sorted({*times, *range(times[0], times[-1], _GRID_US)})
    points = [(t, _value(across, t), _value(upright, t)) for t in grid]
    return [(start_us, *points[0][1:]), *points] if start_us < grid[0] else points


def _axis(
    times: Sequence[int], centres: Sequence[float], sizes: Sequence[float], crop: float
) -> Line:
    """One coordinate of the camera over time."""
    low, high = min(crop / 2, 0.5), max(1 - crop / 2, 0.5)
    rooms = [max((crop - size) / 2 - 2 * _TOLERANCE, 0.0) for size in sizes]
    zones = [min(_FACE_ROOM * room, _DEAD_ZONE * crop) for room in rooms]

    def bounds(reach: Sequence[float]) -> tuple[list[float], list[float]]:
        both = list(zip(centres, reach, strict=True))
        return (
            [min(max(centre - room, low), high) for centre, room in both],
            [min(max(centre + room, low), high) for centre, room in both],
        )

    string = taut_string(times, *bounds(zones))
    line = _rounded(string)
    lower, upper = bounds(rooms)
    held = {t: min(max(_value(line, t), lower[i]), upper[i]) for i, t in enumerate(times)}
    return sorted({**dict(line), **held}.items())


def _rounded(line: Line) -> Line:
    """Corners rounded by a moving average, so that it starts and stops gently."""
    if len({value for _, value in line}) == 1:
        return line
    half = _ROUNDING_US // 2
    grid = sorted({t for t, _ in line} | set(range(line[0][0], line[-1][0], _GRID_US)))
    steps = range(-half, half + 1, half // 3)
    return [(t, sum(_value(line, t + step) for step in steps) / len(steps)) for t in grid]


def _value(line: Line, at_us: int) -> float:
    """Linear between points, held at the ends."""
    index = bisect_right(line, (at_us, inf))
    if index == 0:
        return line[0][1]
    if index == len(line):
        return line[-1][1]
    (t0, v0), (t1, v1) = line[index - 1], line[index]
    return v0 + (v1 - v0) * (at_us - t0) / (t1 - t0)


def _simplified(points: Points) -> Points:
    """Few points, none off by more than 0.3 % of the picture (Ramer, Douglas and Peucker)."""
    keep = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        worst, error = first, _TOLERANCE
        for index in range(first + 1, last):
            if (off := _deviation(points[first], points[last], points[index])) > error:
                worst, error = index, off
        if worst != first:
            keep.add(worst)
            stack += [(first, worst), (worst, last)]
    return [points[index] for index in sorted(keep)]


Point = tuple[int, float, float]


def _deviation(start: Point, end: Point, point: Point) -> float:
    share = (point[0] - start[0]) / (end[0] - start[0])
    across = abs(start[1] + share * (end[1] - start[1]) - point[1])
    return max(across, abs(start[2] + share * (end[2] - start[2]) - point[2]))
