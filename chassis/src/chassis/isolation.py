"""Heavy Python functions in processes of their own, which can be killed."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from typing import TypeVar, TypeVarTuple

import anyio.to_process

T = TypeVar("T")
Args = TypeVarTuple("Args")

PR_SET_PDEATHSIG = 1


async def in_process(function: Callable[[*Args], T], *args: *Args) -> T:
    """Run a function of a module in a worker process, one per core at a time.

    Function, arguments, result and exception are pickled. A cancel kills the process at once; it
    also dies with this one. An idle process is kept for the next call, and so is what its modules
    hold: a model loaded once. Raise what the function raises, or anyio.BrokenWorkerProcess.
    """
    return await anyio.to_process.run_sync(_run, os.getpid(), function, args, cancellable=True)


def _run(parent: int, function: Callable[[*Args], T], args: tuple[*Args]) -> T:
    _tie_to(parent)
    return function(*args)


@cache
def _tie_to(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which will end us
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
