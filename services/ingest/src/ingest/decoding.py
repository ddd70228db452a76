"""Frames from chosen places of an untrusted file, and the proof that it decodes at all."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ingest.packet_scan import Reach
from ingest.problems import Damaged

MOST_FRAMES = 600
MOST_PIXELS = 200_000_000
"""Decoded in a row when looking for a frame: 10 s of 360p60, 4 s of 1080p25, 1 s of 2160p25."""

MOST_BLOCKS = 50
"""The same for sound: about a second."""

SEEK_EARLIER = (0, 3, 12)
TAIL = Fraction(1, 2)
"""Seconds before the end from which the end is looked for."""


def check_pictures(media: InputContainer, stream: VideoStream, reach: Reach) -> VideoFrame:
    """Decode at the start, the middle and the end; return the first frame, or raise Damaged."""
    first = next(frames_from(media, stream, reach.start), None)
    if first is None:
        raise Damaged("no picture can be decoded at the start")
    for where, time in _places(reach):
        if not _decodes_at(media, stream, time):
            raise Damaged(f"no picture can be decoded {where}")
    return first


def check_sounds(media: InputContainer, stream: AudioStream, reach: Reach) -> None:
    """The same for sound."""
    for where, time in (("at the start", reach.start), *_places(reach)):
        if not any(True for _ in sound_from(media, stream, time)):
            raise Damaged(f"no sound can be decoded {where}")


def _places(reach: Reach) -> tuple[tuple[str, Fraction], ...]:
    last = max(reach.times) * reach.tick
    middle = min((reach.start + reach.end) / 2, last)
    return ("in the middle", middle), ("at the end", max(reach.start, min(reach.end - TAIL, last)))


def decode_still(media: InputContainer, stream: VideoStream) -> VideoFrame:
    """The picture of an image file. Raises Damaged where any part of it is."""
    stream.codec_context.options = {"err_detect": "explode"}
    try:
        return next(media.decode(stream))
    except (FFmpegError, StopIteration) as error:
        raise Damaged("the picture cannot be decoded as a whole") from error


def frames_from(
    media: InputContainer, stream: VideoStream, start: Fraction
) -> Iterator[VideoFrame]:
    """Frames from the keyframe before `start` seconds on; ends where decoding fails."""
    try:
        _seek(media, stream, start)
        yield from islice(media.decode(stream), _most_frames(stream))
    except FFmpegError:
        return


def sound_from(media: InputContainer, stream: AudioStream, start: Fraction) -> Iterator[AudioFrame]:
    """Up to MOST_BLOCKS blocks of sound from `start` seconds on; ends where decoding fails."""
    try:
        _seek(media, stream, start)
        yield from islice(media.decode(stream), MOST_BLOCKS)
    except FFmpegError:
        return


def _decodes_at(media: InputContainer, stream: VideoStream, time: Fraction) -> bool:
    """Seek again from further ahead where a format's seek lands behind the last keyframe."""
    return any(_come_to(time, media, stream, time - early) for early in SEEK_EARLIER)


def _come_to(time: Fraction, media: InputContainer, stream: VideoStream, start: Fraction) -> bool:
    """Whether frames go on from `start` until `time`, or as long as anyone would wait for it."""
    count = 0
    for frame in frames_from(media, stream, start):
        count += 1
        if frame.pts is not None and frame.pts * (frame.time_base or 1) >= time:
            return True
    return count == _most_frames(stream)


def _most_frames(stream: VideoStream) -> int:
    return min(MOST_FRAMES, max(MOST_PIXELS // max(stream.width * stream.height, 1), 10))


def _seek(media: InputContainer, stream: VideoStream | AudioStream, start: Fraction) -> None:
    media.seek(int(start / (stream.time_base or 1)), stream=stream, backward=True)
