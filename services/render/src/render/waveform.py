"""The picture of a source that has none: its sound, drawn in the brand's colours."""

import ffmpeg

from contracts.timeline import Brand
from render.chunks import Step
from render.geometry import Size, even
from render.grid import Grid
from render.inputs import Stream, drawn_input, media_input
from render.sources import SourceFile

DARK, DARKER = "#1B1F2A", "#0B0D12"


def waveform(file: SourceFile, step: Step, grid: Grid, canvas: Size, brand: Brand) -> Stream:
    """A glowing line of the sound over a dark gradient, for the step's frames."""
    rate, count = str(grid.rate), step.last - step.first
    wave = _wave(file, step, grid, Size(canvas.width, even(canvas.height * 0.4)), brand)
    branches = wave.filter_multi_output("split", 2)
    glow = branches[0].filter("gblur", sigma=canvas.height / 60)
    background = _background(canvas, rate)
    for layer in (glow, branches[1]):
        background = ffmpeg.overlay(background, layer, x=0, y="(H-h)/2", eof_action="repeat")
    background = background.filter("scale", out_color_matrix="bt709", out_range="tv")
    picture = background.filter("format", "yuv420p").filter("setsar", 1)
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "range": "tv"}
    picture = picture.filter("setparams", **tags).filter("settb", f"1/({rate})")
    return picture.filter("trim", end_frame=count).filter("setpts", "N")


def _wave(file: SourceFile, step: Step, grid: Grid, size: Size, brand: Brand) -> Stream:
    audio = file.source.media.audio
    seek = f"{float(file.lead + grid.seconds(step.first)):.6f}"
    sound = media_input(file.path, ss=seek)[str(audio.index if audio else 0)]
    sound = sound.filter("aresample", 48000, **{"async": 1, "first_pts": 0}).filter("apad")
    sound = sound.filter("aformat", channel_layouts="mono").filter("acompressor", makeup=4)
    return sound.filter(
        "showwaves",
        s=f"{size.width}x{size.height}",
        mode="cline",
        rate=str(grid.rate),
        colors=brand.accent,
        scale="sqrt",
        draw="full",
    )


def _background(canvas: Size, rate: str) -> Stream:
    options: dict[str, object] = {
        "s": f"{canvas.width}x{canvas.height}",
        "r": rate,
        "n": 2,
        "c0": DARK,
        "c1": DARKER,
        "x0": canvas.width // 2,
        "y0": canvas.height // 2,
        "x1": canvas.width,
        "y1": canvas.height,
        "type": "radial",
        "speed": 0.00001,
    }
    return drawn_input("gradients", **options).video
