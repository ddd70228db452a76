"""Render's composition root."""

from pathlib import Path

from fastapi import FastAPI

from chassis.app import create_service, serve
from chassis.database import Database
from chassis.objects import open_store
from render.finish_output import FinishOutput
from render.handlers import handlers
from render.plan_outputs import PlanOutputs
from render.render_part import RenderPartOfJob
from render.settings import RenderSettings
from render.tasks import make_tasks

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def create_app(settings: RenderSettings) -> FastAPI:
    database = Database(settings.database_url, service=settings.service)
    store = open_store(settings)
    tasks = make_tasks(
        PlanOutputs(database, store),
        RenderPartOfJob(database, store, settings.scratch_dir),
        FinishOutput(database, store, settings.scratch_dir),
        database,
        store,
    )
    return create_service(
        settings,
        database=database,
        migrations=MIGRATIONS,
        handlers=handlers,
        tasks=tasks,
        store=store,
    )


def main() -> None:
    settings = RenderSettings()
    serve(create_app(settings), settings)
