"""One ffmpeg graph for a chunk: each step decoded once, shared by all outputs that show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import ffmpeg

from contracts.timeline import Brand, Transform
from render.chunks import Chunk, Leg, Step
from render.conform import conform, displayed_size
from render.geometry import Size, needed_scale
from render.grid import Grid
from render.inputs import Stream
from render.sources import SourceFile
from render.spans import Motion, Span
from render.transforms import to_canvas
from render.waveform import waveform

XFADE = {"dissolve": "fade", "dip_to_black": "fadeblack", "wipe": "wipeleft", "slide": "slideleft"}


@dataclass(frozen=True)
class Look:
    """How an output looks: its canvas, its brand, and the captions to burn in."""

    canvas: Size
    brand: Brand
    captions: Path | None = None
    fonts: Path | None = None


@dataclass(frozen=True)
class View:
    """What of a step's picture is shown, and how; outputs with equal views share the scaling."""

    transform: Transform
    motion: Motion
    canvas: Size
    brand: Brand


def chunk_pictures(
    chunk: Chunk, files: Mapping[UUID, SourceFile], looks: Mapping[UUID, Look]
) -> dict[UUID, Stream]:
    """The finished picture of each leg, by output."""
    grid = Grid(chunk.rate)
    rows: dict[UUID, list[Stream]] = {leg.output_id: [] for leg in chunk.legs}
    for index, step in enumerate(chunk.steps):
        here = {leg.output_id: leg.spans[index] for leg in chunk.legs}
        for output, stream in _step_pictures(step, here, files[step.source], looks, grid).items():
            rows[output].append(stream)
    return {
        leg.output_id: _captioned(
            _joined(leg, rows[leg.output_id], grid), leg, looks[leg.output_id]
        )
        for leg in chunk.legs
    }


def _step_pictures(
    step: Step,
    spans: Mapping[UUID, Span],
    file: SourceFile,
    looks: Mapping[UUID, Look],
    grid: Grid,
) -> dict[UUID, Stream]:
    viewers: dict[View, list[UUID]] = {}
    for output, span in spans.items():
        view = View(span.transform, span.motion, looks[output].canvas, looks[output].brand)
        viewers.setdefault(view, []).append(output)
    pictures: dict[UUID, Stream] = {}
    for view, source in zip(viewers, _views(step, list(viewers), file, grid), strict=True):
        outputs = viewers[view]
        for output, stream in zip(outputs, _shared(source, len(outputs)), strict=True):
            pictures[output] = _trimmed(stream, step, spans[output])
    return pictures


def _views(step: Step, views: Sequence[View], file: SourceFile, grid: Grid) -> list[Stream]:
    """The whole step's picture for each view."""
    video = file.source.media.video
    if video is None:
        return [waveform(file, step, grid, view.canvas, view.brand) for view in views]
    size = displayed_size(video)
    scale = min(1.0, max(needed_scale(size, view.canvas, view.transform) for view in views))
    conformed = conform(file, step, grid, scale)
    return [
        to_canvas(
            stream,
            size.scaled(scale),
            view.canvas,
            view.transform,
            first=step.first,
            motion=view.motion,
            grid=grid,
        )
        for view, stream in zip(views, _shared(conformed, len(views)), strict=True)
    ]


def _shared(stream: Stream, count: int) -> list[Stream]:
    if count == 1:
        return [stream]
    branches = stream.filter_multi_output("split", count)
    return [branches[index] for index in range(count)]


def _trimmed(stream: Stream, step: Step, span: Span) -> Stream:
    if (step.first, step.last) == (span.first, span.last):
        return stream
    start = span.first - step.first
    return stream.filter("trim", start_frame=start, end_frame=start + span.count).filter(
        "setpts", "N"
    )


def _joined(leg: Leg, pictures: Sequence[Stream], grid: Grid) -> Stream:
    """Cuts by concat, transitions by xfade; pts are frame numbers, so nothing can drift."""
    shots: list[tuple[Stream, Span]] = []
    for span, picture in zip(leg.spans, pictures, strict=True):
        if span.enter == "cut":
            shots.append((picture, span))
        else:
            before, shown = shots[-1]
            shots[-1] = (_blended(before, shown, picture, span, grid), replace(shown, end=span.end))
    if len(shots) == 1:
        return shots[0][0]
    joined = ffmpeg.concat(*(stream for stream, _ in shots), v=1, a=0)
    return joined.filter("settb", f"1/({grid.rate})").filter("setpts", "N")


def _blended(before: Stream, shown: Span, picture: Stream, span: Span, grid: Grid) -> Stream:
    overlap = grid.seconds(shown.end - span.start)
    offset = grid.seconds(span.start - shown.start)
    return ffmpeg.filter(
        [before, picture],
        "xfade",
        transition=XFADE[span.enter],
        duration=f"{float(overlap):.6f}",
        offset=f"{float(offset):.6f}",
    )


def _captioned(picture: Stream, leg: Leg, look: Look) -> Stream:
    """Burn the captions in, with the whole output's clock, not the chunk's."""
    if look.captions and look.fonts:
        picture = picture.filter("setpts", f"N+{leg.start}")
        picture = picture.filter("ass", str(look.captions), fontsdir=str(look.fonts))
        picture = picture.filter("setpts", "N")
    return picture.filter("format", "yuv420p")
