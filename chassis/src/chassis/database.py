"""Sessions on a service's own database: one type reads, the other is a whole transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    DateTime,
    MetaData,
    Text,
    Uuid,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from chassis.sessions import ReadSession
from chassis.transaction import Transaction

__all__ = ["COLUMN_TYPES", "Database", "ReadSession", "Transaction", "new_metadata"]

COLUMN_TYPES: dict[Any, Any] = {
    str: Text(),
    UUID: Uuid(),
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
}
"""`type_annotation_map` of a service's declarative base."""

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


def new_metadata() -> MetaData:
    """A service's own metadata, whose constraints are named as PostgreSQL names them.

    class Base(DeclarativeBase):
        metadata = new_metadata()
        type_annotation_map = COLUMN_TYPES
    """
    return MetaData(naming_convention=NAMES)


class Database:
    """Connections to one service's database. The service's name defaults to the database's."""

    def __init__(self, url: str, *, pool_size: int = 5, service: str | None = None) -> None:
        self.url = make_url(url)
        self.service = service or self.url.database or "unknown"
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            connect_args={
                "timeout": 10,
                "command_timeout": 60,
                "server_settings": {"application_name": self.service},
            },
        )
        self._read_only = self.engine.execution_options(postgresql_readonly=True)

    async def dispose(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        """A consistent look at the database, which PostgreSQL itself keeps from writing."""
        async with AsyncSession(self._read_only, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits at the end of the block, events and work included; rolls back on any error."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            transaction = Transaction(session, self.service)
            yield transaction
            await transaction.finish()
            await session.commit()

    async def reachable(self) -> bool:
        """Whether the database answers at all."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:
            return False
        return True

    async def connect(self) -> "asyncpg.Connection[asyncpg.Record]":
        """A connection outside the pool, for locks and LISTEN. The caller closes it."""
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return await asyncpg.connect(
            dsn, timeout=10, command_timeout=60, server_settings={"application_name": self.service}
        )
