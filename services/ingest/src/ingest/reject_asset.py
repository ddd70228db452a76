"""An asset that is of no use: its creator is told why."""

from chassis.database import Transaction
from chassis.errors import Problem
from contracts.base import ProblemInfo
from contracts.events import AssetRejected, AssetSubmitted
from ingest import repository
from ingest.discard_upload import discard_upload


async def reject_asset(event: AssetSubmitted, problem: Problem, tx: Transaction) -> None:
    await repository.mark_rejected(tx, event.asset_id, problem)
    await discard_upload(event, tx)
    await tx.publish(
        AssetRejected(
            asset_id=event.asset_id,
            project_id=event.project_id,
            user_id=event.user_id,
            problem=ProblemInfo(code=problem.code, detail=str(problem)),
        )
    )
