"""Cancelling tasks, and protecting from it what would break.

aiokafka's clients lose a cancellation that arrives while they open or close: it swallows it, or
leaves a connection behind. So these steps, which are short, are let finish.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def to_the_end(step: Coroutine[Any, Any, T]) -> T:
    """Await a step that a cancellation lets finish before it takes effect."""
    task = asyncio.create_task(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # seen, so that asyncio does not report it as forgotten
        raise


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it has ended, however it does."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()
