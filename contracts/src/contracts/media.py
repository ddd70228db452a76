"""What is known of a media file before anyone has watched it."""

from fractions import Fraction
from typing import Literal

from pydantic import Field

from contracts.base import Contract, Microseconds, Rational

MediaKind = Literal["video", "audio", "image"]
AssetRole = Literal["a_roll", "b_roll", "screen", "audio", "hero", "music"]


class VideoStream(Contract):
    """The picture to use. Width and height are pixels after rotation, before `sample_aspect`."""

    index: int
    codec: str
    width: int
    height: int
    rate: Rational = Field(description="Average frames per second")
    variable_rate: bool = False
    rotation: Literal[0, 90, 180, 270] = Field(
        0, description="Clockwise degrees to show it upright"
    )
    sample_aspect: Rational = Field(
        Fraction(1), description="A pixel's width by its height, upright"
    )
    pixel_format: str
    color_space: str | None = None
    color_transfer: str | None = None
    color_primaries: str | None = None
    color_range: str | None = None


class AudioStream(Contract):
    """The sound to use."""

    index: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    start_us: int = Field(0, description="Offset against the picture; negative is earlier")


class MediaInfo(Contract):
    """A probed file. An image has no duration; a video or an audio file has one above 0."""

    kind: MediaKind
    container: str
    size_bytes: int
    duration_us: Microseconds
    video: VideoStream | None = None
    audio: AudioStream | None = None
