"""Other programs, run so that none outlives its task or this process."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from chassis.lines import LineSplitter
from chassis.threads import outlast

OnLine = Callable[[str], None]

TERM_SECONDS = 0.8
READ_BYTES = 64 << 10
LARGEST_OUTPUT = 64 << 20
TAIL_CHARACTERS = 8 << 10

# Asks the kernel for SIGKILL when we die, then becomes the program: 8 ms, where a preexec_fn may
# deadlock in a process with threads. We may be dead already when it asks, hence the second look;
# what Python ignores, the program must not inherit as ignored.
_LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
os.getppid() == int(sys.argv[1]) or os._exit(1)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True)
class ProcessResult:
    """`stdout` is empty when its lines went to `on_stdout`."""

    stdout: bytes
    stderr_tail: str


class ProcessFailed(Exception):
    """A program ended with an error; a negative return code is the signal that ended it."""

    def __init__(self, program: str, returncode: int, stderr_tail: str) -> None:
        super().__init__(program, returncode, stderr_tail)
        self.program = program
        self.returncode = returncode
        self.stderr_tail = stderr_tail

    def __str__(self) -> str:
        return f"{self.program} ended with {self.returncode}: {self.stderr_tail[-2000:].strip()}"


class ProcessTimedOut(ProcessFailed):
    """A program took longer than it was given, and was ended."""


async def run_process(
    args: Sequence[str | Path],
    *,
    on_stdout: OnLine | None = None,
    on_stderr: OnLine | None = None,
    stdin: bytes | None = None,
    timeout: float | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> ProcessResult:
    """Run a program to its end; `timeout` is in seconds.

    When this task is cancelled the program and what it started get SIGTERM, SIGKILL 0.8 s later,
    and are reaped before the cancel goes on. It also dies with this process, however that ends.
    Raise ProcessFailed or ProcessTimedOut; what a callback raises ends the program and is raised.
    """
    output = _Output(Path(args[0]).name, on_stdout, on_stderr)
    process = await asyncio.create_subprocess_exec(
        *_tied_to_us(args, env),
        stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=env,
        cwd=cwd,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(timeout) as limit, _ended(process):
            await output.follow(process, stdin)
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise ProcessTimedOut(output.program, process.returncode or 0, output.tail) from error
    if process.returncode:
        raise ProcessFailed(output.program, process.returncode, output.tail)
    return ProcessResult(bytes(output.stdout), output.tail)


def _tied_to_us(args: Sequence[str | Path], env: Mapping[str, str] | None) -> list[str]:
    program = shutil.which(args[0], path=(env or os.environ).get("PATH"))
    if program is None:
        raise FileNotFoundError(f"there is no program {args[0]}")
    command = [program, *map(str, args[1:])]
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *command]


class _Output:
    """What a program prints: stdout whole or by line, of stderr the end."""

    def __init__(self, program: str, on_stdout: OnLine | None, on_stderr: OnLine | None) -> None:
        self.program = program
        self.stdout = bytearray()
        self.tail = ""
        self._on_stdout = on_stdout
        self._on_stderr = on_stderr

    async def follow(self, process: asyncio.subprocess.Process, stdin: bytes | None) -> None:
        """Return when the program has closed its outputs and ended."""
        pumps = [
            asyncio.create_task(self._read_stdout(process.stdout)),
            asyncio.create_task(self._read_stderr(process.stderr)),
            asyncio.create_task(_write(process.stdin, stdin)),
        ]
        try:
            await asyncio.gather(*pumps)
            await process.wait()
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _read_stdout(self, stream: asyncio.StreamReader | None) -> None:
        if self._on_stdout is not None:
            await _read_lines(stream, self._on_stdout)
            return
        while stream and (data := await stream.read(READ_BYTES)):
            self.stdout += data
            if len(self.stdout) > LARGEST_OUTPUT:
                raise ProcessFailed(self.program, 0, f"it printed over {LARGEST_OUTPUT} bytes")

    async def _read_stderr(self, stream: asyncio.StreamReader | None) -> None:
        def keep(line: str) -> None:
            self.tail = f"{self.tail}{line}\n"[-TAIL_CHARACTERS:]
            if self._on_stderr is not None:
                self._on_stderr(line)

        await _read_lines(stream, keep)


async def _read_lines(stream: asyncio.StreamReader | None, on_line: OnLine) -> None:
    lines = LineSplitter()
    while stream and (data := await stream.read(READ_BYTES)):
        for line in lines.feed(data):
            on_line(line)
    for line in lines.feed(b"", last=True):
        on_line(line)


async def _write(stream: asyncio.StreamWriter | None, data: bytes | None) -> None:
    if stream is None or data is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):  # it may not want to read all
        stream.write(data)
        await stream.drain()
        stream.close()
        await stream.wait_closed()


@asynccontextmanager
async def _ended(process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await outlast(asyncio.ensure_future(_end(process)))
        raise


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), TERM_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # also the children that a program left behind
    await process.wait()
