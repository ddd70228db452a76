"""Inputs of an ffmpeg graph."""

from itertools import count
from pathlib import Path
from typing import Any

import ffmpeg
from ffmpeg.nodes import InputNode

Stream = Any
"""ffmpeg-python's stream; the package has no types."""

_number = count()


def media_input(path: Path, **options: Any) -> Stream:
    """A file to read. Each call is an input of its own: `ffmpeg.input` takes equals for one."""
    settings = {**options, "filename": str(path), "protocol_whitelist": "file"}
    return InputNode(ffmpeg.input.__name__, args=[next(_number)], kwargs=settings).stream()


def drawn_input(source: str, **options: Any) -> Stream:
    """A source filter of ffmpeg's, such as `anullsrc`, as an input."""
    arguments = ":".join(f"{name}={value}" for name, value in options.items())
    settings = {"filename": f"{source}={arguments}", "format": "lavfi"}
    return InputNode(ffmpeg.input.__name__, args=[next(_number)], kwargs=settings).stream()
