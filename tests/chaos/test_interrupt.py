"""Ctrl-C during `cinema direct`: the job is canceled, nothing stays running, and the next run is
a new one."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.databases import Databases
from tests.machine import Machine, until

from cinema.system.home import Home

END_SECONDS = 30
JOB_SECONDS = 100
JOBS = "SELECT id::text, status FROM jobs ORDER BY id"


@pytest.fixture
def idle(tmp_path: Path) -> Machine:
    """A home on which nothing runs but what `cinema direct` starts for itself."""
    return Machine(Home(tmp_path / "home"))


@pytest.fixture
def records(idle: Machine) -> Iterator[Databases]:
    with Databases(idle.home) as databases:
        yield databases


def direct(idle: Machine, shoot: list[Path], folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cinema", "direct", *map(str, shoot)]
    options = ["--home", str(idle.home.root), "--outputs", "hook", "--quality", "720p"]
    return subprocess.Popen(
        [*command, *options, "--out", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Who runs the tests in the background may have had us ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )


def interrupt(idle: Machine, running: subprocess.Popen[str]) -> None:
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=END_SECONDS)
    assert running.returncode != 0, said
    assert "Traceback" not in said
    assert idle.processes() == []


def test_ctrl_c_while_the_system_starts_leaves_nothing_running(
    idle: Machine, shoot: list[Path], tmp_path: Path
) -> None:
    running = direct(idle, shoot, tmp_path / "cuts")
    until(lambda: idle.home.log("postgres").exists(), "the database is started", seconds=60)
    interrupt(idle, running)


@pytest.mark.timeout(240)
def test_ctrl_c_cancels_the_job_and_the_next_run_is_a_new_one(
    idle: Machine, records: Databases, shoot: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "cuts"
    running = direct(idle, shoot, folder)
    until(idle.home.running, "the system is up", seconds=60)
    until(lambda: rendering(idle, records), "rendering", seconds=JOB_SECONDS)
    [first] = records.rows("gateway", JOBS)
    interrupt(idle, running)
    assert not folder.exists() or not list(folder.iterdir())

    again = direct(idle, shoot, folder)
    said, _ = again.communicate(timeout=JOB_SECONDS)
    assert again.returncode == 0, said
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["jobId"] != first["id"]
    assert (folder / "hook.mp4").is_file()
    assert idle.processes() == []


def rendering(idle: Machine, records: Databases) -> bool:
    state = idle.home.running()
    if state is None or not state.ready:
        return False
    return bool(records.value("render", "SELECT 1 FROM work WHERE state = 'leased'"))
