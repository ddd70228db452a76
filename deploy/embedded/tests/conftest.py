import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from embedded.postgres import Postgres


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """A durable server of this test alone, started."""
    postgres = Postgres(tmp_path / "postgres")
    postgres.start()
    yield postgres
    postgres.stop()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits until a condition holds; fails after ten seconds."""

    def wait(condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < end, "it did not happen in ten seconds"
            time.sleep(0.02)

    return wait


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Runs Python that starts something, prints one line and sleeps."""
    started: list[subprocess.Popen[str]] = []

    def run(source: str) -> subprocess.Popen[str]:
        script = f"import time\n{source}\ntime.sleep(60)"
        args = [sys.executable, "-u", "-c", script]
        started.append(subprocess.Popen(args, stdout=subprocess.PIPE, text=True, cwd=tmp_path))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def kill_9() -> Callable[[int], None]:
    return lambda pid: os.kill(pid, signal.SIGKILL)


@pytest.fixture
def is_gone() -> Callable[[int], bool]:
    """Whether a process has ended, also when nobody has collected it yet."""

    def gone(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return gone
