"""What creators upload by mistake ends in a clear problem, and never takes its siblings along."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from cinema.api import Api, ApiProblem

Json = dict[str, Any]


def ffmpeg(target: Path, *arguments: str) -> Path:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *arguments, str(target)]
    subprocess.run(command, check=True)
    return target


def picture(size: str, seconds: float) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25:duration={seconds}")


def tone(seconds: float) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"sine=frequency=300:duration={seconds}")


def text_file(folder: Path) -> Path:
    file = folder / "notes.mp4"
    file.write_text("This is not a film.\n" * 50)
    return file


def truncated(folder: Path) -> Path:
    whole = ffmpeg(folder / "whole.mp4", *picture("320x180", 3), "-movflags", "+faststart")
    file = folder / "cut_off.mp4"
    file.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return file


def empty(folder: Path) -> Path:
    file = folder / "empty.mp4"
    file.touch()
    return file


@pytest.mark.parametrize(
    ("make", "code"),
    [(text_file, "not_media"), (truncated, "truncated"), (empty, "empty_file")],
)
def test_what_is_no_media_is_refused_with_a_reason(
    api: Api, tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    project = api.create_project("bad")
    asset = _settled(api, api.upload(project, make(tmp_path))["id"])
    assert (asset["status"], asset["error"]["code"]) == ("rejected", code)
    with pytest.raises(ApiProblem) as refused:
        api.create_job(project, {"assetIds": [asset["id"]]})
    assert refused.value.code == "asset_rejected"


def _settled(api: Api, asset_id: str) -> Json:
    deadline = time.monotonic() + 20
    while (asset := api.asset(asset_id))["status"] == "submitted":
        assert time.monotonic() < deadline, "still not ingested"
        time.sleep(0.1)
    return asset


ODD = {
    "audio_only": lambda f: ffmpeg(f / "voice.m4a", *tone(3)),
    "silent": lambda f: ffmpeg(f / "silent.mp4", *picture("320x180", 3)),
    "ribbon": lambda f: ffmpeg(f / "ribbon.mp4", *picture("5000x16", 1), "-pix_fmt", "yuv420p"),
    "blink": lambda f: ffmpeg(f / "blink.mp4", *picture("320x180", 0.2)),
    "variable_rate": lambda f: ffmpeg(
        f / "vfr.mp4",
        *(*picture("320x180", 4), "-vf", "select='lt(t,2)+not(mod(n,3))'", "-fps_mode", "vfr"),
    ),
    "rotated": lambda f: ffmpeg(
        f / "rotated.mp4",
        *("-display_rotation", "90", "-i", str(ffmpeg(f / "flat.mp4", *picture("320x180", 3)))),
        *("-c", "copy"),
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_merely_odd_ends_in_correct_cuts(creator: Any, tmp_path: Path, name: str) -> None:
    job = creator.direct([ODD[name](tmp_path)], outputTypes=["cinematic", "vertical"])
    assert job["status"] == "completed", job["error"]
    sizes = {(o["outputType"], o["width"], o["height"]) for o in job["outputs"]}
    assert sizes == {("cinematic", 1280, 720), ("vertical", 720, 1280)}


def test_a_bad_clip_does_not_take_the_good_ones_along(creator: Any, tmp_path: Path) -> None:
    good = ffmpeg(tmp_path / "good.mp4", *picture("320x180", 4), *tone(4))
    job = creator.direct([good, text_file(tmp_path)], outputTypes=["cinematic"])
    assert job["status"] == "completed"
