"""From a conformed picture to an output's canvas."""

from collections.abc import Callable

import ffmpeg

from contracts.timeline import Fit, KenBurns, PathPoint, Reframe, Transform, Window
from render.expressions import Point, piecewise
from render.geometry import Size, alike, even
from render.grid import Grid
from render.inputs import Stream
from render.spans import Motion

MARGIN = 4
"""Source pixels of slack in which the fine crop moves."""
BLUR_SHRINK = 8
JUST_BEFORE_HALF = 0.49


def to_canvas(
    picture: Stream,
    size: Size,
    canvas: Size,
    transform: Transform,
    *,
    first: int,
    motion: Motion,
    grid: Grid,
) -> Stream:
    """Apply a transform to a picture of `size` whose frame 0 is source frame `first`."""
    match transform:
        case Fit(mode="contain") if not alike(size, canvas):
            return _contained(picture, size, canvas)
        case Fit():
            return _covered(picture, size, canvas)
        case Reframe(path=path, zoom=zoom):
            return _reframed(picture, size, canvas, path, zoom, lambda us: _at(us, grid) - first)
        case KenBurns(start=start, end=end):
            return _moved(picture, size, canvas, (start, end), first - motion.first, motion.count)


def _at(us: int, grid: Grid) -> float:
    """In source frames. A frame shows what is up to half a frame later: there a path may leap."""
    return float(us * grid.rate / 1_000_000) - JUST_BEFORE_HALF


def _scaled(picture: Stream, size: Size, to: Size) -> Stream:
    if size == to:
        return picture
    return picture.filter("scale", to.width, to.height, flags="bicubic").filter("setsar", 1)


def _covered(picture: Stream, size: Size, canvas: Size) -> Stream:
    """The largest middle part of the canvas's shape. Cropped first: a strip may be very long."""
    width, height = size.window(canvas.aspect)
    window = Size(even(width), even(height))
    if not alike(size, canvas):
        picture = picture.filter("crop", window.width, window.height)
        size = window
    return _scaled(picture, size, canvas)


def _contained(picture: Stream, size: Size, canvas: Size) -> Stream:
    """The whole picture, over a blurred and darkened copy that fills the bars."""
    branches = picture.filter_multi_output("split", 2)
    small = canvas.scaled(1 / BLUR_SHRINK)
    blurred = _covered(branches[0], size, small).filter("gblur", sigma=small.height / 36)
    blurred = blurred.filter("lutyuv", y="val*0.62")
    blurred = _scaled(blurred, small, canvas)
    inner = size.scaled(min(canvas.width / size.width, canvas.height / size.height))
    inner = Size(min(inner.width, canvas.width), min(inner.height, canvas.height))
    sharp = _scaled(branches[1], size, inner)
    return ffmpeg.overlay(blurred, sharp, x="(W-w)/2", y="(H-h)/2", format="yuv420")


def _reframed(
    picture: Stream,
    size: Size,
    canvas: Size,
    path: tuple[PathPoint, ...],
    zoom: float,
    at: Callable[[int], float],
) -> Stream:
    """A window along a path.

    The window moves by whole pixels of the canvas, not of the source, whose pixels may be larger:
    a coarse crop on even source pixels, the scaling, then a fine crop of what is left.
    """
    width, height = size.window(canvas.aspect, zoom)
    scale = canvas.width / width
    left = _corner([(at(point.at_us), point.x) for point in path], size.width, width)
    top = _corner([(at(point.at_us), point.y) for point in path], size.height, height)
    coarse = Size(
        min(even(width + MARGIN), size.width // 2 * 2),
        min(even(height + MARGIN), size.height // 2 * 2),
    )
    x, y = _coarse(left, size.width - coarse.width), _coarse(top, size.height - coarse.height)
    picture = picture.filter("crop", coarse.width, coarse.height, x=x, y=y)
    enlarged = Size(
        max(canvas.width, even(coarse.width * scale)),
        max(canvas.height, even(coarse.height * scale)),
    )
    picture = _scaled(picture, coarse, enlarged)
    x, y = f"round(({left}-({x}))*{scale:.6f})", f"round(({top}-({y}))*{scale:.6f})"
    return picture.filter("crop", canvas.width, canvas.height, x=x, y=y, exact=1)


def _corner(centres: list[Point], length: int, window: float) -> str:
    """The window's left (or top) edge in pixels, kept inside the picture, as an expression of n."""
    room = length - window
    points = [(at, min(max(share * length - window / 2, 0), room)) for at, share in centres]
    return piecewise(points, "n")


def _coarse(corner: str, room: int) -> str:
    return f"min(2*floor(({corner})/2),{room // 2 * 2})"


def _moved(
    picture: Stream, size: Size, canvas: Size, ends: tuple[Window, Window], begun: int, frames: int
) -> Stream:
    """A still's slow move: scaled anew for every frame, then cropped at its centre's place.

    The scaled size is even, so that a centre in the middle stands perfectly still.
    """
    width, height = size.window(canvas.aspect)
    wide, high = size.width * canvas.width / width, size.height * canvas.height / height

    def window(n: str) -> tuple[str, str, str, str]:
        """Scaled width and height, and the centre, at frame n of this stream."""
        linear = f"clip(({n}+{begun})/{max(frames - 1, 1)},0,1)"
        eased = f"({linear}*{linear}*(3-2*{linear}))"
        start, end = ends
        pairs = ((start.zoom, end.zoom), (start.x, end.x), (start.y, end.y))
        zoom, x, y = (f"({a:.5f}+({b - a:.5f})*{eased})" for a, b in pairs)
        return f"2*ceil({wide / 2:.4f}*{zoom})", f"2*ceil({high / 2:.4f}*{zoom})", x, y

    w, h, *_ = window("(n-1)")  # scale counts frames from 1, crop from 0
    picture = picture.filter("scale", w=w, h=h, eval="frame", flags="bicubic")
    w, h, x, y = window("n")
    left = f"clip({x}*{w}-{canvas.width / 2},0,{w}-{canvas.width})"
    top = f"clip({y}*{h}-{canvas.height / 2},0,{h}-{canvas.height})"
    picture = picture.filter("crop", canvas.width, canvas.height, x=left, y=top, exact=1)
    return picture.filter("setsar", 1)
