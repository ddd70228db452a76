"""A service's defaults in one call, so that its main.py only says what is its own."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST

from chassis import scratch
from chassis.background import Background, background
from chassis.bus import Handlers
from chassis.database import Database
from chassis.health import Health, health_router
from chassis.http_observed import ObservedRequests
from chassis.http_problems import add_problem_handlers
from chassis.logs import configure_logs
from chassis.measured import measured_handlers, measured_tasks
from chassis.metrics import Metrics
from chassis.migrate import upgrade
from chassis.objects import DiskStore, ObjectStore
from chassis.settings import ServiceSettings
from chassis.telemetry import configure_telemetry
from chassis.threads import in_thread
from chassis.work import Tasks

log = structlog.get_logger()

State = Mapping[str, Any]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[State | None]]

GRACE_SECONDS = 2
MEASURE_SECONDS = 1.5


@dataclass(frozen=True)
class Service:
    """The parts that every service has; at `app.state.service`."""

    settings: ServiceSettings
    database: Database
    store: ObjectStore | None
    migrations: Path
    metrics: Metrics
    health: Health
    background: Background


def create_service(
    settings: ServiceSettings,
    *,
    database: Database,
    migrations: Path,
    handlers: Handlers | None = None,
    tasks: Tasks | None = None,
    store: ObjectStore | None = None,
    routers: Sequence[APIRouter] = (),
    lifespan: Lifespan | None = None,
    metrics: Metrics | None = None,
    **options: Any,
) -> FastAPI:
    """Return an app that migrates its database, consumes, works, publishes and answers.

    `lifespan` is the service's own: entered when the database and the store are ready and before
    any message or work is taken; what it yields becomes `request.state`. `options` go to FastAPI.
    """
    metrics = metrics or Metrics()
    service = Service(
        settings=settings,
        database=database,
        store=store,
        migrations=migrations,
        metrics=metrics,
        health=Health(),
        background=background(
            settings,
            database,
            measured_handlers(handlers or Handlers(), metrics),
            measured_tasks(tasks or Tasks(), metrics),
        ),
    )
    service.background.add_checks(service.health)
    if store is not None:
        metrics.watch_store(store)
    return _app(service, routers, lifespan, {"title": settings.service, **options})


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Run until SIGTERM or SIGINT (exit code 0), or until a part crashes (exit code 1)."""
    configure_logs(settings.service, form=settings.log_format, level=settings.log_level)
    telemetry = configure_telemetry(settings.service, settings.otlp_endpoint)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    parts: Background = app.state.service.background
    parts.on_crash = lambda: setattr(server, "should_exit", True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)  # uvicorn raises the signal again when it has shut down
    try:
        server.run()
    finally:
        telemetry.shutdown()
    sys.exit(1 if parts.crashed or not server.started else 0)


def _app(
    service: Service,
    routers: Sequence[APIRouter],
    lifespan: Lifespan | None,
    options: Mapping[str, Any],
) -> FastAPI:
    @asynccontextmanager
    async def whole_lifespan(app: FastAPI) -> AsyncIterator[State]:
        async with (
            _resources(service),
            _own(app, lifespan) as state,
            service.background.running(),
        ):
            log.info("started", port=service.settings.http_port)
            yield state

    app = FastAPI(lifespan=whole_lifespan, **options)
    app.state.service = service
    app.add_middleware(ObservedRequests, metrics=service.metrics)
    add_problem_handlers(app)
    for router in (health_router(service.health), _metrics_router(service)):
        app.include_router(router, include_in_schema=False)
    for router in routers:
        app.include_router(router)
    return app


@asynccontextmanager
async def _resources(service: Service) -> AsyncIterator[None]:
    """Bring database, store and scratch folder into the state that the service expects."""
    try:
        await upgrade(service.settings.database_url, service.migrations)
        await in_thread(scratch.sweep, service.settings.scratch_dir)
        if service.store is not None:
            await service.store.check()
        if isinstance(service.store, DiskStore):
            await service.store.sweep()
        yield
    finally:
        await service.database.dispose()


@asynccontextmanager
async def _own(app: FastAPI, lifespan: Lifespan | None) -> AsyncIterator[State]:
    if lifespan is None:
        yield {}
        return
    async with lifespan(app) as state:
        yield state or {}


def _metrics_router(service: Service) -> APIRouter:
    router = APIRouter()

    @router.get("/metrics")
    async def read_metrics() -> Response:
        """Give everything that is measured; the database's part only while it answers."""
        try:
            async with asyncio.timeout(MEASURE_SECONDS):
                await service.background.measure(service.metrics)
        except Exception as error:
            log.warning("the database was not measured", error=repr(error))
            service.metrics.forget_database()
        return Response(service.metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router


def _exit(*_: Any) -> None:
    sys.exit(0)
