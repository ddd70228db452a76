"""Render a chunk: its outputs' pictures, each in a file of its own, from one ffmpeg run."""

from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

import ffmpeg

from render.chunks import Chunk
from render.encoding import video_options
from render.graph import Look, chunk_pictures
from render.programs import compiled, run_ffmpeg
from render.sources import SourceFile


async def render_chunk(
    chunk: Chunk,
    files: Mapping[UUID, SourceFile],
    looks: Mapping[UUID, Look],
    folder: Path,
    on_frame: Callable[[int], None] | None = None,
) -> dict[UUID, Path]:
    """Return the file of each output's leg. `on_frame` hears the frames of the longest leg."""
    pictures = chunk_pictures(chunk, files, looks)
    paths = {leg.output_id: folder / f"{leg.output_id}.mp4" for leg in chunk.legs}
    legs = sorted(chunk.legs, key=lambda leg: -leg.frames)
    outputs = [
        ffmpeg.output(
            pictures[leg.output_id],
            str(paths[leg.output_id]),
            **video_options(chunk.rate, leg.frames),
        )
        for leg in legs
    ]
    await run_ffmpeg(compiled(outputs), folder=folder, on_frame=on_frame)
    return paths
