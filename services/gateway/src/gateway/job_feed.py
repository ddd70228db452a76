"""Who waits for a job hears when it changes, whichever gateway changed it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog
from sqlalchemy import text

from chassis.database import Database
from chassis.notify import Listener
from gateway.job_documents import job_documents
from gateway.schemas.job_views import JobView

log = structlog.get_logger()

CHANNEL = "job_changed"

GATHER_SECONDS = 0.02
"""Changes this close to each other are told together."""
RETRY_SECONDS = 1


class Watch:
    """One listener of one job. News that was not taken yet is replaced by newer news."""

    def __init__(self) -> None:
        self._news: JobView | None = None
        self._arrived = asyncio.Event()

    def tell(self, job: JobView) -> None:
        self._news = job
        self._arrived.set()

    async def news(self, seconds: float) -> JobView | None:
        """The job after its next change; None when there was none for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        self._arrived.clear()
        job, self._news = self._news, None
        return job


class JobFeed:
    """One LISTEN per process, and one query per notification for all jobs that are watched.

    A notification does not name the job: revisions tell what changed, so that one that got lost
    is made good by the next.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watches: defaultdict[UUID, set[Watch]] = defaultdict(set)
        self._told: dict[UUID, int] = {}
        self._wake = asyncio.Event()
        self._listener = Listener(database, {CHANNEL: self._wake.set})
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._listener.start()
        self._task = asyncio.create_task(self._keep_telling())

    async def stop(self) -> None:
        await self._listener.stop()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @contextmanager
    def watching(self, job_id: UUID) -> Iterator[Watch]:
        """Read the job after entering: what changes from then on is told."""
        watch = Watch()
        self._watches[job_id].add(watch)
        try:
            yield watch
        finally:
            self._watches[job_id].discard(watch)
            if not self._watches[job_id]:
                del self._watches[job_id]
                self._told.pop(job_id, None)

    async def _keep_telling(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._tell()
                await asyncio.sleep(GATHER_SECONDS)
            except Exception as error:
                log.warning("watched jobs could not be read", error=repr(error))
                self._wake.set()
                await asyncio.sleep(RETRY_SECONDS)

    async def _tell(self) -> None:
        watched = list(self._watches)
        if not watched:
            return
        async with self._database.read() as session:
            rows = await session.execute(REVISIONS, {"ids": watched})
            changed = [row.id for row in rows if self._told.get(row.id) != row.revision]
            jobs = await job_documents(session, changed) if changed else []
        for job in jobs:
            if job.id in self._watches:
                self._told[job.id] = job.revision
            for watch in self._watches.get(job.id, ()):
                watch.tell(job)


REVISIONS = text("SELECT id, revision FROM jobs WHERE id = ANY(CAST(:ids AS uuid[]))")
