"""What is made of bad media: a word that a program can act on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.inspect_file import Report, report_on

Make = Callable[..., Path]
Inspect = Callable[[Path], Report]

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def code(report: Report) -> str | None:
    return report.problem.code if report.problem else None


def test_an_empty_file(tmp_path: Path, inspect: Inspect) -> None:
    (tmp_path / "a.mp4").touch()
    assert code(inspect(tmp_path / "a.mp4")) == "empty_file"


@pytest.mark.parametrize(
    "text", ["Dear editor,\n" * 50, "#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "\0" * 999]
)
def test_what_is_not_media(text: str, tmp_path: Path, inspect: Inspect) -> None:
    (tmp_path / "a.mp4").write_text(text)
    assert code(inspect(tmp_path / "a.mp4")) == "not_media"


def test_a_playlist_cannot_name_other_files(clip: Path, tmp_path: Path, inspect: Inspect) -> None:
    (tmp_path / "a.mp4").write_text(f"ffconcat version 1.0\nfile '{clip}'\n")
    assert code(inspect(tmp_path / "a.mp4")) == "not_media"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.85])
@pytest.mark.parametrize("name", ["clip.mp4", "fragments.mp4", "clip.mkv"])
def test_a_file_that_is_cut_off(
    name: str, share: float, clip: Path, make: Make, tmp_path: Path, inspect: Inspect
) -> None:
    options = ["-movflags", "frag_keyframe+empty_moov"] if "fragments" in name else []
    whole = clip if name == "clip.mp4" else make(name, "-i", clip, "-c", "copy", *options)
    data = whole.read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    report = inspect(tmp_path / name)
    if "fragments" in name and report.media is not None:
        assert report.media.duration_us <= 1_100_000  # its whole fragments, and no more
    else:
        assert code(report) == "truncated"


def test_a_recording_without_its_index(
    clip: Path, make: Make, tmp_path: Path, inspect: Inspect
) -> None:
    data = make("index_last.mp4", "-i", clip, "-c", "copy").read_bytes()
    (tmp_path / "a.mp4").write_bytes(data[: data.index(b"moov") - 4])
    assert code(inspect(tmp_path / "a.mp4")) == "truncated"


def test_a_transport_stream_ends_where_it_ends(
    clip: Path, make: Make, tmp_path: Path, inspect: Inspect
) -> None:
    data = make("clip.ts", "-i", clip, "-c", "copy").read_bytes()
    (tmp_path / "a.ts").write_bytes(data[: len(data) * 7 // 10])
    found = inspect(tmp_path / "a.ts").media
    assert found is not None
    assert 1_000_000 < found.duration_us < 1_800_000


def test_holes(clip: Path, tmp_path: Path, inspect: Inspect) -> None:
    data = bytearray(clip.read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    (tmp_path / "a.mp4").write_bytes(data)
    assert code(inspect(tmp_path / "a.mp4")) == "damaged"


def test_a_broken_still(tmp_path: Path, inspect: Inspect, make: Make) -> None:
    whole = make("still.png", "-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1")
    data = whole.read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    assert code(inspect(tmp_path / "a.png")) == "damaged"


def test_too_short(make: Make, inspect: Inspect) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25")
    assert code(inspect(make("blink.mp4", *source, "-frames:v", "2", *X264))) == "too_short"
    assert code(inspect(make("short.mp4", *source, "-frames:v", "5", *X264))) is None


def test_a_strange_shape_is_fine(make: Make, inspect: Inspect) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=s=5000x16:r=25:d=0.4")
    found = inspect(make("strip.mp4", *source, *X264)).media
    assert found is not None
    assert found.video is not None
    assert (found.video.width, found.video.height) == (5000, 16)


def test_too_large_a_picture(make: Make, inspect: Inspect) -> None:
    source = ("-f", "lavfi", "-i", "color=s=16400x16:r=1:d=1", "-frames:v", "1")
    assert code(inspect(make("vast.png", *source))) == "too_large_picture"


def test_an_unknown_coding(clip: Path, tmp_path: Path, inspect: Inspect) -> None:
    data = clip.read_bytes().replace(b"avc1", b"zzz1").replace(b"mp4a", b"zzz2")
    (tmp_path / "a.mp4").write_bytes(data)
    assert code(inspect(tmp_path / "a.mp4")) == "unsupported_codec"


def test_subtitles_alone(make: Make, tmp_path: Path, inspect: Inspect) -> None:
    (tmp_path / "a.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    assert code(inspect(make("subtitles.mkv", "-i", tmp_path / "a.srt"))) == "no_usable_stream"


CODES = {
    *("empty_file", "not_media", "truncated", "damaged", "unsupported_codec"),
    *("no_usable_stream", "too_short", "too_large_picture", "too_costly"),
}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_goes_beyond_a_problem(data: st.DataObject, clip: Path, tmp_path: Path) -> None:
    content = bytearray(clip.read_bytes())
    flips = st.tuples(st.integers(0, len(content) - 1), st.integers(1, 255))
    header = st.tuples(st.integers(0, 4000), st.integers(1, 255))
    for place, mask in data.draw(st.lists(flips | header, max_size=12)):
        content[place] ^= mask
    end = data.draw(st.just(len(content)) | st.integers(0, len(content)))
    (tmp_path / "a.mp4").write_bytes(content[:end])
    report = report_on(tmp_path / "a.mp4", tmp_path / "thumbnail.jpg")
    assert (report.media is None) != (report.problem is None)
    assert report.problem is None or report.problem.code in CODES
    assert report.media is None or report.media.duration_us >= 100_000
