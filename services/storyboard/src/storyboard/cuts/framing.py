"""Framing: how a source's picture is fitted into an output's."""

import re

from contracts.events import AspectRatio
from contracts.timeline import Fit, KenBurns, PathPoint, Reframe, Transform, Window
from storyboard.cuts.camera import Crop, camera_path, slice_path
from storyboard.footage import Footage

_RATIOS = {"16:9": 16 / 9, "9:16": 9 / 16}
_SAME = 0.02
_SCREEN_NAME = re.compile(r"screen[ _-]?(?:rec|cap|cast|shot|share)", re.IGNORECASE)
_KEPT = {"16:9": 0.7, "9:16": 0.2}
"""Share of the picture that a crop must keep; else all of it is shown over a blurred copy."""


class Framing:
    """The transforms of one aspect ratio. Paths are made once per source and zoom."""

    def __init__(self, aspect: AspectRatio) -> None:
        self._aspect = aspect
        self._paths: dict[tuple[str, float], tuple[PathPoint, ...]] = {}

    def transform(
        self, footage: Footage, in_us: int, out_us: int, zoom: float, *, inward: bool = True
    ) -> Transform:
        video = footage.media.video
        if video is None:
            return Fit(mode="contain")
        shape = video.width * video.sample_aspect / video.height / _RATIOS[self._aspect]
        if is_screen(footage) or min(shape, 1 / shape) < _KEPT[self._aspect]:
            return Fit(mode="contain")
        if footage.is_still:
            return _move(inward)
        if zoom == 1.0 and (abs(shape - 1) < _SAME or not footage.faces):
            return Fit(mode="cover")
        crop = Crop(min(1.0, 1 / shape) / zoom, min(1.0, shape) / zoom)
        path = slice_path(self._path(footage, crop, zoom), in_us, out_us)
        return Reframe(path=path, zoom=zoom)

    def _path(self, footage: Footage, crop: Crop, zoom: float) -> tuple[PathPoint, ...]:
        key = (str(footage.asset_id), zoom)
        if key not in self._paths:
            self._paths[key] = camera_path(footage, crop)
        return self._paths[key]


def is_screen(footage: Footage) -> bool:
    """A screen recording: given as one, or named so. None of it is cut off."""
    if footage.role is not None:
        return footage.role == "screen"
    return _SCREEN_NAME.search(footage.filename) is not None


def _move(inward: bool) -> KenBurns:
    near, far = Window(x=0.5, y=0.47, zoom=1.15), Window(x=0.5, y=0.5, zoom=1.0)
    return KenBurns(start=far, end=near) if inward else KenBurns(start=near, end=far)
