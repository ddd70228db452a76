"""The picture that stands for an asset."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from ingest.inspect_file import report_on
from ingest.thumbnail import most_telling
from ingest.waveform import draw

Make = Callable[..., Path]
Thumbnail = Callable[[Path], Image.Image]

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10")


@pytest.fixture
def thumbnail(tmp_path: Path) -> Thumbnail:
    def make(path: Path) -> Image.Image:
        assert report_on(path, tmp_path / "thumbnail.jpg").problem is None
        with Image.open(tmp_path / "thumbnail.jpg") as image:
            return image.convert("RGB")

    return make


def test_it_is_not_the_black_that_a_video_fades_in_from(make: Make, thumbnail: Thumbnail) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=3", "-vf", "fade=d=2")
    image = thumbnail(make("fade.mp4", *source, *X264))
    assert image.size == (640, 360)
    assert ImageStat.Stat(image.convert("L")).mean[0] > 80


def test_it_stands_upright(clip: Path, make: Make, thumbnail: Thumbnail) -> None:
    upright = thumbnail(clip)
    turned = make("turned.mp4", "-display_rotation", "-90", "-i", clip, "-c", "copy")
    image = thumbnail(turned)
    assert image.size == (640, 1138)
    back = image.rotate(90, expand=True).resize(upright.size)
    difference = ImageStat.Stat(ImageChops.difference(back, upright)).mean
    assert max(difference) < 12


def test_it_has_the_displayed_shape(make: Make, thumbnail: Thumbnail) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=s=180x144:r=25:d=0.5", "-vf", "setsar=64/45")
    assert thumbnail(make("wide.mp4", *source, *X264)).size == (640, 360)


def test_a_strip_stays_a_strip(make: Make, thumbnail: Thumbnail) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=s=5000x16:r=25:d=0.4")
    assert thumbnail(make("strip.mp4", *source, *X264)).size == (640, 2)


def test_detail_beats_blankness() -> None:
    grey = Image.new("RGB", (320, 180), (128, 128, 128))
    noise = Image.effect_noise((320, 180), 60).convert("RGB")
    assert most_telling([Image.new("RGB", (320, 180)), noise, grey]) is noise


def test_a_sound_is_drawn_high_where_it_is_loud(make: Make, thumbnail: Thumbnail) -> None:
    source = (
        "-f",
        "lavfi",
        "-i",
        "sine=d=4:r=48000",
        "-af",
        "volume='if(lt(t,2),0.02,1)':eval=frame",
    )
    image = thumbnail(make("louder.wav", *source)).convert("L")
    left, right = image.crop((40, 0, 300, 120)), image.crop((340, 0, 600, 120))
    assert ImageStat.Stat(right).mean[0] > 2 * ImageStat.Stat(left).mean[0]


def test_silence_has_a_picture_too() -> None:
    assert draw([0.0] * 64).size == (640, 360)
