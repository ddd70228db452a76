"""Tells how far a part is while it is rendered: lossy, and about twice a second for a job."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from chassis.database import Database
from contracts.events import JobProgressed
from render import repository
from render.parts import Share

log = structlog.get_logger()

RENDERED_PERCENT = 92
"""What is left is for joining and packing."""
SECONDS_PER_OUTPUT = 0.5


@dataclass
class Telling:
    """`share` is the part's own progress, 0 to 1."""

    database: Database
    job_id: UUID
    part_id: UUID
    waiting: Sequence[Share]
    share: float = 0.0
    _told: dict[UUID, int] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Telling"]:
        task = asyncio.create_task(self._tell_on())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _tell_on(self) -> None:
        while True:
            await asyncio.sleep(max(1.0, SECONDS_PER_OUTPUT * len(self.waiting)))
            try:
                await self._tell()
            except Exception as error:
                log.warning("progress was not told", error=repr(error))

    async def _tell(self) -> None:
        here = {share.output_id: share.frames for share in self.waiting}
        async with self.database.transaction() as tx:
            for done in await repository.frames_done(tx.session, self.part_id):
                frames = done.frames + self.share * here.get(done.output_id, 0)
                percent = int(RENDERED_PERCENT * frames / max(done.total, 1))
                if percent <= self._told.get(done.output_id, 0):
                    continue
                self._told[done.output_id] = percent
                await repository.raise_progress(tx, done.output_id, percent)
                await tx.publish(
                    JobProgressed(
                        job_id=self.job_id,
                        output_id=done.output_id,
                        step="rendering",
                        percent=percent,
                    )
                )
