"""One service as a process: what to run, and with which environment."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from embedded.files import kept_port
from embedded.processes import kill_group, spawn, stop

_READY_TIMEOUT = 1.0


@dataclass(frozen=True)
class ServiceSpec:
    """`port` 0 is any free port, remembered. The command is `python -m <name>` if none is given."""

    name: str
    port: int = 0
    command: tuple[str, ...] = ()

    def args(self) -> list[str]:
        return list(self.command) or [sys.executable, "-m", self.name]


class Service:
    """Dies with the thread that starts it. `environment` is asked at every start."""

    def __init__(
        self,
        spec: ServiceSpec,
        *,
        log: Path,
        port_file: Path,
        environment: Callable[[ServiceSpec, int], dict[str, str]],
    ) -> None:
        self.spec = spec
        self.name = spec.name
        self.log = log
        self.port = spec.port
        self.ready = False
        self.process: subprocess.Popen[bytes] | None = None
        self._port_file = port_file
        self._environment = environment

    def start(self) -> None:
        self.stop()
        self.port = self.spec.port or kept_port(self._port_file)
        environment = self._environment(self.spec, self.port)
        self.process = spawn(self.spec.args(), log=self.log, env=environment)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def check_ready(self) -> None:
        """Asks the service itself, unless it has said so since it was started."""
        self.ready = self.is_running() and (self.ready or is_ready(self.port))

    def ask_to_stop(self) -> None:
        """So that several can end at the same time; `stop` waits for it."""
        if self.process is not None and self.is_running():
            self.process.terminate()

    def stop(self, *, grace: float = 10) -> None:
        self.ready = False
        if self.process is None:
            return
        if self.is_running():
            stop(self.process, grace=grace)
        else:
            kill_group(self.process.pid)
        self.process = None


def is_ready(port: int) -> bool:
    """Asked plainly: a client that heeds proxy settings would ask them for 127.0.0.1 too."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_READY_TIMEOUT)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
