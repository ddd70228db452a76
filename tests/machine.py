"""A machine that runs the whole system, of which any process can be killed."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import psutil

from cinema.system.control import wait_until_ready
from cinema.system.home import Home
from embedded.processes import spawn, stop

SERVERS = {"broker": "embedded.broker", "postgres": "bin/postgres"}
_DEADLINE = 20.0
_GRACE = 60.0

T = TypeVar("T")


class Machine:
    """`cinema up` on a home of its own."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        """Returns when every service is ready."""
        command = [sys.executable, "-m", "cinema", "up", "--home", str(self.home.root)]
        self._process = spawn([*command, "--port", "0"], log=self.home.log("cinema"))
        self.url = wait_until_ready(self.home, self._process)

    def wait_until_ready(self) -> None:
        self.url = wait_until_ready(self.home, self._process)

    def down(self) -> None:
        if self._process is not None:
            stop(self._process, grace=_GRACE)
            self._process = None

    def kill(self, name: str) -> None:
        """kill -9 of a service, a server or the supervisor. The supervisor takes all along; it is
        started again when they are gone."""
        if name != "supervisor":
            self.process(name).kill()
            return
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        until(lambda: not self.processes(), f"all ended: {self.processes()}")
        self.up()

    def restarts(self, service: str) -> int:
        """How often the supervisor has started a service again, as far as it is ready."""
        state = self.home.running()
        return state.services[service].restarts if state and state.services[service].ready else 0

    def process(self, name: str) -> psutil.Process:
        """The service or server of that name that runs now."""
        word = SERVERS.get(name, f"-m {name}")
        return until(lambda: self._child(word), f"{name} runs")

    def programs(self, service: str) -> list[psutil.Process]:
        """What a service has started and what these have started: decoders, encoders …"""
        return self.process(service).children(recursive=True)

    def processes(self) -> list[psutil.Process]:
        """Everything that runs on this home, whoever its parent is by now."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _child(self, word: str) -> psutil.Process | None:
        assert self._process is not None
        for child in psutil.Process(self._process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if word in " ".join(child.cmdline()) and is_alive(child):
                    return child
        return None

    def _is_ours(self, process: psutil.Process) -> bool:
        root = str(self.home.root)
        try:
            told = process.environ().get("CINEMA_HOME") == root
            return is_alive(process) and (told or any(root in word for word in process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


def is_alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def until(look: Callable[[], T | None], what: str, *, seconds: float = _DEADLINE) -> T:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not in {seconds:g} s: {what}"
        time.sleep(0.02)
    return found
