"""The work itself: a content is fetched, analysed in another process, and its result stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog

from analysis import repository
from analysis.analyser import Request, analyse
from analysis.models import AnalysisRow
from analysis.progress_file import Progress, read_progress
from analysis.tell import tell_all, tell_jobs
from chassis.database import Database, Transaction
from chassis.errors import Problem
from chassis.isolation import in_process
from chassis.objects import ObjectStore
from chassis.scratch import scratch
from chassis.work import Completion
from contracts.media import MediaInfo

log = structlog.get_logger()
TELL_SECONDS = 1.5


@dataclass(frozen=True)
class AnalyseAsset:
    """Every step may be repeated: the result's key is a function of what was analysed, and how."""

    database: Database
    store: ObjectStore
    scratch_dir: Path
    whisper_model: str | None = None

    async def __call__(self, analysis_id: UUID) -> Completion:
        """Raise a Problem when the file cannot be decoded."""
        async with self.database.read() as session:
            analysis = await repository.get_analysis(session, analysis_id)
        key = analysis_key(analysis)
        if await self.store.stat(key) is None:
            await self._analyse(analysis, key)

        async def complete(tx: Transaction) -> None:
            await repository.mark_done(tx, analysis_id, key)
            await tell_all(tx, analysis_id)

        return complete

    async def _analyse(self, analysis: AnalysisRow, key: str) -> None:
        async with scratch(self.scratch_dir, "analysis") as folder:
            request = Request(
                source=await self.store.fetch(analysis.object_key, folder),
                folder=folder,
                sha256=analysis.sha256,
                media=MediaInfo.model_validate(analysis.media),
                transcript=analysis.transcript,
                whisper_model=self.whisper_model,
            )
            async with self._progress_told(analysis.id, request.progress):
                result = await in_process(analyse, request)
        document = result.model_dump_json().encode()
        await self.store.put_bytes(key, document, content_type="application/json")

    @asynccontextmanager
    async def _progress_told(self, analysis_id: UUID, file: Path) -> AsyncIterator[None]:
        telling = asyncio.create_task(self._tell(analysis_id, file))
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _tell(self, analysis_id: UUID, file: Path) -> None:
        told: Progress | None = None
        while True:
            await asyncio.sleep(TELL_SECONDS)
            progress = read_progress(file)
            if progress is not None and progress != told:
                await self._tell_once(analysis_id, progress)
                told = progress

    async def _tell_once(self, analysis_id: UUID, progress: Progress) -> None:
        """Lossy: when the database is away the next one may get through."""
        try:
            async with self.database.transaction() as tx:
                await repository.note_progress(tx, analysis_id, progress.percent)
                await tell_jobs(tx, analysis_id, progress.doing)
        except Exception as error:
            log.warning("progress was not told", error=repr(error))


async def give_up(analysis_id: UUID, problem: Problem, tx: Transaction) -> None:
    """The assets of this content are told why; other assets go on."""
    await repository.mark_failed(tx, analysis_id, problem)
    await tell_all(tx, analysis_id)


def analysis_key(analysis: AnalysisRow) -> str:
    told = f"-{analysis.transcript_hash}" if analysis.transcript_hash else ""
    return f"analysis/{analysis.sha256}/{analysis.analyser_version}{told}.json"
