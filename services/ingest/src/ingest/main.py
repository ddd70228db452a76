"""Ingest's composition root."""

from pathlib import Path

from fastapi import FastAPI

from chassis.app import create_service, serve
from chassis.database import Database
from chassis.objects import open_store
from ingest.handlers import handlers
from ingest.ingest_asset import IngestAsset
from ingest.inspector import Inspector
from ingest.settings import IngestSettings
from ingest.tasks import make_tasks

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def create_app(settings: IngestSettings) -> FastAPI:
    database = Database(settings.database_url, service=settings.service)
    store = open_store(settings)
    inspector = Inspector(settings.inspect_limits, settings.inspect_timeout_seconds)
    ingest_asset = IngestAsset(database, store, inspector, settings.scratch_dir)
    return create_service(
        settings,
        database=database,
        migrations=MIGRATIONS,
        handlers=handlers,
        tasks=make_tasks(ingest_asset, store),
        store=store,
    )


def main() -> None:
    settings = IngestSettings()
    serve(create_app(settings), settings)
