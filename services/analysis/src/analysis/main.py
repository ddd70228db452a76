"""Analysis's composition root."""

from pathlib import Path

from fastapi import FastAPI

from analysis.analyse_asset import AnalyseAsset
from analysis.analyser import analyser_version
from analysis.handlers import make_handlers
from analysis.settings import AnalysisSettings
from analysis.tasks import make_tasks
from analysis.whisper import at_hand
from chassis.app import create_service, serve
from chassis.database import Database
from chassis.objects import open_store

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def create_app(settings: AnalysisSettings) -> FastAPI:
    database = Database(settings.database_url, service=settings.service)
    store = open_store(settings)
    model = settings.whisper_model and at_hand(settings.whisper_model)
    return create_service(
        settings,
        database=database,
        migrations=MIGRATIONS,
        handlers=make_handlers(analyser_version(model)),
        tasks=make_tasks(AnalyseAsset(database, store, settings.scratch_dir, model)),
        store=store,
    )


def main() -> None:
    settings = AnalysisSettings()
    serve(create_app(settings), settings)
