"""What analysis tells the others: results of assets, and how far jobs are."""

from uuid import UUID

from analysis import repository
from analysis.models import AnalysisRow
from chassis.database import Transaction
from contracts.base import ProblemInfo
from contracts.events import AnalysisDone, JobProgressed
from contracts.media import MediaInfo


async def tell_all(tx: Transaction, analysis_id: UUID) -> None:
    """Every asset of a content learns of its result, or of the problem."""
    analysis = await repository.lock_analysis(tx, analysis_id)
    for asset in await repository.assets_of(tx.session, analysis_id):
        await tell_asset(tx, analysis, asset.asset_id, asset.filename)
    await tell_jobs(tx, analysis_id, "analysed")


async def tell_asset(tx: Transaction, analysis: AnalysisRow, asset_id: UUID, filename: str) -> None:
    failed = analysis.status == "failed"
    await tx.publish(
        AnalysisDone(
            asset_id=asset_id,
            sha256=analysis.sha256,
            filename=filename,
            object_key=analysis.object_key,
            media=MediaInfo.model_validate(analysis.media),
            analysis_key=None if failed else analysis.analysis_key,
            problem=_problem(analysis) if failed else None,
        )
    )


async def tell_jobs(tx: Transaction, analysis_id: UUID, doing: str) -> None:
    for share in await repository.shares_of_jobs(tx.session, analysis_id):
        await tx.publish(
            JobProgressed(
                job_id=share.job_id,
                step="analysis",
                percent=share.percent,
                message=f"{doing} {share.filename}",
            )
        )


def _problem(analysis: AnalysisRow) -> ProblemInfo:
    return ProblemInfo(code=analysis.problem_code or "", detail=analysis.problem_detail or "")
