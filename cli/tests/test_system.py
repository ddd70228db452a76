"""The supervisor with real servers and stand-in services: whatever is killed, it goes on, and
whatever ends it, nothing is left running."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner

from cinema.main import main
from cinema.system.control import SystemFailed, shut_down, system
from cinema.system.home import Home, State
from embedded.processes import spawn

NAMES = ("gateway", "ingest")
DEADLINE = 30.0
UP = (sys.executable, str(Path(__file__).with_name("run_supervisor.py")), *NAMES)
USER = """
import sys, time
from pathlib import Path
from cinema.system.control import system
from cinema.system.home import Home
with system(Home(Path(sys.argv[1])), up=sys.argv[2:]) as url:
    print(url, flush=True)
    time.sleep(60)
"""


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.root / "supervisor.log"
        self.process = self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        return spawn([*UP, "--home", self.home.root], log=self.log)

    def start_again(self) -> None:
        self.process = self._spawn()

    def until(self, holds: Callable[[State], object]) -> State:
        end = time.monotonic() + DEADLINE
        while True:
            state = self.home.running()
            if state and state.pid == self.process.pid and state.ready and holds(state):
                return state
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.05)

    def ready(self) -> State:
        return self.until(lambda state: True)

    def told(self, name: str) -> dict[str, Any]:
        """What the stand-in of that name was told."""
        port = self.ready().services[name].port
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            facts: dict[str, Any] = json.load(answer)
            return facts

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def server(self, word: str) -> int:
        """The pid of the direct child whose command line has `word` in it."""
        children = psutil.Process(self.process.pid).children()
        (pid,) = [child.pid for child in children if word in " ".join(child.cmdline())]
        return pid


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    supervisor = Running(Home(tmp_path / "home"))
    yield supervisor
    if supervisor.process.poll() is None:
        supervisor.process.terminate()
        supervisor.process.wait(DEADLINE)


def assert_all_end(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []


def test_every_service_has_its_own_database_and_shares_the_rest(running: Running) -> None:
    gateway, ingest = running.told("gateway"), running.told("ingest")
    assert gateway["DATABASE_URL"].endswith("/gateway")
    assert ingest["DATABASE_URL"].endswith("/ingest")
    assert gateway["DATABASE_URL"].split("@")[0] != ingest["DATABASE_URL"].split("@")[0]
    for shared in ("KAFKA_BOOTSTRAP", "SIGNING_SECRET", "CINEMA_HOME"):
        assert gateway[shared] == ingest[shared]
    assert gateway["PUBLIC_URL"] == ingest["PUBLIC_URL"] == running.ready().url
    assert f"ready: {running.ready().url}\n" in running.log.read_text()


def test_sigterm_leaves_nothing_running(running: Running) -> None:
    running.ready()
    processes = running.descendants()
    assert len(processes) > len(NAMES) + 2
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(DEADLINE) == 0
    assert_all_end(processes)
    assert running.home.running() is None


def test_kill_9_of_the_supervisor_takes_all_and_the_next_one_goes_on(running: Running) -> None:
    before = running.told("ingest")
    port = running.ready().services["ingest"].port
    processes = running.descendants()
    running.process.kill()
    running.process.wait()
    assert_all_end(processes)
    assert running.home.running() is None
    running.start_again()
    after = running.told("ingest")
    assert running.ready().services["ingest"].port == port
    assert after["DATABASE_URL"] == before["DATABASE_URL"]
    assert after["SIGNING_SECRET"] == before["SIGNING_SECRET"]


def test_a_killed_service_is_restarted_alone(running: Running) -> None:
    before = running.ready()
    ingest = before.services["ingest"].pid
    assert ingest is not None
    os.kill(ingest, signal.SIGKILL)
    after = running.until(lambda state: state.services["ingest"].restarts == 1)
    assert after.services["ingest"].pid != ingest
    assert after.services["ingest"].port == before.services["ingest"].port
    assert after.services["gateway"] == before.services["gateway"]


def test_a_killed_broker_is_replaced_and_the_services_are_told(running: Running) -> None:
    before = running.told("gateway")
    os.kill(running.server("embedded.broker"), signal.SIGKILL)
    running.until(lambda state: all(each.restarts == 1 for each in state.services.values()))
    for name in NAMES:
        assert running.told(name)["KAFKA_BOOTSTRAP"] != before["KAFKA_BOOTSTRAP"]
        assert running.told(name)["DATABASE_URL"].startswith(before["DATABASE_URL"][:20])


def test_a_killed_database_comes_back_under_the_services(running: Running) -> None:
    before = running.ready()
    postgres = running.server("bin/postgres")
    os.kill(postgres, signal.SIGKILL)
    end = time.monotonic() + DEADLINE
    pid_file = running.home.root / "postgres" / "data" / "postmaster.pid"
    while (
        not pid_file.exists()
        or str(postgres) in (text := pid_file.read_text())
        or ("ready" not in text)
    ):
        assert time.monotonic() < end, running.log.read_text()
        time.sleep(0.05)
    assert running.ready().services == before.services


def test_secrets_are_private(running: Running) -> None:
    running.ready()
    for name in ("secrets.json", "postgres/password"):
        assert stat.S_IMODE((running.home.root / name).stat().st_mode) == 0o600


def test_a_second_one_on_the_same_home_says_so(running: Running) -> None:
    url = running.ready().url
    arguments = ["--home", str(running.home.root)]
    second = CliRunner().invoke(main, ["up", *arguments])
    assert second.exit_code == 1
    assert f"already running: {url}" in second.output
    status = CliRunner().invoke(main, ["status", *arguments])
    assert status.exit_code == 0, status.output
    assert status.output.count(" ready ") == len(NAMES)


def test_a_running_system_is_used_and_left_running(running: Running) -> None:
    url = running.ready().url
    with system(running.home) as used:
        assert used == url
    assert running.process.poll() is None


def test_a_system_that_was_started_for_a_block_ends_with_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with system(home, up=UP) as url:
        state = home.running()
        assert state is not None
        assert state.url == url
        supervisor = psutil.Process(state.pid)
        processes = [supervisor, *supervisor.children(recursive=True)]
    assert_all_end(processes)


def test_it_ends_with_its_user_even_when_that_is_killed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    user = subprocess.Popen([sys.executable, "-c", USER, home.root, *UP], stdout=subprocess.PIPE)
    assert user.stdout is not None
    user.stdout.readline()
    processes = psutil.Process(user.pid).children(recursive=True)
    assert len(processes) > len(NAMES) + 2
    user.kill()
    user.communicate()
    assert_all_end(processes)


def test_a_system_that_ends_at_once_is_said(tmp_path: Path) -> None:
    broken = (sys.executable, "-c", "raise SystemExit(3)")
    with pytest.raises(SystemFailed, match=r"cinema\.log"), system(Home(tmp_path), up=broken):
        pass


def test_down_stops_it_and_waits(running: Running) -> None:
    running.ready()
    processes = running.descendants()
    assert shut_down(running.home)
    assert_all_end(processes)
    assert not shut_down(running.home)


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["up", "--home", str(tmp_path), "--port", str(port)]
        result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert f"port {port} is taken" in result.output
