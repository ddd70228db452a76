"""What the services have written down, read past them: their databases, as the superuser."""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import asyncpg

from cinema.system.environment import SERVICES
from cinema.system.home import Home

_PATIENCE = 30.0
_GONE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
)

Row = Mapping[str, Any]


class Databases:
    """A server that was killed is waited for, and asked again."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._runner = asyncio.Runner()
        self._connections: dict[str, asyncpg.Connection] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for service in list(self._connections):
            self._drop(service)
        self._runner.close()

    def rows(self, service: str, query: str, *values: object) -> list[Row]:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return self._runner.run(self._fetch(service, query, values))
            except _GONE:
                self._drop(service)
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def value(self, service: str, query: str, *values: object) -> Any:
        """The first column of the first row; None where there is no row."""
        rows = self.rows(service, query, *values)
        return next(iter(rows[0].values())) if rows else None

    def everywhere(self, query: str, *values: object) -> list[Row]:
        """The rows of all services, each with its `service`."""
        return [
            {"service": service, **row}
            for service in SERVICES
            for row in self.rows(service, query, *values)
        ]

    def execute(self, service: str, script: str) -> None:
        self._runner.run(self._execute(service, script))

    async def _execute(self, service: str, script: str) -> None:
        await (await self._connection(service)).execute(script)

    async def _fetch(self, service: str, query: str, values: tuple[object, ...]) -> list[Row]:
        connection = await self._connection(service)
        return [dict(row) for row in await connection.fetch(query, *values)]

    async def _connection(self, service: str) -> asyncpg.Connection:
        if service not in self._connections:
            self._connections[service] = await self._connect(service)
        return self._connections[service]

    async def _connect(self, service: str) -> asyncpg.Connection:
        folder = self._home.root / "postgres"
        return await asyncpg.connect(
            host="127.0.0.1",
            port=int((folder / "port").read_text()),
            user="postgres",
            password=(folder / "password").read_text(),
            database=service,
            timeout=5,
            command_timeout=10,
        )

    def _drop(self, service: str) -> None:
        if connection := self._connections.pop(service, None):
            self._runner.run(_terminate(connection))


async def _terminate(connection: asyncpg.Connection) -> None:
    connection.terminate()
