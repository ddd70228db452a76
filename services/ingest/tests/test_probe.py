"""What is made of good media."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from contracts.media import AudioStream, MediaInfo, VideoStream
from ingest.inspect_file import Report

Make = Callable[..., Path]
Inspect = Callable[[Path], Report]

TEST_PICTURE = ("-f", "lavfi", "-i")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25")


def media(report: Report) -> MediaInfo:
    assert report.problem is None
    assert report.media is not None
    return report.media


def video(report: Report) -> VideoStream:
    found = media(report).video
    assert found is not None
    return found


def audio(report: Report) -> AudioStream:
    found = media(report).audio
    assert found is not None
    return found


def test_picture_and_sound(clip: Path, inspect: Inspect) -> None:
    report = inspect(clip)
    assert media(report).kind == "video"
    assert media(report).duration_us == 2_000_000
    assert media(report).size_bytes == clip.stat().st_size
    found = video(report)
    assert (found.codec, found.width, found.height) == ("h264", 320, 180)
    assert found.rate == 25
    assert (found.variable_rate, found.rotation) == (False, 0)
    assert found.pixel_format == "yuv420p"
    heard = audio(report)
    assert (heard.codec, heard.sample_rate, heard.layout, heard.start_us) == (
        "aac",
        48000,
        "mono",
        0,
    )


@pytest.mark.parametrize("name", ["clip.mkv", "clip.ts", "clip.mov", "clip.flv"])
def test_any_container_says_the_same(name: str, clip: Path, make: Make, inspect: Inspect) -> None:
    report = inspect(make(name, "-i", clip, "-c", "copy"))
    assert abs(media(report).duration_us - 2_000_000) <= 25_000
    assert video(report).rate == 25
    assert not video(report).variable_rate


def test_avi(clip: Path, make: Make, inspect: Inspect) -> None:
    report = inspect(make("clip.avi", "-i", clip, "-c:v", "mpeg4", "-c:a", "mp3"))
    assert abs(media(report).duration_us - 2_000_000) <= 40_000
    assert video(report).rate == 25


@pytest.mark.parametrize(
    ("stated", "clockwise", "size"),
    [("90", 270, (180, 320)), ("-90", 90, (180, 320)), ("180", 180, (320, 180))],
)
def test_a_turned_picture_is_described_upright(
    stated: str, clockwise: int, size: tuple[int, int], clip: Path, make: Make, inspect: Inspect
) -> None:
    turned = make(f"turned{stated}.mp4", "-display_rotation", stated, "-i", clip, "-c", "copy")
    found = video(inspect(turned))
    assert found.rotation == clockwise
    assert (found.width, found.height) == size


def test_an_uneven_rate_is_seen(make: Make, inspect: Inspect) -> None:
    uneven = make(
        "uneven.mp4",
        *(*TEST_PICTURE, "testsrc2=s=160x90:r=30:d=3"),
        *("-vf", "select='not(mod(n,7))+not(mod(n,4))'", "-fps_mode", "vfr"),
        *X264,
    )
    found = video(inspect(uneven))
    assert found.variable_rate
    assert 9 < found.rate < 13


@pytest.mark.parametrize("rate", ["24000/1001", "30000/1001", "60", "12.5"])
def test_rates_are_exact_even_where_the_clock_is_coarse(
    rate: str, make: Make, inspect: Inspect
) -> None:
    source = (*TEST_PICTURE, f"testsrc2=s=160x90:r={rate}:d=1.5")
    found = video(inspect(make(f"rate{rate.replace('/', '_')}.mkv", *source, *X264)))
    assert found.rate == Fraction(rate)
    assert not found.variable_rate


def test_sound_alone(make: Make, inspect: Inspect) -> None:
    source = (*TEST_PICTURE, "sine=d=3:r=44100", "-ac", "2")
    for name in ("tone.wav", "tone.flac", "tone.mp3", "tone.ogg", "tone.m4a"):
        report = inspect(make(name, *source))
        assert media(report).kind == "audio", name
        assert abs(media(report).duration_us - 3_000_000) < 60_000, name
        assert audio(report).channels == 2, name


def test_picture_alone(clip: Path, make: Make, inspect: Inspect) -> None:
    report = inspect(make("silent.mp4", "-i", clip, "-c", "copy", "-an"))
    assert media(report).kind == "video"
    assert media(report).audio is None


def test_sound_that_starts_later_says_so(clip: Path, make: Make, inspect: Inspect) -> None:
    late = make(
        "late.mp4",
        *("-i", clip, "-itsoffset", "0.5", "-i", clip),
        *("-map", "0:v", "-map", "1:a", "-c", "copy"),
    )
    assert abs(audio(inspect(late)).start_us - 500_000) < 25_000


def test_wide_pixels(make: Make, inspect: Inspect) -> None:
    source = (*TEST_PICTURE, "testsrc2=s=180x144:r=25:d=0.5", "-vf", "setsar=64/45")
    wide = make("wide.mp4", *source, *X264)
    turned = make("wide_turned.mp4", "-display_rotation", "90", "-i", wide, "-c", "copy")
    assert video(inspect(wide)).sample_aspect == Fraction(64, 45)
    assert video(inspect(turned)).sample_aspect == Fraction(45, 64)


def test_colour(make: Make, inspect: Inspect) -> None:
    hlg = "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc:range=tv"
    source = (*TEST_PICTURE, "testsrc2=s=160x90:r=25:d=0.5")
    found = video(inspect(make("hlg.mp4", *source, *X264, "-x264-params", hlg)))
    assert found.color_primaries == "bt2020"
    assert found.color_transfer == "arib-std-b67"
    assert found.color_space == "bt2020nc"
    assert found.color_range == "tv"


def test_a_cover_is_not_the_picture(make: Make, tmp_path: Path, inspect: Inspect) -> None:
    Image.new("RGB", (64, 64), "navy").save(tmp_path / "cover.png")
    song = make(
        "song.mp3",
        *(*TEST_PICTURE, "sine=d=2", "-i", tmp_path / "cover.png"),
        *("-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"),
    )
    assert media(inspect(song)).kind == "audio"


def test_a_still_is_turned_by_its_exif(tmp_path: Path, inspect: Inspect) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 20), "red").save(tmp_path / "still.jpg", exif=exif)
    report = inspect(tmp_path / "still.jpg")
    assert (media(report).kind, media(report).duration_us) == ("image", 0)
    found = video(report)
    assert (found.width, found.height, found.rotation) == (20, 40, 90)


@pytest.mark.parametrize("name", ["s.png", "s.webp", "s.gif", "s.bmp", "s.tiff"])
def test_stills(name: str, tmp_path: Path, inspect: Inspect) -> None:
    Image.new("RGB", (40, 20), "red").save(tmp_path / name)
    assert media(inspect(tmp_path / name)).kind == "image"


@pytest.mark.footage
def test_the_largest_picture_and_the_best_sound(footage: Path, inspect: Inspect) -> None:
    report = inspect(footage / "nasa_many_streams.mp4")
    assert (video(report).index, video(report).width) == (3, 480)
    assert (audio(report).index, audio(report).sample_rate) == (4, 16000)


@pytest.mark.footage
@pytest.mark.parametrize(
    ("name", "seconds", "size", "rate"),
    [
        ("phone_vertical_4k_hevc.mp4", 9.009, (2160, 3840), Fraction(30000, 1001)),
        ("people_139s_10fps.mp4", 139.4, (768, 432), Fraction(10)),
        ("talk_webcam_60fps.mp4", 13.617, (1920, 880), Fraction(60)),
        ("cuts_nature_720p.mp4", 24.024, (1280, 720), Fraction(30000, 1001)),
    ],
)
def test_real_clips(
    name: str,
    seconds: float,
    size: tuple[int, int],
    rate: Fraction,
    footage: Path,
    inspect: Inspect,
) -> None:
    report = inspect(footage / name)
    assert media(report).duration_us == pytest.approx(seconds * 1e6, abs=1e3)
    assert (video(report).width, video(report).height) == size
    assert video(report).rate == rate
