"""Render's queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database import ReadSession, Transaction
from chassis.errors import Problem
from contracts.events import OutputSpec, StoryboardApproved
from render.models import Approval, ArtifactRow, FinalVideo, JobOutput, OutputPart, RenderPart
from render.parts import Part, Share

UNDER_WAY = ("queued", "rendering")


async def save_approval(tx: Transaction, event: StoryboardApproved) -> bool:
    """False when a newer version was approved already."""
    values = {
        "project_id": event.project_id,
        "user_id": event.user_id,
        "version": event.version,
        "quality": event.quality,
        "cuts": [cut.model_dump(mode="json") for cut in event.cuts],
    }
    statement = insert(Approval).values(job_id=event.job_id, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["job_id"], set_=values, where=Approval.version <= event.version
    )
    return await tx.session.scalar(statement.returning(Approval.job_id)) is not None


async def lock_job(tx: Transaction, job_id: UUID) -> Approval | None:
    """Changes of one job happen one after the other."""
    query = select(Approval).where(Approval.job_id == job_id).with_for_update()
    return (await tx.session.scalars(query)).one_or_none()


async def order_output(
    tx: Transaction, job_id: UUID, spec: OutputSpec, timeline_key: str | None
) -> JobOutput | None:
    """The output, queued; None when it is under way or completed already."""
    output = await tx.session.get(JobOutput, spec.output_id)
    if output is None:
        output = JobOutput(
            id=spec.output_id,
            job_id=job_id,
            output_type=spec.kind,
            aspect_ratio=spec.aspect_ratio,
            status="queued",
            progress=0,
            round=0,
        )
        tx.session.add(output)
    elif output.status not in ("failed", "canceled"):
        return None
    output.round += 1
    output.status, output.progress, output.timeline_key = "queued", 0, timeline_key
    output.problem_code = output.problem_detail = None
    return output


async def get_outputs(session: ReadSession, ids: Iterable[UUID]) -> list[JobOutput]:
    query = select(JobOutput).where(JobOutput.id.in_(list(ids))).order_by(JobOutput.id)
    return list(await session.scalars(query))


async def waiting_shares(session: ReadSession, part_id: UUID) -> list[Share]:
    """The shares of the outputs that still wait for the part."""
    query = (
        select(OutputPart)
        .join(JobOutput, JobOutput.id == OutputPart.output_id)
        .where(OutputPart.part_id == part_id, JobOutput.status == "rendering")
        .order_by(OutputPart.output_id)
    )
    rows = await session.scalars(query)
    return [Share(row.output_id, row.leg, row.start_frame, row.frames) for row in rows]


async def save_part(
    tx: Transaction, job_id: UUID, part: Part, plan_key: str
) -> tuple[RenderPart, bool]:
    """The part's row, and whether there is anything left to do for it that nobody is doing."""
    query = select(RenderPart).where(
        RenderPart.job_id == job_id,
        RenderPart.digest == part.digest,
        RenderPart.state != "discarded",
    )
    row = (await tx.session.scalars(query)).one_or_none()
    new = row is None
    if row is None:
        row = RenderPart(
            job_id=job_id,
            kind=part.kind,
            digest=part.digest,
            plan_key=plan_key,
            state="planned",
            round=1,
        )
        tx.session.add(row)
        await tx.session.flush()
    elif row.state == "failed":
        new, row.state, row.plan_key = True, "planned", plan_key
        row.round += 1
    await _save_shares(tx, row.id, part.shares)
    return row, new


async def _save_shares(tx: Transaction, part_id: UUID, shares: Sequence[Share]) -> None:
    rows = [
        {
            "output_id": share.output_id,
            "part_id": part_id,
            "leg": share.leg,
            "start_frame": share.start,
            "frames": share.frames,
        }
        for share in shares
    ]
    await tx.session.execute(insert(OutputPart).values(rows).on_conflict_do_nothing())


async def forget_shares(
    tx: Transaction, outputs: Iterable[UUID], part_id: UUID | None = None
) -> None:
    statement = delete(OutputPart).where(OutputPart.output_id.in_(list(outputs)))
    if part_id is not None:
        statement = statement.where(OutputPart.part_id == part_id)
    await tx.session.execute(statement)


async def are_parts_done(session: ReadSession, output_id: UUID) -> bool:
    undone = (
        select(OutputPart)
        .join(RenderPart, RenderPart.id == OutputPart.part_id)
        .where(OutputPart.output_id == output_id, RenderPart.state != "done")
    )
    return not await session.scalar(select(exists(undone)))


@dataclass(frozen=True)
class PartOfOutput:
    part: RenderPart
    leg: int
    start_frame: int
    frames: int


async def parts_of_output(session: ReadSession, output_id: UUID) -> list[PartOfOutput]:
    """In the order of the output's time, its sound first."""
    query = (
        select(RenderPart, OutputPart)
        .join(OutputPart, OutputPart.part_id == RenderPart.id)
        .where(OutputPart.output_id == output_id)
        .order_by(RenderPart.kind.desc(), OutputPart.start_frame)
    )
    rows = (await session.execute(query)).all()
    return [PartOfOutput(part, row.leg, row.start_frame, row.frames) for part, row in rows]


@dataclass(frozen=True)
class Done:
    """How many of an output's frames are rendered."""

    output_id: UUID
    frames: int
    total: int


async def frames_done(session: ReadSession, part_id: UUID) -> list[Done]:
    """Of each output that waits for this part; sound counts as no frames."""
    here = select(OutputPart.output_id).where(OutputPart.part_id == part_id)
    query = (
        select(
            OutputPart.output_id,
            func.coalesce(func.sum(OutputPart.frames).filter(RenderPart.state == "done"), 0),
            func.sum(OutputPart.frames),
        )
        .join(RenderPart, RenderPart.id == OutputPart.part_id)
        .join(JobOutput, JobOutput.id == OutputPart.output_id)
        .where(OutputPart.output_id.in_(here), JobOutput.status == "rendering")
        .where(RenderPart.kind == "picture")
        .group_by(OutputPart.output_id)
    )
    return [Done(*row) for row in (await session.execute(query)).all()]


async def raise_progress(tx: Transaction, output_id: UUID, percent: int) -> None:
    change = update(JobOutput).where(JobOutput.id == output_id)
    await tx.session.execute(change.values(progress=func.greatest(JobOutput.progress, percent)))


async def has_outputs_under_way(session: ReadSession, job_id: UUID) -> bool:
    query = select(JobOutput).where(JobOutput.job_id == job_id, JobOutput.status.in_(UNDER_WAY))
    return bool(await session.scalar(select(exists(query))))


async def cancel_outputs(tx: Transaction, job_id: UUID) -> None:
    """What is not done stays undone, until it is asked for again."""
    under_way = update(JobOutput).where(JobOutput.job_id == job_id, JobOutput.status.in_(UNDER_WAY))
    await tx.session.execute(under_way.values(status="canceled"))
    planned = update(RenderPart).where(RenderPart.job_id == job_id, RenderPart.state == "planned")
    await tx.session.execute(planned.values(state="failed"))


async def discard_parts(tx: Transaction, job_id: UUID) -> None:
    change = update(RenderPart).where(RenderPart.job_id == job_id)
    await tx.session.execute(change.values(state="discarded"))


async def discarded_parts(session: ReadSession, job_id: UUID) -> list[RenderPart]:
    query = select(RenderPart).where(RenderPart.job_id == job_id, RenderPart.state == "discarded")
    return list(await session.scalars(query))


async def forget_parts(tx: Transaction, ids: Iterable[UUID]) -> None:
    await tx.session.execute(delete(RenderPart).where(RenderPart.id.in_(list(ids))))


async def save_products(
    tx: Transaction, video: FinalVideo, artifacts: Sequence[ArtifactRow]
) -> None:
    """Replace what an earlier rendering of the same output made."""
    await tx.session.execute(delete(ArtifactRow).where(ArtifactRow.output_id == video.id))
    await tx.session.execute(delete(FinalVideo).where(FinalVideo.id == video.id))
    tx.session.add_all([video, *artifacts])


def note_failure(output: JobOutput, problem: Problem) -> None:
    output.status = "failed"
    output.problem_code, output.problem_detail = problem.code, str(problem)
