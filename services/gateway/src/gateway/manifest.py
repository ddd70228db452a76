"""A job's manifest: what came in, who did what, how long it took, and why each cut is there."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic.alias_generators import to_camel

from gateway.models import Asset, Job, JobStep, Output, SceneRow
from gateway.schemas.job_views import JobConfig

Json = dict[str, Any]


def job_manifest(
    job: Job,
    assets: Sequence[Asset],
    scenes: Sequence[SceneRow],
    documents: Mapping[UUID, Json],
) -> Json:
    """Return JSON in camelCase; `documents` are render's manifests of outputs, by their ids."""
    return {
        "jobId": str(job.id),
        "projectId": str(job.project_id),
        "status": job.status,
        "error": _error(job),
        "brief": job.config["brief"],
        "config": JobConfig.model_validate(job.config).model_dump(mode="json", by_alias=True),
        "storyboardVersion": job.storyboard_version,
        "providers": _providers(job, documents),
        "sources": [_source(asset) for asset in assets],
        "steps": [_step(step) for step in job.steps],
        "scenes": [_scene(scene) for scene in scenes],
        "outputs": [_output(output, documents.get(output.id)) for output in job.outputs],
        "startedAt": _iso(job.started_at),
        "finishedAt": _iso(job.finished_at),
        "seconds": _between(job.started_at, job.finished_at),
    }


def _providers(job: Job, documents: Mapping[UUID, Json]) -> Json:
    said = [document.get("providers", {}) for document in documents.values()]
    return {
        "director": job.director,
        "words": _distinct(word for one in said for word in one.get("words", ())),
        "renderer": _distinct(
            document["renderer"] for document in documents.values() if "renderer" in document
        ),
        "notes": _distinct(note for one in said for note in one.get("notes", ())),
    }


def _source(asset: Asset) -> Json:
    return {
        "assetId": str(asset.id),
        "filename": asset.name,
        "role": asset.role,
        "status": asset.status,
        "sha256": asset.sha256,
        "media": _camel(asset.media),
        "error": _error(asset),
    }


def _step(step: JobStep) -> Json:
    return {
        "name": step.step_name,
        "state": step.state,
        "message": step.error_message or step.status_message,
        "startedAt": _iso(step.started_at),
        "finishedAt": _iso(step.finished_at),
        "seconds": _between(step.started_at, step.finished_at),
    }


def _scene(scene: SceneRow) -> Json:
    return {
        "sceneNumber": scene.scene_number,
        "duration": scene.duration_us / 1e6,
        "description": scene.description,
        "script": scene.script,
        "reason": scene.reason,
    }


def _output(output: Output, document: Json | None) -> Json:
    """With render's own manifest, which has the reason of every cut."""
    return {
        "id": str(output.id),
        "outputType": output.output_type,
        "aspectRatio": output.aspect_ratio,
        "status": output.status,
        "error": _error(output),
        "facts": _camel(output.facts),
        "artifacts": [
            {"kind": one["kind"], "filename": one["filename"], "sizeBytes": one["size_bytes"]}
            for one in output.artifacts
        ],
        "manifest": _camel(document),
    }


def _error(row: Asset | Job | Output) -> Json | None:
    return {"code": row.error_code, "detail": row.error_message} if row.error_code else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return round((end - start).total_seconds(), 3) if start and end else None


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {to_camel(name): _camel(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_camel(part) for part in value]
    return value


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
