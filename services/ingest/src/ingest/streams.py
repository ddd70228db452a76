"""Which of a file's streams to use."""

from typing import TypeVar

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from ingest.problems import NoUsableStream, UnsupportedCodec

Stream = TypeVar("Stream", VideoStream, AudioStream)

_NOT_THE_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails
_NOT_THE_SOUND = Disposition.visual_impaired | Disposition.hearing_impaired | Disposition.comment


def choose_streams(media: InputContainer) -> tuple[VideoStream | None, AudioStream | None]:
    """Return the best picture and the best sound; one may be missing.

    Raises UnsupportedCodec where all pictures (or all sounds) are in unknown codings, and
    NoUsableStream where there are neither.
    """
    pictures = [s for s in media.streams.video if not s.disposition & _NOT_THE_PICTURE]
    sounds = [s for s in media.streams.audio if not s.disposition & _NOT_THE_SOUND]
    if not pictures and not sounds and not media.streams.audio:
        raise NoUsableStream
    picture = max(_decodable(pictures), key=_picture_rank, default=None)
    sound = max(_decodable(sounds or list(media.streams.audio)), key=_sound_rank, default=None)
    return picture, sound


def _decodable(streams: list[Stream]) -> list[Stream]:
    """Those that have a decoder. Without one there is no codec context."""
    usable = [stream for stream in streams if _has_decoder(stream)]
    if streams and not usable:
        raise UnsupportedCodec(f"no decoder for the file's {streams[0].type}")
    return usable


def _has_decoder(stream: VideoStream | AudioStream) -> bool:
    return getattr(stream, "codec_context", None) is not None


def _picture_rank(stream: VideoStream) -> tuple[bool, int, int]:
    is_default = bool(stream.disposition & Disposition.default)
    return is_default, stream.width * stream.height, -stream.index


def _sound_rank(stream: AudioStream) -> tuple[bool, int, int, int]:
    is_default = bool(stream.disposition & Disposition.default)
    return is_default, stream.channels, stream.sample_rate, -stream.index


def picture_at(media: InputContainer, index: int) -> VideoStream:
    return next(stream for stream in media.streams.video if stream.index == index)


def sound_at(media: InputContainer, index: int) -> AudioStream:
    return next(stream for stream in media.streams.audio if stream.index == index)
