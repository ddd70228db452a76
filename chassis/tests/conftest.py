import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from time import monotonic
from typing import Protocol

import pytest

from chassis.database import Database
from chassis.migrate import upgrade


class Eventually(Protocol):
    async def __call__(
        self, check: Callable[[], Awaitable[bool]], *, within: float = 30
    ) -> None: ...


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with the chassis's tables."""
    await upgrade(database_url, Path(__file__).parent / "migrations")
    database = Database(database_url, service="tester")
    yield database
    await database.dispose()


@pytest.fixture
def eventually() -> Eventually:
    """Waits until something holds; fails at the deadline."""

    async def wait(check: Callable[[], Awaitable[bool]], *, within: float = 30) -> None:
        deadline = monotonic() + within
        while not await check():
            assert monotonic() < deadline, "it did not come to pass in time"
            await asyncio.sleep(0.01)

    return wait
