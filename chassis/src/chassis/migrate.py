"""Bringing a service's database to its newest schema, at start-up or by the `alembic` command."""

import asyncio
import os
from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.migrations import TABLES

UPGRADE_LOCK = 0x6D696772


async def upgrade(database_url: str, migrations_dir: Path, revision: str = "head") -> None:
    """Apply what is missing; several processes may call it at once, one does the work."""

    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(migrations_dir).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    engine = create_async_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": UPGRADE_LOCK})
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def run_migrations(metadata: MetaData) -> None:
    """All that a service's migrations/env.py has to call.

    The `alembic` command finds the database in DATABASE_URL.
    """
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run(connection, metadata)
    else:
        asyncio.run(_run_from_command_line(metadata))


def _run(connection: Connection, metadata: MetaData) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=_is_of_the_service,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def _run_from_command_line(metadata: MetaData) -> None:
    engine = create_async_engine(os.environ["DATABASE_URL"])
    async with engine.begin() as connection:
        await connection.run_sync(_run, metadata)
    await engine.dispose()


def _is_of_the_service(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name not in TABLES
