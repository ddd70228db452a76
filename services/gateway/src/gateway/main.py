"""The composition root: settings → resources → app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter, FastAPI

from chassis.app import create_service
from chassis.database import Database
from chassis.objects import DiskStore, open_store
from chassis.objects.routes import objects_router
from gateway.composition import Gateway
from gateway.finish_job import finishing_tasks
from gateway.handlers import handlers
from gateway.job_feed import JobFeed
from gateway.openapi import describe
from gateway.passwords import Passwords
from gateway.routes import api_router
from gateway.settings import Settings
from gateway.tokens import Tokens
from gateway.version import DESCRIPTION

MIGRATIONS = Path(__file__).parents[2] / "migrations"
CONNECTIONS = 10


def create_app(settings: Settings) -> FastAPI:
    gateway = compose(settings)
    app = create_service(
        settings,
        database=gateway.database,
        migrations=MIGRATIONS,
        handlers=handlers,
        tasks=finishing_tasks(gateway.database, gateway.store),
        store=gateway.store,
        routers=[api_router(), _files_router(gateway)],
        lifespan=_lifespan,
        redoc_url=None,
        **DESCRIPTION,
    )
    app.state.gateway = gateway
    describe(app)
    return app


def compose(settings: Settings) -> Gateway:
    database = Database(settings.database_url, pool_size=CONNECTIONS)
    return Gateway(
        settings=settings,
        database=database,
        store=open_store(settings),
        tokens=Tokens(
            secret=settings.jwt_secret.get_secret_value(),
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            lifetime=timedelta(seconds=settings.token_seconds),
        ),
        passwords=Passwords(settings.bcrypt_rounds),
        feed=JobFeed(database),
    )


def _files_router(gateway: Gateway) -> APIRouter:
    """What signed URLs lead to, where the store has no server of its own."""
    router = APIRouter()
    if isinstance(gateway.store, DiskStore):
        secret = gateway.settings.signing_secret.get_secret_value()
        router.include_router(objects_router(gateway.store, secret), include_in_schema=False)
    return router


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    gateway: Gateway = app.state.gateway
    await gateway.feed.start()
    try:
        yield
    finally:
        await gateway.feed.stop()
