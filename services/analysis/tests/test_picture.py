from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.picture import fitted, look
from analysis.shots import Changes, between, cuts
from analysis.watching import PictureUndecodable, Watched, watch
from contracts.media import MediaInfo

ASTRONAUT_FACE = (0.33, 0.10, 0.56, 0.43)  # left, top, right, bottom: generous
Make = Callable[..., Path]
Probe = Callable[..., MediaInfo]

ENCODE = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
SCENES = (
    *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1"),
    *("-f", "lavfi", "-i", "mandelbrot=s=320x180:r=25:start_scale=1,trim=duration=1"),
    *("-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=0.6"),
    *("-f", "lavfi", "-i", "smptebars=s=320x180:r=25:d=1"),
    *("-filter_complex", "concat=n=4,settb=1/25,setpts=N"),
)


def watched(path: Path, probe: Probe, **changes: int) -> Watched:
    media = probe(path, **changes)
    assert media.video is not None
    return watch(path, media.video, media, lambda _: None)


def seconds(found: Watched) -> list[float]:
    return [shot.start_us / 1e6 for shot in found.shots]


def test_hard_cuts_and_black_stretches_divide_the_source(make: Make, probe: Probe) -> None:
    clip = make("scenes.mp4", *SCENES, *ENCODE)
    found = watched(clip, probe)
    assert seconds(found) == pytest.approx([0, 1.0, 2.0, 2.6], abs=0.001)
    assert found.shots[-1].end_us == 3_600_000
    assert found.shots[2].brightness < 0.02 < found.shots[3].brightness
    assert max(shot.sharpness for shot in found.shots) == 1
    assert found.shots[3].motion < found.shots[0].motion


def test_a_steady_picture_is_one_shot(make: Make, probe: Probe) -> None:
    clip = make("pan.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", *ENCODE)
    assert seconds(watched(clip, probe)) == [0]


def test_frames_come_by_their_own_times(make: Make, probe: Probe) -> None:
    """A variable frame rate, and a stream that begins late."""
    source = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=2")
    uneven = ("-vf", "select='not(between(n,5,14))',setpts=PTS+3/TB", "-fps_mode", "vfr")
    clip = make("uneven.mkv", *source, *uneven, *ENCODE)
    video = probe(clip).video
    assert video is not None
    times = [round(seen.at_us / 1e5) for seen in look(clip, video)]
    assert times == [0, 1, 2, 3, 4, 15, 16, 17, 18, 19]


def test_a_face_is_tracked_where_it_is(talk: Path, probe: Probe) -> None:
    (track,) = watched(talk, probe).faces
    left, top, right, bottom = ASTRONAUT_FACE
    for box in track.boxes:
        assert left < box.x < box.x + box.width < right
        assert top < box.y < box.y + box.height < bottom
    gaps = {b.at_us - a.at_us for a, b in pairwise(track.boxes)}
    assert max(gaps) < 400_000


def test_a_turned_picture_is_seen_upright(make: Make, talk: Path, probe: Probe) -> None:
    """Stored lying on its left side, to be shown turned clockwise."""
    clip = make("turned.mp4", "-i", talk, "-t", "1", "-vf", "transpose=2", "-an", *ENCODE)
    (lying,) = watched(clip, probe).faces
    (track,) = watched(clip, probe, rotation=90).faces
    left, top, right, bottom = ASTRONAUT_FACE
    assert left < track.boxes[0].x < right
    assert top < track.boxes[0].y < bottom
    assert lying.boxes[0].x < left


def test_a_still_image_has_faces_and_no_shots(make: Make, talk: Path, probe: Probe) -> None:
    image = make("face.png", "-i", talk, "-frames:v", "1")
    media = probe(image).model_copy(update={"kind": "image"})
    assert media.video is not None
    found = watch(image, media.video, media, lambda _: None)
    assert (found.shots, len(found.faces), len(found.faces[0].boxes)) == ((), 1, 1)


def test_damage_in_the_middle_is_passed_over(make: Make, probe: Probe, tmp_path: Path) -> None:
    clip = make("scenes.mp4", *SCENES, *ENCODE)
    media = probe(clip)
    damaged = tmp_path / "damaged.mp4"
    data = bytearray(clip.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 2000] = bytes(2000)
    damaged.write_bytes(data)
    assert media.video is not None
    assert watch(damaged, media.video, media, lambda _: None).shots


def test_a_picture_without_a_frame_is_a_problem(make: Make, probe: Probe, tmp_path: Path) -> None:
    clip = make("pan.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", *ENCODE)
    media = probe(clip)
    data = clip.read_bytes()
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data[:start] + bytes(end - start) + data[end:])
    assert media.video is not None
    with pytest.raises(PictureUndecodable):
        watch(broken, media.video, media, lambda _: None)


@given(st.lists(st.tuples(st.floats(0, 255), st.floats(0, 255)), max_size=60), st.integers(1, 90))
def test_shots_tile_the_source(frames: list[tuple[float, float]], step: int) -> None:
    changes = Changes()
    for index, (change, luma) in enumerate(frames):
        changes.at_us.append(index * step * 10_000)
        changes.change.append(change)
        changes.luma.append(luma)
    end = len(frames) * step * 10_000 + 1
    spans = list(between(cuts(changes), end))
    assert (spans[0].start_us, spans[-1].end_us) == (0, end)
    assert all(a.end_us == b.start_us for a, b in pairwise(spans))
    assert len(spans) == 1 or min(span.duration_us for span in spans) >= 300_000


@pytest.mark.parametrize(
    ("size", "small"), [((1920, 1080), (512, 288)), ((16, 5000), (2, 512)), ((100, 50), (100, 50))]
)
def test_pictures_shrink_within_a_square(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert fitted(*size, 512) == small


@pytest.mark.footage
def test_real_cuts_and_fades_are_found(footage: Path, probe: Probe) -> None:
    found = watched(footage / "cuts_nature_720p.mp4", probe)
    assert seconds(found) == pytest.approx([0, 1.0, 6.0, 7.05, 12.0, 13.15, 23.1], abs=0.1)


@pytest.mark.footage
def test_of_many_pictures_the_named_one_is_seen(footage: Path, probe: Probe) -> None:
    found = watched(footage / "nasa_many_streams.mp4", probe)
    assert seconds(found) == pytest.approx([0, 8.008], abs=0.04)


@pytest.mark.footage
@pytest.mark.parametrize("name", ["face_walking_720p.mp4", "face_gesture_720p.mp4"])
def test_a_real_face_is_followed_throughout(name: str, footage: Path, probe: Probe) -> None:
    media = probe(footage / name)
    (track,) = watched(footage / name, probe).faces
    assert track.boxes[0].at_us < 300_000
    assert track.boxes[-1].at_us > media.duration_us - 600_000
    assert len(track.boxes) > media.duration_us / 1e6 * 3.5
