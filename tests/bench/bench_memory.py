"""Peak memory of every service with a short and with a long source: promised flat within 20 %,
but for analysis's model.

Each source gets a system of its own. The peaks are the kernel's (VmHWM), so none is missed; of
the programs that a service starts (decoders, encoders, the process that analyses) the largest
single one is shown.
"""

import subprocess
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import imageio_ffmpeg
import psutil
import pytest
from tests.databases import Databases
from tests.machine import Machine, until
from tests.studio import Studio

from cinema.sample.shoot import make_shoot
from cinema.system.environment import SERVICES
from cinema.system.home import Home

SECONDS = {"10 s": 10, "10 min": 600}
SAMPLE_EVERY = 0.1
JOB_SECONDS = 3000
ENDED = "SELECT 1 FROM jobs WHERE id = $1 AND finished_at IS NOT NULL"


class Peaks(threading.Thread):
    """MiB by service, and by service of its largest program."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.services: Counter[str] = Counter()
        self.programs: Counter[str] = Counter()
        self._processes = {name: machine.process(name) for name in SERVICES}
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(SAMPLE_EVERY):
            for name, process in self._processes.items():
                self.services[name] = peak_mib(process)
                for program in process.children(recursive=True):
                    self.programs[name] = max(self.programs[name], peak_mib(program))


def peak_mib(process: psutil.Process) -> int:
    with suppress(OSError, StopIteration):
        status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) >> 10
    return 0


@pytest.fixture(scope="module")
def interview(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shoot(tmp_path_factory.mktemp("shoot"), height=360)[0]


def repeated(interview: Path, seconds: int, folder: Path) -> Path:
    """The interview again and again, 640×360 at 30 frames per second."""
    target = folder / f"interview-{seconds}.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-stream_loop", "-1"]
    cut = ["-t", str(seconds), "-c", "copy", str(target)]
    subprocess.run([*command, "-i", str(interview), *cut], check=True)
    return target


def peaks(interview: Path, seconds: int, folder: Path) -> Peaks:
    machine = Machine(Home(folder / f"home-{seconds}"))
    try:
        machine.up()
        with Databases(machine.home) as databases, Peaks(machine) as found:
            clip = repeated(interview, seconds, folder)
            job_id = Studio(machine, [clip]).start()
            until(lambda: databases.rows("gateway", ENDED, job_id), "ended", seconds=JOB_SECONDS)
    finally:
        machine.down()
    return found


def test_memory(interview: Path, tmp_path: Path) -> None:
    short, long = (peaks(interview, seconds, tmp_path) for seconds in SECONDS.values())
    print(f"\npeak memory, MiB   {'service':^24}   {'its largest program':^24}")
    print(f"{'':16}" + f"   {'10 s':>6} {'10 min':>8} {'ratio':>8}" * 2)
    for name in SERVICES:
        print(
            f"{name:<16}{row(short.services[name], long.services[name])}"
            f"{row(short.programs[name], long.programs[name])}"
        )


def row(short: int, long: int) -> str:
    ratio = f"{long / short:8.2f}" if short else f"{'-':>8}"
    return f"   {short:>6} {long:>8} {ratio}"
