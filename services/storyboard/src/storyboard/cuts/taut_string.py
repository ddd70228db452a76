"""The taut string: the shortest line through a tube.

Of all lines that stay between a lower and an upper bound at every sample it moves least: it holds
still where it can and moves straight where it must (Davies and Kovac, 2001: taut strings).
"""

from collections.abc import Sequence


def taut_string(
    times: Sequence[int], lower: Sequence[float], upper: Sequence[float]
) -> list[tuple[int, float]]:
    """Corner points of the line, from the first to the last time. Both ends are free."""
    corners = [(times[0], _start(lower, upper))]
    index = 0
    while index < len(times) - 1:
        index, corner = _next_corner(times, lower, upper, index, corners[-1][1])
        corners.append(corner)
    return corners


def _start(lower: Sequence[float], upper: Sequence[float]) -> float:
    """The level that can be held longest; of such levels the one next to where it must go then."""
    low, high = lower[0], upper[0]
    for bottom, top in zip(lower[1:], upper[1:], strict=True):
        if bottom > high:
            return high
        if top < low:
            return low
        low, high = max(low, bottom), min(high, top)
    return (low + high) / 2


def _next_corner(
    times: Sequence[int],
    lower: Sequence[float],
    upper: Sequence[float],
    start: int,
    level: float,
) -> tuple[int, tuple[int, float]]:
    """Look ahead through a narrowing funnel of slopes until the line must bend, or the end."""
    steepest = (float("inf"), start)
    flattest = (float("-inf"), start)
    for index in range(start + 1, len(times)):
        span = times[index] - times[start]
        rise, fall = (upper[index] - level) / span, (lower[index] - level) / span
        if fall > steepest[0]:
            return steepest[1], (times[steepest[1]], upper[steepest[1]])
        if rise < flattest[0]:
            return flattest[1], (times[flattest[1]], lower[flattest[1]])
        steepest = min(steepest, (rise, index), key=lambda slope: slope[0])
        flattest = max(flattest, (fall, index), key=lambda slope: slope[0])
    last = len(times) - 1
    slope = min(max(0.0, flattest[0]), steepest[0])
    return last, (times[last], level + slope * (times[last] - times[start]))
