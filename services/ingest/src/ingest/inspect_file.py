"""`python -m ingest.inspect_file FILE THUMBNAIL LIMITS`: what a file is, told as JSON.

A program of its own, because a hostile file may crash or stall the libraries that read it.
"""

import sys
from pathlib import Path

import av.logging
from PIL import Image
from pydantic import BaseModel

from chassis.errors import Problem
from contracts.base import ProblemInfo
from contracts.media import MediaInfo
from ingest.containers import open_media
from ingest.limits import Limits, apply
from ingest.probe import probe
from ingest.problems import NoUsableStream, TooCostly
from ingest.thumbnail import still_thumbnail, video_thumbnail
from ingest.waveform import waveform

JPEG_QUALITY = 86


class Report(BaseModel):
    """Either what the file is, or why it is of no use."""

    media: MediaInfo | None = None
    problem: ProblemInfo | None = None


def inspect_file(path: Path, thumbnail: Path) -> MediaInfo:
    """Probe the file and write its thumbnail, a JPEG. Raises one of `ingest.problems`."""
    with open_media(path) as media:
        info = probe(media, path)
    with open_media(path) as media:
        picture = _picture_of(media, info)
    picture.save(thumbnail, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return info


def _picture_of(media: av.container.InputContainer, info: MediaInfo) -> Image.Image:
    if info.video is not None and info.kind == "image":
        return still_thumbnail(media, info.video)
    if info.video is not None:
        return video_thumbnail(media, info.video, info.duration_us)
    if info.audio is not None:
        return waveform(media, info.audio, info.duration_us)
    raise NoUsableStream


def report_on(path: Path, thumbnail: Path) -> Report:
    try:
        return Report(media=inspect_file(path, thumbnail))
    except Problem as problem:
        return Report(problem=ProblemInfo(code=problem.code, detail=str(problem)))
    except MemoryError:
        return Report(problem=ProblemInfo(code=TooCostly.code, detail=TooCostly.title))


def main() -> None:
    path, thumbnail, limits = sys.argv[1:]
    apply(Limits.model_validate_json(limits))
    av.logging.set_level(av.logging.PANIC)
    sys.stdout.write(report_on(Path(path), Path(thumbnail)).model_dump_json())


if __name__ == "__main__":
    main()
