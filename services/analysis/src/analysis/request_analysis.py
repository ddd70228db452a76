"""An asset came in: its content is analysed unless that was done before."""

import hashlib

from analysis import repository
from analysis.models import AnalysisRow
from analysis.tell import tell_asset, tell_jobs
from chassis.database import Transaction
from contracts.events import AssetIngested

ANALYSE = "analyse"
EAGER, URGENT = 0, 10
PASSING_FAILURES = frozenset({"attempts_exhausted"})


async def request_analysis(event: AssetIngested, version: str, tx: Transaction) -> None:
    """An upload is analysed at once, before any job asks for it; those with a job come first."""
    analysis = await repository.add_analysis(tx, event, version, text_hash(event.transcript))
    await repository.add_asset(tx, event, analysis.id)
    if analysis.status == "done" or (analysis.status == "failed" and not may_pass(analysis)):
        await tell_asset(tx, analysis, event.asset_id, event.filename)
        await tell_jobs(tx, analysis.id, "analysed")
    else:
        urgent = await repository.has_job(tx.session, event.asset_id)
        await begin(tx, analysis, URGENT if urgent else EAGER)


async def begin(tx: Transaction, analysis: AnalysisRow, priority: int) -> None:
    """Queue an analysis that has no result, or whose failure may be gone by now."""
    key = str(analysis.id)
    if analysis.status in ("failed", "canceled"):
        await tx.reopen_group(key)
        await tx.requeue(ANALYSE, key)
        await repository.mark(tx, analysis.id, "queued")
    if not await tx.enqueue(ANALYSE, key, {}, group=key, priority=priority):
        await tx.prioritise(ANALYSE, key, priority)


def may_pass(analysis: AnalysisRow) -> bool:
    """Whether it failed for a reason that is not the file's."""
    return analysis.problem_code in PASSING_FAILURES


def text_hash(text: str | None) -> str:
    """Names a text in keys; empty for no text."""
    words = " ".join((text or "").split())
    return hashlib.sha256(words.encode()).hexdigest()[:16] if words else ""
