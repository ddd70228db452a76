"""Footage in, four cuts out: what a creator gets, measured on the files."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import pytest

from cinema.delivery import deliver

Json = dict[str, Any]

KINDS = ("cinematic", "vertical", "short", "hook")


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory, url: str, home: Any, shoot: list[Path]) -> Path:
    """What `cinema direct` leaves in its folder."""
    folder = tmp_path_factory.mktemp("cuts")
    command = [sys.executable, "-m", "cinema", "direct", *map(str, shoot)]
    options = ["--home", str(home.root), "--out", str(folder), "--quality", "720p", "--json"]
    done = subprocess.run([*command, *options], capture_output=True, timeout=110)
    assert done.returncode == 0, done.stderr.decode()
    (folder / "job.json").write_bytes(done.stdout)
    return folder


def test_the_folder_holds_every_cut_and_what_an_editor_needs(cuts: Path) -> None:
    expected = {f"{kind}.mp4" for kind in KINDS} | {
        "captions.srt",
        "captions.vtt",
        "captions.ass",
        "timeline.otio",
        "manifest.json",
    }
    assert expected <= {file.name for file in cuts.iterdir()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_is_what_its_kind_promises(cuts: Path, kind: str) -> None:
    with av.open(str(cuts / f"{kind}.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        size = (1280, 720) if kind == "cinematic" else (720, 1280)
        assert (video.width, video.height) == size
        assert video.pix_fmt == "yuv420p"
        assert video.average_rate == Fraction(30)
        assert audio.rate == 48000
        assert abs(_seconds(video) - _seconds(audio)) < 0.05
        if kind == "hook":
            assert 2.5 <= _seconds(video) <= 6


def _seconds(stream: Any) -> float:
    return float(stream.duration * stream.time_base)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_is_as_loud_as_platforms_ask(cuts: Path, kind: str) -> None:
    lufs, peak = _loudness(cuts / f"{kind}.mp4")
    assert lufs == pytest.approx(-14, abs=1)
    assert peak <= -0.9


def _loudness(file: Path) -> tuple[float, float]:
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(file)]
    measure = ["-af", "loudnorm=print_format=json", "-f", "null", "-"]
    log = subprocess.run([*ffmpeg, *measure], capture_output=True, check=True).stderr.decode()
    facts = json.loads(log[log.rindex("{") : log.rindex("}") + 1])
    return float(facts["input_i"]), float(facts["input_tp"])


def test_the_silence_and_the_false_start_are_gone(cuts: Path) -> None:
    job = json.loads((cuts / "job.json").read_text())["job"]
    said = " ".join(scene["script"] for scene in job["scenes"]).lower()
    assert said.count("getting to space is") == 1
    assert "easy part" in said
    with av.open(str(cuts / "cinematic.mp4")) as container:
        assert _seconds(container.streams.video[0]) < 25


def test_the_manifest_says_why_of_every_cut_and_who_did_what(cuts: Path) -> None:
    manifest = json.loads((cuts / "manifest.json").read_text())
    assert manifest["providers"]["director"].startswith("rules/")
    assert len(manifest["sources"]) == 4
    assert [step["state"] for step in manifest["steps"]] == ["succeeded"] * 4
    for output in manifest["outputs"]:
        clips = output["manifest"]["clips"]
        assert clips
        assert all(cut["reason"] for cut in clips)


def test_captions_are_what_was_said(cuts: Path) -> None:
    captions = (cuts / "captions.srt").read_text()
    assert "rockets" in captions
    assert "leave the ground?" in captions.replace("\n", " ")


def test_the_same_folder_twice_replaces_and_never_mixes(
    creator: Any, tmp_path: Path, shoot: list[Path]
) -> None:
    job = creator.direct(shoot, outputTypes=["hook"])
    assert job["status"] == "completed"
    first = {file.name for file in deliver(creator.api, job["id"], tmp_path)}
    assert {file.name for file in deliver(creator.api, job["id"], tmp_path)} == first
    assert {file.name for file in tmp_path.iterdir()} == first
