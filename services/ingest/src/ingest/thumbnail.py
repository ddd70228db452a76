"""A small upright picture that stands for an asset."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream as Picture
from PIL import Image, ImageFilter, ImageStat

from contracts.media import VideoStream
from ingest.decoding import decode_still, frames_from
from ingest.streams import picture_at

WIDTH, MOST_HEIGHT = 640, 1138
SAMPLES = 8
EDGES = ImageFilter.FIND_EDGES


def video_thumbnail(media: InputContainer, info: VideoStream, duration_us: int) -> Image.Image:
    """The most telling of some frames spread over the video."""
    picture = picture_at(media, info.index)
    frames = _sampled(media, picture, Fraction(duration_us, 1_000_000))
    return most_telling(_upright(frame, info) for frame in frames)


def still_thumbnail(media: InputContainer, info: VideoStream) -> Image.Image:
    return _upright(decode_still(media, picture_at(media, info.index)), info)


def most_telling(images: Iterable[Image.Image]) -> Image.Image:
    return max(images, key=tellingness)


def tellingness(image: Image.Image) -> float:
    """High for much contrast, detail and colour; near 0 for black, white and blank frames."""
    small = image.resize((160, 90))
    grey = small.convert("L")
    contrast = ImageStat.Stat(grey).stddev[0] / 64
    detail = ImageStat.Stat(grey.filter(EDGES)).mean[0] / 32
    colour = ImageStat.Stat(small.convert("HSV")).mean[1] / 128
    return min(contrast, 1) * (1 + min(detail, 1) + min(colour, 1) / 2)


def _sampled(media: InputContainer, picture: Picture, duration: Fraction) -> Iterator[VideoFrame]:
    """Keyframes, for they decode alone; the first frame too, should there be no other."""
    start = Fraction(picture.start_time or 0) * (picture.time_base or 1)
    for step in range(SAMPLES):
        time = start + duration * step / SAMPLES
        yield from (frame for frame in [next(frames_from(media, picture, time), None)] if frame)


def _upright(frame: VideoFrame, info: VideoStream) -> Image.Image:
    width, height = _fitted(info)
    lies = info.rotation in (90, 270)
    small = frame.reformat(*((height, width) if lies else (width, height)), format="rgb24")
    image: Image.Image = small.to_image()  # type: ignore[no-untyped-call]
    return image.rotate(-info.rotation, expand=True)


def _fitted(info: VideoStream) -> tuple[int, int]:
    """The displayed shape, 640 pixels wide unless that gets too high."""
    aspect = info.width * info.sample_aspect / info.height
    width = min(Fraction(WIDTH), MOST_HEIGHT * aspect)
    return max(round(width), 1), max(round(width / aspect), 1)
