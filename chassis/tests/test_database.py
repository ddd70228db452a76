"""Sessions, migrations, and what a transaction promises."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from chassis.database import Database
from chassis.migrate import upgrade
from chassis.migrations import TABLES

MIGRATIONS = Path(__file__).parent / "migrations"


async def test_two_processes_upgrade_at_once(database_url: str) -> None:
    await asyncio.gather(upgrade(database_url, MIGRATIONS), upgrade(database_url, MIGRATIONS))

    database = Database(database_url)
    async with database.read() as session:
        names = await session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
    await database.dispose()
    assert set(names) == TABLES | {"alembic_version"}


async def test_a_downgrade_leaves_nothing(database: Database, database_url: str) -> None:
    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    async with database.engine.begin() as connection:
        await connection.run_sync(run)
    async with database.read() as session:
        left = await session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
    assert set(left) == {"alembic_version"}


async def test_the_service_is_named_by_its_database(database_url: str) -> None:
    assert Database(database_url).service == database_url.rpartition("/")[2]


async def test_a_read_session_cannot_write(database: Database) -> None:
    async with database.read() as session:
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text("INSERT INTO work_groups (name) VALUES ('x')"))


async def test_a_transaction_commits_at_its_end_and_rolls_back_on_error(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(text("INSERT INTO work_groups (name) VALUES ('kept')"))

    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.session.execute(text("INSERT INTO work_groups (name) VALUES ('gone')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()

    async with database.read() as session:
        assert list(await session.scalars(text("SELECT name FROM work_groups"))) == ["kept"]


async def test_reachable(database: Database) -> None:
    assert await database.reachable()
    elsewhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    assert not await elsewhere.reachable()
    await elsewhere.dispose()
