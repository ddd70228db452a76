"""Using a system that runs, or one started for the time that it is needed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from cinema.system.home import Home, State
from embedded.processes import spawn, stop, stop_pid

_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_POLL = 0.1
_UP = (sys.executable, "-m", "cinema", "up")


class SystemFailed(Exception):
    """The system did not come up; the message says where to look."""


@contextmanager
def system(home: Home, *, up: Sequence[str] = _UP) -> Iterator[str]:
    """The URL of the system on `home`. One that runs is used and left running; otherwise one is
    started, which ends with the block, or with this process however that ends."""
    if home.running():
        yield wait_until_ready(home)
        return
    args = [*up, "--home", str(home.root), "--port", "0"]
    process = spawn(args, log=home.log("cinema"), death_signal=signal.SIGTERM)
    try:
        yield wait_until_ready(home, process)
    finally:
        stop(process, grace=_STOP_SECONDS)


def wait_until_ready(
    home: Home, process: subprocess.Popen[bytes] | None = None, *, seconds: float = _START_SECONDS
) -> str:
    """The URL, when every service has said that it is ready; raises `SystemFailed`."""
    end = time.monotonic() + seconds
    while True:
        state = home.running()
        if state and state.ready:
            return state.url
        if process is not None and process.poll() is not None:
            raise SystemFailed(f"the system ended: see {home.log('cinema')}")
        if time.monotonic() > end:
            raise SystemFailed(
                f"{_laggards(state)} not ready in {seconds:g} s: see {home.root}/logs"
            )
        time.sleep(_POLL)


def shut_down(home: Home) -> bool:
    """Stops the system on `home` and waits for its end; False if none runs."""
    state = home.running()
    supervisor = state.supervisor() if state else None
    if supervisor is None:
        return False
    stop_pid(supervisor, first=signal.SIGTERM, grace=_STOP_SECONDS)
    return True


def _laggards(state: State | None) -> str:
    late = [name for name, service in state.services.items() if not service.ready] if state else []
    return ", ".join(late) or "the system is"
