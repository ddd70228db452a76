"""Blocking calls off the event loop."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, TypeVarTuple

import anyio
import anyio.to_thread

T = TypeVar("T")
Args = TypeVarTuple("Args")


async def in_thread(function: Callable[[*Args], T], *args: *Args) -> T:
    """Run a short blocking call in a thread.

    A thread cannot be stopped: when we are cancelled we wait until it has come back, so that nobody
    removes a file under its hands. What takes longer than a second must be told to stop.
    """
    call = asyncio.ensure_future(anyio.to_thread.run_sync(function, *args))
    try:
        return await asyncio.shield(call)
    except asyncio.CancelledError:
        await outlast(call)
        raise


async def outlast(task: asyncio.Future[Any]) -> None:
    """Wait until the task has ended, whatever cancels us meanwhile; its outcome is dropped."""
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                continue
    if not task.cancelled():
        task.exception()
