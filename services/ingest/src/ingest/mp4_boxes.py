"""Is an MP4 whole? Read from its top-level boxes alone (ISO/IEC 14496-12, 4.2)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_BOXES = 100_000
"""A fragmented recording has two boxes a second; more than this is not a real file."""


@dataclass(frozen=True)
class Box:
    kind: bytes
    start: int
    end: int


def top_level_boxes(path: Path) -> Iterator[Box]:
    """Yield the boxes; the last one may claim to end after the file does."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = 0
        for _ in range(MOST_BOXES):
            file.seek(start)
            header = file.read(16)
            if len(header) < 8:
                return
            length, kind = struct.unpack(">I4s", header[:8])
            if length == 1 and len(header) == 16:
                (length,) = struct.unpack(">Q", header[8:])
            end = size if length == 0 else start + length
            yield Box(kind, start, end)
            if end <= start or end >= size:
                return
            start = end


def is_mp4(path: Path) -> bool:
    first = next(top_level_boxes(path), None)
    return first is not None and first.kind in {b"ftyp", b"styp", b"moov", b"wide"}


def is_cut_off(path: Path) -> bool:
    """True for an MP4 whose index never came, or whose last box goes on after the file's end."""
    boxes = list(top_level_boxes(path))
    has_index = any(box.kind == b"moov" for box in boxes)
    return not has_index or boxes[-1].end > path.stat().st_size
