"""LISTEN on PostgreSQL channels, kept up across lost connections."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from chassis.backoff import Backoff
from chassis.cancellation import end
from chassis.database import Database

log = structlog.get_logger()


class Listener:
    """Calls back on each notification, and once per channel after every (re)connection.

    The latter because notifications sent while nobody listened are gone.
    """

    def __init__(self, database: Database, callbacks: Mapping[str, Callable[[], None]]) -> None:
        self._database = database
        self._callbacks = callbacks
        self._backoff = Backoff(0.2, 5)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_listening())

    async def stop(self) -> None:
        if self._task is not None:
            await end(self._task)

    async def _keep_listening(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
                failures = 0
            except Exception as error:
                failures += 1
                log.warning("listening failed", error=repr(error))
            await asyncio.sleep(self._backoff.delay(failures or 1))

    async def _listen(self) -> None:
        connection = await self._database.connect()
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            for channel, callback in self._callbacks.items():
                await connection.add_listener(channel, _ignoring_arguments(callback))
                callback()
            await lost.wait()
        finally:
            connection.terminate()


def _ignoring_arguments(callback: Callable[[], None]) -> Callable[..., None]:
    def notified(*_: Any) -> None:
        callback()

    return notified
