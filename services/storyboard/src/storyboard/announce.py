"""What the others are told of a storyboard."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Transaction
from chassis.errors import Problem
from contracts.base import ProblemInfo
from contracts.events import (
    Cut,
    JobProgressed,
    JobRequested,
    Scene,
    ScenesGenerated,
    StoryboardApproved,
)
from storyboard.models import Job, Storyboard


async def announce_review(
    board: Storyboard, scenes: Sequence[Scene], request_id: UUID | None, tx: Transaction
) -> None:
    await tx.publish(_scenes_generated(board, scenes, request_id))


async def announce_approval(
    job: Job, board: Storyboard, scenes: Sequence[Scene], request_id: UUID | None, tx: Transaction
) -> None:
    """The scenes as approved, and what there is to cut."""
    request = JobRequested.model_validate(job.request)
    await tx.publish(_scenes_generated(board, scenes, request_id))
    await tx.publish(
        StoryboardApproved(
            job_id=job.id,
            project_id=request.project_id,
            user_id=request.user_id,
            version=board.version,
            cuts=tuple(Cut.model_validate(cut) for cut in board.cuts),
            outputs=request.outputs,
            quality=request.quality,
            request_id=request_id,
        )
    )
    message = f"Version {board.version} is approved"
    await tx.publish(JobProgressed(job_id=job.id, step="edl", percent=100, message=message))


async def announce_failure(board: Storyboard, problem: Problem, tx: Transaction) -> None:
    """There is no storyboard, and there will be none."""
    await tx.publish(
        ScenesGenerated(
            job_id=board.job_id,
            version=board.version,
            status="failed",
            director=board.director,
            problem=as_info(problem),
            request_id=board.request_id,
        )
    )


async def announce_refusal(job: Job, request_id: UUID, problem: Problem, tx: Transaction) -> None:
    """A request was not carried out; the storyboard is what it was before."""
    await tx.publish(
        ScenesGenerated(
            job_id=job.id,
            version=job.version,
            status="failed",
            director="",
            problem=as_info(problem),
            request_id=request_id,
        )
    )


def as_info(problem: Problem) -> ProblemInfo:
    return ProblemInfo(code=problem.code, detail=problem.detail or problem.title)


def _scenes_generated(
    board: Storyboard, scenes: Sequence[Scene], request_id: UUID | None
) -> ScenesGenerated:
    return ScenesGenerated.model_validate(
        {
            "job_id": board.job_id,
            "version": board.version,
            "status": board.status,
            "director": board.director,
            "scenes": scenes,
            "request_id": request_id,
        }
    )
