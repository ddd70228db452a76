"""What a media file is, or the reason why it is of no use. Every number is from untrusted input."""

from fractions import Fraction
from pathlib import Path
from typing import Literal

from av.audio.stream import AudioStream as Sound
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as Picture

from contracts.media import AudioStream, MediaInfo, VideoStream
from ingest import color
from ingest.completeness import check_complete
from ingest.containers import IMAGE_FORMATS
from ingest.decoding import check_pictures, check_sounds, decode_still
from ingest.frame_rate import STILL_RATE, average_rate
from ingest.packet_scan import Reach, is_variable, scan_packets
from ingest.problems import NoUsableStream, PictureTooLarge, TooShort, UnsupportedCodec
from ingest.streams import choose_streams

SHORTEST = Fraction(1, 10)
LARGEST_SIDE = 16_384
MOST_PIXELS = 7680 * 4320
LAYOUTS = {"1 channels": "mono", "2 channels": "stereo", "6 channels": "5.1", "8 channels": "7.1"}
"""What FFmpeg takes channels for when a file does not say where they belong."""

STILL_BRANDS = frozenset({"heic", "heix", "mif1", "msf1", "avif", "avis"})


def probe(media: InputContainer, path: Path) -> MediaInfo:
    """Raises one of `ingest.problems`. Decodes the start, the middle and the end to be sure."""
    if media.metadata.get("major_brand") in STILL_BRANDS:
        raise UnsupportedCodec("HEIC and AVIF pictures are not read yet: send JPEG, PNG or WebP")
    picture, sound = choose_streams(media)
    if picture is not None:
        _check_size(picture)
        if _is_still(media, picture, sound):
            return _probe_still(media, path, picture)
    return _probe_timed(media, path, picture, sound)


def _is_still(media: InputContainer, picture: Picture, sound: Sound | None) -> bool:
    is_single_gif = media.format.name == "gif" and picture.frames == 1
    return sound is None and (media.format.name in IMAGE_FORMATS or is_single_gif)


def _probe_still(media: InputContainer, path: Path, picture: Picture) -> MediaInfo:
    frame = decode_still(media, picture)
    return MediaInfo(
        kind="image",
        container=media.format.name.removesuffix("_pipe"),
        size_bytes=path.stat().st_size,
        duration_us=0,
        video=_describe_picture(picture, frame, STILL_RATE, variable=False),
    )


def _probe_timed(
    media: InputContainer, path: Path, picture: Picture | None, sound: Sound | None
) -> MediaInfo:
    timed = (*media.streams.video, *media.streams.audio, *media.streams.subtitles)
    scan = scan_packets(media, timed)
    check_complete(media, [stream for stream in (picture, sound) if stream], scan)
    looks, sounds = scan.reach_of(picture), scan.reach_of(sound)
    main = looks or sounds
    if main is None:
        raise NoUsableStream("its streams are empty")
    if main.end - main.start < SHORTEST:
        raise TooShort(f"it lasts {float(main.end - main.start):.3f} s")
    return MediaInfo(
        kind="video" if looks else "audio",
        container=media.format.name,
        size_bytes=path.stat().st_size,
        duration_us=round((main.end - main.start) * 1_000_000),
        video=_probe_picture(media, picture, looks) if picture and looks else None,
        audio=_probe_sound(media, sound, sounds, main.start) if sound and sounds else None,
    )


def _probe_picture(media: InputContainer, picture: Picture, reach: Reach) -> VideoStream:
    frame = check_pictures(media, picture, reach)
    rate = average_rate(reach, picture.average_rate)
    return _describe_picture(picture, frame, rate, variable=is_variable(reach))


def _probe_sound(media: InputContainer, sound: Sound, reach: Reach, zero: Fraction) -> AudioStream:
    check_sounds(media, sound, reach)
    start = max(reach.start, (sound.start_time or 0) * reach.tick)  # priming is never heard
    return AudioStream(
        index=sound.index,
        codec=sound.codec_context.codec.canonical_name,
        sample_rate=sound.sample_rate,
        channels=sound.channels,
        layout=LAYOUTS.get(sound.layout.name, sound.layout.name),
        start_us=round((start - zero) * 1_000_000),
    )


def _describe_picture(
    picture: Picture, frame: VideoFrame, rate: Fraction, *, variable: bool
) -> VideoStream:
    rotation = clockwise(frame)
    aspect = picture.sample_aspect_ratio or Fraction(1)
    lies = rotation in (90, 270)
    return VideoStream(
        index=picture.index,
        codec=picture.codec_context.codec.canonical_name,
        width=frame.height if lies else frame.width,
        height=frame.width if lies else frame.height,
        rate=rate,
        variable_rate=variable,
        rotation=rotation,
        sample_aspect=1 / aspect if lies else aspect,
        pixel_format=frame.format.name,
        color_space=color.SPACES.get(frame.colorspace),
        color_transfer=color.TRANSFERS.get(frame.color_trc),
        color_primaries=color.PRIMARIES.get(frame.color_primaries),
        color_range=color.RANGES.get(frame.color_range),
    )


def clockwise(frame: VideoFrame) -> Literal[0, 90, 180, 270]:
    """How far to turn the frame to show it upright; FFmpeg counts the other way round."""
    quarters = round(-frame.rotation / 90) % 4
    turns: tuple[Literal[0, 90, 180, 270], ...] = (0, 90, 180, 270)
    return turns[quarters]


def _check_size(picture: Picture) -> None:
    width, height = picture.width, picture.height
    if width * height > MOST_PIXELS or max(width, height) > LARGEST_SIDE:
        raise PictureTooLarge(f"{width} × {height} pixels")
