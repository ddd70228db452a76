import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.lines import LONGEST_LINE, LineSplitter
from chassis.process import ProcessFailed, ProcessTimedOut, run_process

STUBBORN = "trap '' TERM; echo ready; while true; do sleep 0.05; done"


Programs = Callable[[], list[psutil.Process]]


@pytest.fixture
def programs() -> Programs:
    """Those started since: a run of all suites has servers and workers of its own."""
    before = set(psutil.Process().children(recursive=True))

    def started() -> list[psutil.Process]:
        now = psutil.Process().children(recursive=True)
        return [one for one in now if one not in before and one.name() != "postgres"]

    return started


async def until_gone(pid: int, seconds: float = 3) -> None:
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} is still there"
        await asyncio.sleep(0.02)


async def test_gives_what_the_program_printed() -> None:
    result = await run_process(["sh", "-c", "cat; echo oops >&2"], stdin=b"hello")
    assert result.stdout == b"hello"
    assert result.stderr_tail == "oops\n"


async def test_gives_lines_as_they_come() -> None:
    lines: list[str] = []
    errors: list[str] = []
    result = await run_process(
        ["sh", "-c", r"printf 'one\rtwo\r\nthree'; echo bad >&2"],
        on_stdout=lines.append,
        on_stderr=errors.append,
    )
    assert (lines, errors, result.stdout) == (["one", "two", "three"], ["bad"], b"")


async def test_runs_in_the_folder_and_environment_given(tmp_path: Path) -> None:
    result = await run_process(
        ["sh", "-c", "pwd; echo $COLOUR"],
        cwd=tmp_path,
        env={"COLOUR": "red", "PATH": os.environ["PATH"]},
    )
    assert result.stdout.decode().splitlines() == [str(tmp_path), "red"]


async def test_a_failure_says_which_program_and_why() -> None:
    with pytest.raises(ProcessFailed, match="sh ended with 3: no such luck") as failure:
        await run_process(["sh", "-c", "echo no such luck >&2; exit 3"])
    assert failure.value.returncode == 3


async def test_keeps_only_the_end_of_a_long_stderr() -> None:
    result = await run_process(["sh", "-c", "yes error | head -n 100000 >&2; echo last >&2"])
    assert result.stderr_tail.endswith("error\nlast\n")
    assert len(result.stderr_tail) <= 8 << 10


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_a_program_starts_with_no_signal_ignored() -> None:
    """Of the 31 that programs use; what lies above them is the C library's own."""
    result = await run_process(["grep", "SigIgn", "/proc/self/status"])
    assert int(result.stdout.split()[1], 16) & 0x7FFFFFFF == 0


async def test_a_program_that_is_not_there_is_said_so() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        await run_process(["no-such-program"])


async def test_a_program_need_not_read_its_input() -> None:
    await run_process(["true"], stdin=bytes(1 << 20))


async def test_a_program_that_takes_too_long_is_ended(programs: Programs) -> None:
    with pytest.raises(ProcessTimedOut):
        await run_process(["sleep", "30"], timeout=0.1)
    assert not programs()


async def test_cancel_ends_the_whole_group_of_a_stubborn_program_within_two_seconds(
    programs: Programs,
) -> None:
    ready = asyncio.Event()
    running = asyncio.create_task(
        run_process(["sh", "-c", STUBBORN], on_stdout=lambda _: ready.set())
    )
    await ready.wait()
    assert programs()
    began = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - began < 2
    assert not programs()


async def test_cancel_ends_what_the_program_started_too() -> None:
    pids: asyncio.Queue[int] = asyncio.Queue()
    stubborn = "trap '' TERM; sleep 60 & echo $!; wait"
    running = asyncio.create_task(
        run_process(["sh", "-c", stubborn], on_stdout=lambda line: pids.put_nowait(int(line)))
    )
    grandchild = await pids.get()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await until_gone(grandchild)


async def test_a_callback_that_fails_ends_the_program(programs: Programs) -> None:
    def fail(line: str) -> None:
        raise ValueError(line)

    with pytest.raises(ValueError, match="ready"):
        await run_process(["sh", "-c", STUBBORN], on_stdout=fail)
    assert not programs()


async def test_the_program_dies_with_a_parent_that_is_killed() -> None:
    script = (
        "import asyncio; from chassis.process import run_process\n"
        "asyncio.run(run_process(['sh', '-c', 'echo $$; exec sleep 60'],"
        " on_stdout=lambda line: print(line, flush=True)))"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    await until_gone(child)


@given(st.text(alphabet="aé€\r\n", max_size=60), st.integers(1, 7))
def test_lines_do_not_depend_on_how_the_bytes_came(text: str, step: int) -> None:
    data = text.encode()
    splitter = LineSplitter()
    lines = [
        line
        for start in range(0, len(data), step)
        for line in splitter.feed(data[start : start + step])
    ]
    lines += splitter.feed(b"", last=True)
    assert [line for line in lines if line] == text.replace("\r", "\n").split()
    assert all(lines)


def test_a_line_without_end_comes_in_pieces() -> None:
    splitter = LineSplitter()
    pieces = list(splitter.feed(b"x" * (LONGEST_LINE * 2 + 5)))
    pieces += splitter.feed(b"y\n", last=True)
    assert "".join(pieces) == "x" * (LONGEST_LINE * 2 + 5) + "y"
    assert max(map(len, pieces)) == LONGEST_LINE
