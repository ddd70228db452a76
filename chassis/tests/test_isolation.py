import asyncio
import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import anyio
import psutil
import pytest

from chassis.isolation import in_process
from chassis.objects import KeyInvalid, check_key

SERVICE = """
import asyncio, os, sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from chassis.isolation import in_process

def spin(file):
    Path(file).write_text(str(os.getpid()))
    while True:
        pass

@asynccontextmanager
async def lifespan(app):
    task = asyncio.create_task(in_process(spin, sys.argv[1]))
    yield
    task.cancel()

if __name__ == "__main__":
    uvicorn.run(FastAPI(lifespan=lifespan), port=0, log_level="warning")
"""


async def pid_in(file: Path) -> int:
    deadline = time.monotonic() + 20
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    return int(file.read_text())


async def until_gone(pid: int) -> float:
    began = time.monotonic()
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < began + 3
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def test_returns_and_raises_what_the_function_does() -> None:
    assert await in_process(operator.truediv, 1, 2) == 0.5
    with pytest.raises(ZeroDivisionError):
        await in_process(operator.truediv, 1, 0)


async def test_a_problem_comes_back_whole() -> None:
    with pytest.raises(KeyInvalid) as caught:
        await in_process(check_key, "../etc")
    assert caught.value.code == "object_key_invalid"
    assert caught.value.ids == {"key": "../etc"}
    assert "../etc" in caught.value.detail


async def test_a_cancel_kills_the_process_within_two_seconds() -> None:
    worker = psutil.Process(await in_process(os.getpid))
    running = asyncio.create_task(in_process(sum, range(1 << 40)))
    await asyncio.sleep(0.2)
    assert worker.status() == psutil.STATUS_RUNNING
    running.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert time.monotonic() - began < 2
    assert not worker.is_running()
    assert await in_process(operator.mul, 4, 2) == 8


async def test_a_cancelled_scope_kills_the_process_too() -> None:
    began = time.monotonic()
    with anyio.move_on_after(0.5) as scope:
        await in_process(sum, range(1 << 40))
    assert scope.cancelled_caught
    assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
async def test_the_process_goes_when_its_service_goes(tmp_path: Path, sent: int) -> None:
    main = tmp_path / "main.py"
    main.write_text(SERVICE)
    with subprocess.Popen([sys.executable, str(main), str(tmp_path / "pid")]) as service:
        pid = await pid_in(tmp_path / "pid")
        service.send_signal(sent)
        assert await until_gone(pid) < 3
