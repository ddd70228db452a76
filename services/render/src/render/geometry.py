"""Sizes and windows, in pixels and shares."""

import math
from dataclasses import dataclass

from contracts.timeline import Canvas, Fit, KenBurns, Reframe, Transform

NEARLY_ALIKE = 0.02
"""Two shapes that differ less are taken as one: nobody sees it, and bars would be slivers."""


def even(value: float) -> int:
    return max(2, round(value / 2) * 2)


@dataclass(frozen=True)
class Size:
    width: int
    height: int

    @property
    def aspect(self) -> float:
        return self.width / self.height

    def scaled(self, factor: float) -> "Size":
        return Size(even(self.width * factor), even(self.height * factor))

    def turned(self) -> "Size":
        return Size(self.height, self.width)

    def window(self, aspect: float, zoom: float = 1.0) -> tuple[float, float]:
        """Width and height of the largest window of a shape, or of a zoomed one."""
        width = min(self.width, self.height * aspect)
        height = min(self.height, self.width / aspect)
        return width / zoom, height / zoom


def size_of(canvas: Canvas) -> Size:
    return Size(canvas.width, canvas.height)


def alike(one: Size, other: Size) -> bool:
    return abs(math.log(one.aspect / other.aspect)) < NEARLY_ALIKE


def needed_scale(picture: Size, canvas: Size, transform: Transform) -> float:
    """By how much the transform enlarges the picture; below 1 the picture has pixels to spare."""
    cover = max(canvas.width / picture.width, canvas.height / picture.height)
    contain = min(canvas.width / picture.width, canvas.height / picture.height)
    match transform:
        case Fit(mode="contain"):
            return contain
        case Fit():
            return cover
        case Reframe(zoom=zoom):
            return cover * zoom
        case KenBurns(start=start, end=end):
            return cover * max(start.zoom, end.zoom)
