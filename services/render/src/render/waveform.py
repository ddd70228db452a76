"""The picture of a source that has none: its sound as bars, in the brand's colour."""

import ffmpeg

from contracts.timeline import Brand
from render.chunks import Step
from render.geometry import Size, even
from render.grid import Grid
from render.inputs import Stream, drawn_input, media_input
from render.sources import SourceFile

BACKGROUND = "#1E2330"
BARS = 22
"""On either side of the middle, low notes inside."""
BINS, BAR_HEIGHT = 40, 200
PITCH = 0.018
"""From bar to bar, in shares of the canvas's shorter side."""


def waveform(file: SourceFile, step: Step, grid: Grid, canvas: Size, brand: Brand) -> Stream:
    """The step's frames: bars that follow the sound, over a dark background."""
    rate, count = str(grid.rate), step.last - step.first
    bars = _bars(_sound(file, step, grid), rate, canvas, brand)
    picture = ffmpeg.overlay(
        _background(canvas, rate), bars, x="(W-w)/2", y="(H-h)/2", eof_action="repeat"
    )
    picture = picture.filter("scale", out_color_matrix="bt709", out_range="tv")
    picture = picture.filter("format", "yuv420p").filter("setsar", 1)
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "range": "tv"}
    picture = picture.filter("setparams", **tags).filter("settb", f"1/({rate})")
    return picture.filter("trim", end_frame=count).filter("setpts", "N")


def _sound(file: SourceFile, step: Step, grid: Grid) -> Stream:
    audio = file.source.media.audio
    seek = f"{float(file.lead + grid.seconds(step.first)):.6f}"
    sound = media_input(file.path, ss=seek)[str(audio.index if audio else 0)]
    sound = sound.filter("aresample", 48000, **{"async": 1, "first_pts": 0}).filter("apad")
    return sound.filter("aformat", channel_layouts="mono").filter("acompressor", makeup=4)


def _bars(sound: Stream, rate: str, canvas: Size, brand: Brand) -> Stream:
    """A small spectrum, mirrored both ways and enlarged to bars with gaps."""
    spectrum = sound.filter(
        "showfreqs",
        s=f"{BINS}x{BAR_HEIGHT}",
        mode="bar",
        rate=rate,
        colors=brand.accent,
        ascale="sqrt",
        fscale="log",
        win_size=2048,
        averaging=3,
    )
    half = spectrum.filter("format", "rgba").filter("crop", BARS, BAR_HEIGHT, 0, 0)
    row = _mirrored(half, "hflip", "hstack", mirror_first=True)
    bars = _mirrored(row, "vflip", "vstack", mirror_first=False)
    pitch = even(PITCH * min(canvas.width, canvas.height))
    bars = bars.filter("scale", 2 * BARS * pitch, even(canvas.height * 0.4), flags="neighbor")
    gap = {"t": pitch // 2, "color": "black@0", "replace": 1}
    return bars.filter("drawgrid", w=pitch, h=0, **gap)


def _mirrored(stream: Stream, flip: str, stack: str, *, mirror_first: bool) -> Stream:
    branches = stream.filter_multi_output("split", 2)
    mirror, plain = branches[0].filter(flip), branches[1]
    pair = [mirror, plain] if mirror_first else [plain, mirror]
    return ffmpeg.filter(pair, stack)


def _background(canvas: Size, rate: str) -> Stream:
    """Darker to the edges; drawn once."""
    plain = drawn_input("color", c=BACKGROUND, s=f"{canvas.width}x{canvas.height}", r=rate).video
    drawn = plain.filter("trim", end_frame=1).filter("vignette", angle="PI/4")
    return drawn.filter("loop", loop=-1, size=1).filter("setpts", "N")
