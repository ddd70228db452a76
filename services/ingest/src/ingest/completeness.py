"""Is all of a recording there that its header promises?"""

from collections.abc import Sequence
from fractions import Fraction

import av
from av.container import InputContainer
from av.stream import Stream

from ingest.packet_scan import Scan
from ingest.problems import Truncated

STATE_THEIR_LENGTH = frozenset(
    {"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "wav", "w64", "flac", "aiff", "caf", "asf"}
)
"""Formats whose header tells the duration; of the others FFmpeg only estimates it."""

TOLERANCE = Fraction(1, 4)
"""Seconds that may be missing at the end: priming, edit lists and rounding are in it."""


def check_complete(media: InputContainer, streams: Sequence[Stream], scan: Scan) -> None:
    """Raise Truncated where a part of the chosen streams, or of the file, is missing.

    A recording that was cut off but promises nothing (a transport stream, fragments) is whole as
    far as it goes.
    """
    if not scan.whole or media.format.name not in STATE_THEIR_LENGTH:
        return
    for stream in streams:
        _check_end(scan.reaches[stream.index].end, _promised_end(stream))
    reached = max(reach.end for reach in scan.reaches.values())
    _check_end(reached, _promised_end_of_file(media))


def _promised_end(stream: Stream) -> Fraction:
    if not stream.duration or stream.time_base is None:
        return Fraction(0)
    return ((stream.start_time or 0) + stream.duration) * stream.time_base


def _promised_end_of_file(media: InputContainer) -> Fraction:
    return Fraction((media.start_time or 0) + (media.duration or 0), av.time_base)


def _check_end(reached: Fraction, promised: Fraction) -> None:
    if reached < promised - TOLERANCE:
        raise Truncated(f"{float(reached):.1f} s of {float(promised):.1f} s are there")
