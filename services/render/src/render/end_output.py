"""How an output ends, and what is tidied up when the last one has."""

from uuid import UUID

from chassis.database import Transaction
from chassis.errors import Problem
from chassis.ids import uuid7
from contracts.base import ProblemInfo
from contracts.events import Artifact, OutputFacts, OutputRendered, OutputSpec
from render import repository
from render.models import ArtifactRow, FinalVideo, JobOutput

DISCARD = "render.discard"


async def fail_output(tx: Transaction, output: JobOutput, problem: Problem) -> None:
    """Its siblings go on."""
    repository.note_failure(output, problem)
    await tell_failure(tx, output.job_id, _spec(output), problem)
    await discard_when_over(tx, output.job_id)


async def tell_failure(tx: Transaction, job_id: UUID, spec: OutputSpec, problem: Problem) -> None:
    await tx.publish(
        OutputRendered(
            job_id=job_id,
            **spec.model_dump(),
            status="failed",
            problem=ProblemInfo(code=problem.code, detail=str(problem)),
        )
    )


async def complete_output(
    tx: Transaction, output: JobOutput, artifacts: list[Artifact], facts: OutputFacts
) -> None:
    video = next(artifact for artifact in artifacts if artifact.kind == "video")
    output.status, output.progress = "completed", 100
    output.storage_path = video.key
    output.duration_sec = round(facts.duration_us / 1_000_000)
    await repository.save_products(
        tx, _final_video(output, video, facts), [_row(output, one) for one in artifacts]
    )
    await tx.publish(
        OutputRendered(
            job_id=output.job_id,
            **_spec(output).model_dump(),
            status="completed",
            artifacts=tuple(artifacts),
            facts=facts,
        )
    )
    await discard_when_over(tx, output.job_id)


async def discard_when_over(tx: Transaction, job_id: UUID) -> None:
    """Parts are kept while an output of the job may still want them."""
    await tx.session.flush()
    if not await repository.has_outputs_under_way(tx.session, job_id):
        await discard(tx, job_id)


async def discard(tx: Transaction, job_id: UUID, *, place: str | None = None) -> None:
    """The parts of a job that nobody needs, and what lies at `place`."""
    order = {"job_id": str(job_id), "place": place}
    await tx.enqueue(DISCARD, f"{job_id}/{uuid7()}", order, group=f"{job_id}/discard")


def _spec(output: JobOutput) -> OutputSpec:
    return OutputSpec.model_validate(
        {"output_id": output.id, "kind": output.output_type, "aspect_ratio": output.aspect_ratio}
    )


def _final_video(output: JobOutput, video: Artifact, facts: OutputFacts) -> FinalVideo:
    return FinalVideo(
        id=output.id,
        job_id=output.job_id,
        video_url=video.key,
        duration_seconds=round(facts.duration_us / 1_000_000),
        file_size_bytes=facts.size_bytes,
        composition_data={"timeline_key": output.timeline_key, **facts.model_dump(mode="json")},
    )


def _row(output: JobOutput, artifact: Artifact) -> ArtifactRow:
    return ArtifactRow(
        job_id=output.job_id,
        output_id=output.id,
        type=artifact.kind,
        storage_path=artifact.key,
        size_bytes=artifact.size_bytes,
        mime_type=artifact.content_type,
        metadata_json={"filename": artifact.filename},
    )
