"""Media made for the run, and the real clips where they are at hand."""

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from ingest.inspect_file import Report, report_on

FOOTAGE = Path(__file__).parents[4] / "shared" / "footage"

Make = Callable[..., Path]

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2")
SOUND = ("-f", "lavfi", "-i", "sine=d=2:r=48000")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25")


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """`make("clip.mp4", *ffmpeg arguments)`, made once."""

    @cache
    def run(name: str, *args: str | Path) -> Path:
        path = tmp_path_factory.mktemp("media") / name
        command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", *map(str, args), str(path)]
        subprocess.run(command, check=True, timeout=60)
        return path

    return run


@pytest.fixture(scope="session")
def clip(make: Make) -> Path:
    """Two seconds of picture and sound, the index in front."""
    return make("clip.mp4", *PICTURE, *SOUND, *H264, "-movflags", "+faststart")


@pytest.fixture
def inspect(tmp_path: Path) -> Callable[[Path], Report]:
    return lambda path: report_on(path, tmp_path / "thumbnail.jpg")


@pytest.fixture
def footage() -> Path:
    if not FOOTAGE.is_dir():
        pytest.skip("the real clips are not at hand")
    return FOOTAGE
