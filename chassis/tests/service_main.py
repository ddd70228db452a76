"""A whole service, as small as one can be; started by test_app.py."""

import asyncio
from pathlib import Path
from uuid import UUID

import structlog
from fastapi import FastAPI

from chassis.app import create_service, serve
from chassis.bus import Handlers
from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.logs import bind
from chassis.objects import open_store
from chassis.process import run_process
from chassis.scratch import scratch
from chassis.settings import ServiceSettings
from chassis.work import Completion, Tasks, Work
from contracts.events import JobCanceled

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"


class Settings(ServiceSettings):
    service: str = "tester"


def build(settings: Settings) -> FastAPI:
    database = Database(settings.database_url, service=settings.service)
    tasks = Tasks()

    async def dead(work: Work, problem: Problem, tx: Transaction) -> None: ...

    @tasks.on("sleep", dead=dead)
    async def sleep(work: Work) -> Completion:
        async with scratch(settings.scratch_dir, "sleep") as folder:
            (folder / "begun").touch()
            await run_process(["sleep", "60"])
        raise AssertionError

    handlers = Handlers()

    @handlers.on(JobCanceled)
    async def stop(event: JobCanceled, tx: Transaction) -> None:
        with bind(job_id=str(event.job_id)):
            log.info("stopped")

    app = create_service(
        settings,
        database=database,
        migrations=MIGRATIONS,
        handlers=handlers,
        tasks=tasks,
        store=open_store(settings),
    )

    @app.post("/cancel/{job_id}")
    async def cancel(job_id: UUID) -> None:
        async with database.transaction() as tx:
            await tx.publish(JobCanceled(job_id=job_id))

    @app.post("/work/{key}")
    async def start(key: str) -> None:
        async with database.transaction() as tx:
            await tx.enqueue("sleep", key, {}, group="g")

    @app.post("/crash")
    async def crash() -> None:
        task = app.state.service.background.relay._task
        task.cancel()

    @app.get("/forever")
    async def forever() -> None:
        await asyncio.sleep(3600)

    return app


if __name__ == "__main__":
    settings = Settings()
    serve(build(settings), settings)
