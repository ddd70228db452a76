"""What must be known of a source's file, beyond its probe, to seek in it exactly."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from contracts.timeline import Source
from render.problems import SourceUnreadable


@dataclass(frozen=True)
class SourceFile:
    """A source as a local file. ffmpeg seeks from the file's start; we count from the picture's."""

    source: Source
    path: Path
    lead: Fraction
    """Seconds from the file's start to source time 0."""
    picture_seconds: Fraction
    """How long the picture lasts; its last frame is held after that."""


def open_source(source: Source, path: Path) -> SourceFile:
    """Blocking. Raise SourceUnreadable when the file is not what it was."""
    media = source.media
    stream = media.video or media.audio
    if media.kind == "image" or stream is None:
        return SourceFile(source, path, Fraction(0), Fraction(0))
    try:
        return _opened(source, path, stream.index)
    except (av.FFmpegError, IndexError) as error:
        raise SourceUnreadable(f"{source.filename}: {error}") from error


def _opened(source: Source, path: Path, index: int) -> SourceFile:
    with av.open(str(path)) as container:
        chosen = container.streams[index]
        tick = chosen.time_base or Fraction(1, av.time_base)
        starts = Fraction(container.start_time or 0, av.time_base)
        begins = chosen.start_time * tick if chosen.start_time is not None else starts
        seconds = (
            chosen.duration * tick
            if chosen.duration
            else Fraction(source.media.duration_us, 1_000_000)
        )
    return SourceFile(source, path, begins - starts, seconds)
