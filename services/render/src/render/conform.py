"""Bring a stretch of any source to one form: the grid's frames, upright, square, 8-bit bt709."""

from contracts.media import VideoStream
from render.chunks import Step
from render.geometry import Size, even
from render.grid import Grid
from render.inputs import Stream, media_input
from render.sources import SourceFile

HDR_TRANSFERS = {"smpte2084", "arib-std-b67"}
FULL_RANGE = {"pc", "jpeg"}
STANDARD_DEFINITION_HEIGHT = 576


def displayed_size(video: VideoStream) -> Size:
    """The picture's size in square pixels, upright."""
    return Size(even(float(video.width * video.sample_aspect)), even(video.height))


def conform(file: SourceFile, step: Step, grid: Grid, scale: float) -> Stream:
    """The step's frames, exactly as many, scaled by `scale` (at most 1)."""
    media = file.source.media
    if media.video is None:
        raise ValueError(f"{file.source.filename} has no picture")
    picture, held = _frames(file, step, grid)
    picture = _to_one_form(picture, media.video, scale)
    if media.kind == "image":
        picture = picture.filter("loop", loop=-1, size=1).filter("setpts", "N")
    else:
        picture = picture.filter("tpad", stop_mode="clone", stop=-1)
    count = step.last - step.first
    return picture.filter("trim", start_frame=held, end_frame=held + count).filter("setpts", "N")


def _frames(file: SourceFile, step: Step, grid: Grid) -> tuple[Stream, int]:
    """A stream of frames on the grid, and how many at its head come before the step.

    Without accurate seeking frames come from the keyframe before: `fps` then starts with the frame
    that is on show at the step's first instant, even where the source has few frames.
    """
    media = file.source.media
    rate = str(grid.rate)
    if media.kind == "image":
        image = media_input(file.path, framerate=rate, noautorotate=None)
        return image.video.filter("settb", f"1/({rate})"), 0
    last_shown = max(0, grid.frame(int(file.picture_seconds * 1_000_000)) - 1)
    first = min(step.first, last_shown)
    seek = file.lead + grid.seconds(first)
    index = media.video.index if media.video else 0
    options = {"noaccurate_seek": None, "noautorotate": None, "ss": f"{float(seek):.6f}"}
    stream = media_input(file.path, **options)[str(index)]
    return stream.filter("fps", rate, start_time=0), step.first - first


def _to_one_form(picture: Stream, video: VideoStream, scale: float) -> Stream:
    upright = displayed_size(video).scaled(scale)
    stored = upright.turned() if video.rotation in {90, 270} else upright
    if video.color_transfer in HDR_TRANSFERS:
        picture = _tone_mapped(picture, video, stored)
    elif not (_is_plain(video) and _has_size(video, stored)):
        picture = _scaled(picture, video, stored)
    picture = _turned(picture, video.rotation)
    tags = {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709", "range": "tv"}
    return picture.filter("setsar", 1).filter("setparams", **tags)


def _is_plain(video: VideoStream) -> bool:
    matrix = video.color_space or _assumed_matrix(video)
    limited = video.color_range not in FULL_RANGE
    return video.pixel_format == "yuv420p" and matrix == "bt709" and limited


def _has_size(video: VideoStream, size: Size) -> bool:
    stored = Size(video.width, video.height)
    stored = stored.turned() if video.rotation in {90, 270} else stored
    return stored == size


def _assumed_matrix(video: VideoStream) -> str:
    """What untagged video means by convention."""
    height = min(video.width, video.height)
    return "smpte170m" if height <= STANDARD_DEFINITION_HEIGHT else "bt709"


def _scaled(picture: Stream, video: VideoStream, size: Size) -> Stream:
    options = {"flags": "bicubic", "out_color_matrix": "bt709", "out_range": "tv"}
    if video.pixel_format.startswith("yuv") and not video.color_space:
        options["in_color_matrix"] = _assumed_matrix(video)
    return picture.filter("scale", size.width, size.height, **options).filter("format", "yuv420p")


def _tone_mapped(picture: Stream, video: VideoStream, size: Size) -> Stream:
    """PQ or HLG to SDR: in linear light, highlights rolled off by the hable curve."""
    said = {
        "color_trc": video.color_transfer,
        "colorspace": video.color_space or "bt2020nc",
        "color_primaries": video.color_primaries or "bt2020",
        "range": "pc" if video.color_range in FULL_RANGE else "tv",
    }
    picture = picture.filter("scale", size.width, size.height, flags="bicubic")
    picture = picture.filter("setparams", **said).filter("zscale", t="linear", npl=100)
    picture = picture.filter("format", "gbrpf32le").filter("zscale", p="bt709")
    picture = picture.filter("tonemap", "hable", desat=0)
    return picture.filter("zscale", t="bt709", m="bt709", r="tv").filter("format", "yuv420p")


def _turned(picture: Stream, rotation: int) -> Stream:
    match rotation:
        case 90:
            picture = picture.filter("transpose", "clock")
        case 180:
            picture = picture.hflip().vflip()
        case 270:
            picture = picture.filter("transpose", "cclock")
    return picture.filter("sidedata", "delete", type="DISPLAYMATRIX")
