"""The storyboard service's composition root."""

from pathlib import Path

from fastapi import FastAPI

from chassis.app import create_service, serve
from chassis.database import Database
from chassis.objects import open_store
from storyboard.direct_job import DirectJob
from storyboard.handlers import handlers
from storyboard.settings import StoryboardSettings
from storyboard.tasks import make_tasks

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def create_app(settings: StoryboardSettings) -> FastAPI:
    database = Database(settings.database_url, service=settings.service)
    store = open_store(settings)
    return create_service(
        settings,
        database=database,
        migrations=MIGRATIONS,
        handlers=handlers,
        tasks=make_tasks(DirectJob(database, store)),
        store=store,
    )


def main() -> None:
    settings = StoryboardSettings()
    serve(create_app(settings), settings)
