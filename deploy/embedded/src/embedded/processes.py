"""Child processes that never outlive their parent, and how to stop any process with a deadline."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 16 * 1024 * 1024

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def spawn(
    args: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Starts `args` in its own process group, its output appended to `log`.

    The child gets `death_signal` when the calling *thread* ends (Linux), so call this from a
    thread that lives as long as the child should.
    """
    _rotate(log)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(arg) for arg in args],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            process_group=0,
            preexec_fn=die_with(os.getpid(), death_signal),
        )


def stop(
    process: subprocess.Popen[bytes],
    *,
    grace: float = 10,
    first: signal.Signals = signal.SIGTERM,
) -> int:
    """Asks a child to end, kills its whole group after `grace` seconds; returns its exit code."""
    if process.poll() is None:
        process.send_signal(first)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    kill_group(process.pid)
    return process.wait()


def stop_pid(process: psutil.Process, *, first: signal.Signals, grace: float = 10) -> None:
    """The same for a process that is not our child. psutil guards against a reused pid."""
    with suppress(psutil.NoSuchProcess):
        process.send_signal(first)
        try:
            process.wait(grace)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(grace)


def kill_group(pgid: int) -> None:
    """Kills what is left of a process group: a child's own children, for instance ffmpeg."""
    with suppress(ProcessLookupError):
        os.killpg(pgid, signal.SIGKILL)


def die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the child gets `death_signal` when its parent, `parent`, ends."""
    if _libc is None:
        return None
    libc = _libc

    def hook() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)

    return hook


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
