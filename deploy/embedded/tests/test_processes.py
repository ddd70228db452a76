"""Stopping is polite first and final after the grace."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded.processes import spawn, stop

STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"
Eventually = Callable[[Callable[[], bool]], None]


def test_a_stubborn_child_and_its_own_child_are_killed(
    tmp_path: Path, eventually: Eventually, is_gone: Callable[[int], bool]
) -> None:
    grandchild = "import subprocess as s; print(s.Popen(['sleep', '60']).pid, flush=True)"
    source = f"{STUBBORN}; {grandchild}; time.sleep(60)"
    log = tmp_path / "child.log"
    child = spawn([sys.executable, "-c", source], log=log)
    eventually(lambda: len(log.read_text().split()) == 2)
    assert stop(child, grace=0.2) == -signal.SIGKILL
    eventually(lambda: is_gone(int(log.read_text().split()[1])))


def test_output_goes_to_the_log_and_a_long_log_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embedded.processes._LOG_LIMIT", 3)
    log = tmp_path / "logs" / "child.log"
    for word in ("first", "second"):
        spawn([sys.executable, "-c", f"print('{word}')"], log=log).wait()
    assert log.read_text() == "second\n"
    assert log.with_suffix(".log.1").read_text() == "first\n"
