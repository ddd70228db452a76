"""What is written down is what is there: the migrations' tables, and the API's document."""

import json
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from chassis.database import Database
from chassis.migrations import TABLES
from gateway.models import Base
from gateway.openapi import document

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_server_default": True,
            "include_name": lambda name, kind, _: kind != "table" or name not in TABLES,
        },
    )
    return [
        one
        for one in compare_metadata(context, Base.metadata)
        if getattr(one[1], "name", "") != "alembic_version"
    ]


async def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_document_is_up_to_date() -> None:
    """Made by `python -m gateway.openapi > docs/openapi.json`."""
    assert json.loads(DOCUMENT.read_text()) == document()
