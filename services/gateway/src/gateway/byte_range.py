"""The Range header (RFC 9110), as far as media players use it: one range of bytes."""

import re

from gateway.problems import RangeInvalid

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return [start, end); None for all, also where the header is none that we understand."""
    found = RANGE.fullmatch((header or "").strip())
    if found is None or found[1] == found[2] == "":
        return None
    first, last = found.groups()
    if first == "":
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    if start >= end:
        raise RangeInvalid(f"It has {size} bytes")
    return start, end
