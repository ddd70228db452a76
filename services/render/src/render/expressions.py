"""Arithmetic that ffmpeg does per frame."""

from collections.abc import Sequence

Point = tuple[float, float]


def piecewise(points: Sequence[Point], variable: str) -> str:
    """Linear between points (at, value) in rising order, held before the first and after the last.

    A search tree: a flat sum of a hundred terms is deeper than ffmpeg's parser goes.
    """
    first, last = points[0], points[-1]
    if all(abs(value - first[1]) < 1e-6 for _, value in points):
        return f"{first[1]:.4f}"
    inside = _search(points, variable)
    return (
        f"if(lte({variable},{first[0]:.4f}),{first[1]:.4f},"
        f"if(gte({variable},{last[0]:.4f}),{last[1]:.4f},{inside}))"
    )


def _search(points: Sequence[Point], variable: str) -> str:
    if len(points) == 2:
        (start, value), (end, to) = points
        slope = (to - value) / max(end - start, 1e-6)
        return f"({value:.4f}+({slope:.8f})*({variable}-({start:.4f})))"
    middle = len(points) // 2
    left = _search(points[: middle + 1], variable)
    right = _search(points[middle:], variable)
    return f"if(lt({variable},{points[middle][0]:.4f}),{left},{right})"
