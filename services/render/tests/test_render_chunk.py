"""What comes out of ffmpeg: the right frames, exactly as many, whatever goes in."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from contracts.timeline import (
    Brand,
    Canvas,
    Fit,
    KenBurns,
    PathPoint,
    Reframe,
    Source,
    Timeline,
    Transition,
    Window,
)
from render.chunks import Track, plan_chunks
from render.geometry import size_of
from render.graph import Look
from render.picture import picture_spans
from render.render_chunk import render_chunk

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
COLOURS = ("red", "lime", "blue", "yellow")
RENDERED = Callable[..., Awaitable[list[list[np.ndarray]]]]


@pytest.fixture
def rendered(media: Any, frames: Any, tmp_path: Path) -> RENDERED:
    """The frames of each timeline, rendered together."""

    async def render(*timelines: Timeline) -> list[list[np.ndarray]]:
        outputs = {UUID(int=900 + i): timeline for i, timeline in enumerate(timelines)}
        looks = {o: Look(size_of(t.canvas), Brand()) for o, t in outputs.items()}
        found: dict[UUID, list[tuple[int, list[np.ndarray]]]] = {o: [] for o in outputs}
        tracks = [Track(o, t.rate, picture_spans(t)) for o, t in outputs.items()]
        for number, chunk in enumerate(plan_chunks(tracks)):
            folder = tmp_path / str(number)
            folder.mkdir()
            paths = await render_chunk(chunk, media.files, looks, folder)
            for leg in chunk.legs:
                found[leg.output_id].append((leg.start, frames(paths[leg.output_id])))
        return [
            [f for _, part in sorted(parts, key=lambda p: p[0]) for f in part]
            for parts in found.values()
        ]

    return render


@pytest.fixture(scope="session")
def colours(media: Any) -> Any:
    """Four seconds at 25 fps, each of one colour."""
    inputs = [a for c in COLOURS for a in ("-f", "lavfi", "-i", f"color={c}:s=320x180:r=25:d=1")]
    return media.make("colours.mp4", *inputs, "-filter_complex", "concat=n=4", *H264, "-g", "100")


def colour_of(frame: np.ndarray) -> str:
    named = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}
    middle = frame[frame.shape[0] // 2, frame.shape[1] // 2].astype(int)
    return min(named, key=lambda name: np.abs(middle - named[name]).sum())


@pytest.mark.parametrize("rate", ["30000/1001", "24000/1001", "25", "60"])
async def test_cuts_have_exactly_their_frames(
    rate: str, media: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    source = media.film(rate="30", seconds=3)
    edit = timeline(
        [source],
        [clip(source, 0, 0.5, 1.21), clip(source, 0.71, 1.9, 2.33), clip(source, 1.14, 0, 0.37)],
        rate=Fraction(rate),
    )
    [shown] = await rendered(edit)
    assert len(shown) == round(1.51 * Fraction(rate))


async def test_each_cut_shows_the_frame_that_it_names(
    colours: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    """In points far from keyframes; a cut on the frame where the source itself cuts."""
    edit = timeline(
        [colours],
        [clip(colours, 0, 2.0, 2.4), clip(colours, 0.4, 0.96, 1.2), clip(colours, 0.64, 3, 3.2)],
        rate=Fraction(25),
    )
    [shown] = await rendered(edit)
    seen = [colour_of(frame) for frame in shown]
    assert seen == ["blue"] * 10 + ["red"] + ["lime"] * 5 + ["yellow"] * 5


async def test_a_shared_decode_gives_each_output_its_own_part(
    colours: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    long = timeline([colours], [clip(colours, 0, 0.2, 3.8)], rate=Fraction(25))
    short = timeline(
        [colours],
        [clip(colours, 0, 1.8, 2.2)],
        rate=Fraction(25),
        canvas=Canvas(width=90, height=160),
    )
    whole, part = await rendered(long, short)
    assert len(whole) == 90
    assert [colour_of(frame) for frame in part] == ["lime"] * 5 + ["blue"] * 5
    assert part[0].shape == (160, 90, 3)


async def test_cutaways_replace_the_picture_while_they_last(
    colours: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    edit = timeline(
        [colours],
        [clip(colours, 0, 0, 0.8), clip(colours, 0.8, 1, 1.8)],
        cutaways=(clip(colours, 0.6, 2.2, 2.6),),
        rate=Fraction(25),
    )
    [shown] = await rendered(edit)
    seen = [colour_of(frame) for frame in shown]
    assert seen == ["red"] * 15 + ["blue"] * 10 + ["lime"] * 15


@pytest.mark.parametrize("kind", ["dissolve", "dip_to_black", "wipe", "slide"])
async def test_transitions_overlap_their_clips(
    kind: str, colours: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    blend = Transition(kind=kind, duration_us=400_000)
    edit = timeline(
        [colours],
        [clip(colours, 0, 0, 1), clip(colours, 0.6, 2, 3, transition=blend)],
        rate=Fraction(25),
    )
    [shown] = await rendered(edit)
    assert len(shown) == 40
    assert colour_of(shown[14]) == "red"
    assert colour_of(shown[26]) == "blue"
    middle = shown[20].reshape(-1, 3).mean(axis=0)
    assert middle[0] < 250
    assert middle[2] < 250


TEST = "testsrc2=s=320x180:r=30:d=2"
FFV1 = ("-c:v", "ffv1")
SOURCES = {
    "variable rate": ("vfr.mkv", f"{TEST},select='not(mod(n,7))+lt(n,20)'", "-fps_mode", "vfr"),
    "a strip": ("strip.mp4", "testsrc2=s=5000x16:r=25:d=2", *H264),
    "0.2 s": ("blink.mp4", f"{TEST},trim=end_frame=6", *H264),
    "few frames": ("slow.mp4", "testsrc2=s=320x180:r=2:d=2", *H264),
    "odd size": ("odd.mkv", "testsrc2=s=321x179:r=25:d=2", *FFV1),
    "deep": ("deep.mkv", TEST, *FFV1, "-pix_fmt", "yuv444p10le", "-color_range", "pc"),
    "not square": ("sar.mp4", "testsrc2=s=240x240:r=25:d=2,setsar=16/9", *H264),
    "still": ("still.png", TEST, "-frames:v", "1"),
    "sound only": ("tone.wav", "sine=d=2"),
    "hdr": ("hdr.mkv", TEST, *FFV1, "-pix_fmt", "yuv420p10le"),
}
"""Whatever a phone, a screen recorder or a careless export may hand in."""


def as_hdr(source: Source) -> Source:
    video = source.media.video
    assert video is not None
    hlg = video.model_copy(update={"color_transfer": "arib-std-b67"})
    return source.model_copy(update={"media": source.media.model_copy(update={"video": hlg})})


@pytest.mark.parametrize("kind", SOURCES)
async def test_any_source_fills_both_canvases(
    kind: str, media: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    name, drawn, *options = SOURCES[kind]
    source = media.make(name, "-f", "lavfi", "-i", drawn, *options)
    if kind == "hdr":
        source = as_hdr(source)
        media.files[source.asset_id] = replace(media.files[source.asset_id], source=source)
    end = 0.2 if kind == "0.2 s" else 1.0
    whole = Fit(mode="contain" if kind == "a strip" else "cover")
    wide = timeline([source], [clip(source, 0, 0, end, transform=whole)])
    tall = timeline(
        [source],
        [clip(source, 0, 0, end, transform=Fit(mode="contain"))],
        canvas=Canvas(width=90, height=160),
    )
    for shown, size in zip(await rendered(wide, tall), [(180, 320), (160, 90)], strict=True):
        assert len(shown) == round(end * 30)
        assert all(frame.shape[:2] == size for frame in shown)
        assert shown[-1].std() > 3, "something is to be seen"


async def test_a_source_that_falls_short_holds_its_last_frame(
    colours: Any, media: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    """Its sound is longer than its picture, and the clip lies where only sound is left."""
    long = media.take(media.files[colours.asset_id].path, duration_us=6_000_000)
    edit = timeline([long], [clip(long, 0, 3.8, 4.4), clip(long, 0.6, 5, 5.4)], rate=Fraction(25))
    [shown] = await rendered(edit)
    assert [colour_of(frame) for frame in shown] == ["yellow"] * 25


@pytest.mark.parametrize("turn", [90, 180, 270])
async def test_rotated_phone_clips_stand_upright(
    turn: int, media: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    """The stored picture is turned; what is shown has its blue sky on top."""
    upright = "color=blue:s=180x160:d=1,format=yuv420p[a];color=lime:s=180x160:d=1[b];[a][b]vstack"
    stored = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}[turn]
    plain = media.make(f"plain{turn}.mp4", "-f", "lavfi", "-i", f"{upright},{stored}", *H264)
    path = media.files[plain.asset_id].path
    source = media.make(
        f"turned{turn}.mp4", "-display_rotation", str(-turn), "-i", str(path), "-c", "copy"
    )
    assert source.media.video.rotation == turn
    edit = timeline([source], [clip(source, 0, 0, 0.5)], canvas=Canvas(width=180, height=320))
    [shown] = await rendered(edit)
    assert shown[5].shape == (320, 180, 3)
    assert shown[5][40, 90, 2] > 200
    assert shown[5][280, 90, 1] > 200


async def test_the_crop_follows_its_path_without_jitter(
    media: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    """A bright post that moves at a constant speed stays in the middle of the tall picture."""
    source = media.make(
        "post.mp4",
        *("-f", "lavfi", "-i", "color=black:s=640x360:r=30:d=2"),
        *("-f", "lavfi", "-i", "color=white:s=8x360:r=30:d=2"),
        *("-filter_complex", "[0][1]overlay=x='180+n*4':y=0", *H264, "-qp", "5"),
    )
    path = tuple(
        PathPoint(at_us=us, x=(184 + us * 120 / 1e6) / 640, y=0.5) for us in (0, 1_990_000)
    )
    edit = timeline(
        [source],
        [clip(source, 0, 0.1, 1.9, transform=Reframe(path=path))],
        canvas=Canvas(width=270, height=480),
    )
    [shown] = await rendered(edit)
    columns = np.arange(270)
    centres = [float((f[240, :, 0] * columns).sum() / f[240, :, 0].sum()) for f in shown]
    assert max(centres) - min(centres) < 2.5
    assert abs(np.mean(centres) - 135) < 3


async def test_a_leap_of_the_path_falls_on_the_sources_own_cut(
    colours: Any, clip: Any, timeline: Any, rendered: Any
) -> None:
    """30 fps from 25: no frame shows the new shot with the old crop."""
    leap = (0, 0.2), (1_999_999, 0.2), (2_000_000, 0.8), (3_900_000, 0.8)
    path = tuple(PathPoint(at_us=us, x=x, y=0.5) for us, x in leap)
    half = timeline(
        [colours],
        [clip(colours, 0, 1.5, 2.5, transform=Reframe(path=path))],
        canvas=Canvas(width=90, height=160),
    )
    [shown] = await rendered(half)
    seen = [colour_of(frame) for frame in shown]
    assert seen == ["lime"] * 15 + ["blue"] * 15


async def test_a_still_moves_evenly(media: Any, clip: Any, timeline: Any, rendered: Any) -> None:
    """A zoom onto a cross: its centre stays put while its arms grow."""
    source = media.make(
        "cross.png",
        *("-f", "lavfi", "-i", "color=black:s=1280x720"),
        *("-vf", "drawbox=x=600:y=0:w=80:h=720:c=white:t=fill", "-frames:v", "1"),
    )
    move = KenBurns(start=Window(x=0.5, y=0.5), end=Window(x=0.5, y=0.5, zoom=1.5))
    edit = timeline([source], [clip(source, 0, 0, 1, transform=move)])
    [shown] = await rendered(edit)
    columns = np.arange(320)
    centres = [float((f[90, :, 0] * columns).sum() / f[90, :, 0].sum()) for f in shown]
    assert len(shown) == 30
    assert max(centres) - min(centres) < 1.1
    assert (shown[-1][90, :, 0] > 128).sum() > (shown[0][90, :, 0] > 128).sum()
