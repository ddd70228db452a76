"""A whole job as clients see it, read by one statement that PostgreSQL answers in JSON."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import TextClause, text

from chassis.database import ReadSession
from gateway.paging import Paging
from gateway.problems import NotFound
from gateway.schemas.job_views import JobView


async def job_document(session: ReadSession, user_id: UUID, job_id: UUID) -> JobView:
    document = await session.scalar(ONE, {"user_id": user_id, "job_id": job_id})
    if document is None:
        raise NotFound(id=str(job_id))
    return JobView.model_validate_json(document)


async def project_job_documents(
    session: ReadSession, user_id: UUID, project_id: UUID, wanted: Paging
) -> list[JobView]:
    values = {
        "user_id": user_id,
        "project_id": project_id,
        "cursor": wanted.cursor,
        "fetch": wanted.fetch,
    }
    return _views(list(await session.scalars(OF_PROJECT, values)))


async def job_documents(session: ReadSession, ids: Sequence[UUID]) -> list[JobView]:
    """For whoever has been shown already that the jobs are theirs."""
    return _views(list(await session.scalars(MANY, {"ids": list(ids)})))


def _views(documents: list[str]) -> list[JobView]:
    return [JobView.model_validate_json(document) for document in documents]


ASSET_IDS = """
    SELECT coalesce(json_agg(a.asset_id ORDER BY a.position), '[]')
    FROM job_assets a WHERE a.job_id = j.id
"""

STEPS = """
    SELECT coalesce(json_agg(json_build_object(
        'name', s.step_name, 'state', s.state, 'percent', s.progress_pct,
        'message', coalesce(s.error_message, s.status_message),
        'started_at', s.started_at, 'finished_at', s.finished_at
    ) ORDER BY s.step_order), '[]')
    FROM job_steps s WHERE s.job_id = j.id
"""

OUTPUTS = """
    SELECT coalesce(json_agg(json_build_object(
        'id', o.id, 'output_type', o.output_type, 'aspect_ratio', o.aspect_ratio,
        'status', o.status, 'progress', o.progress,
        'duration_seconds', (o.facts->>'duration_us')::numeric / 1000000,
        'width', o.facts->'width', 'height', o.facts->'height',
        'frame_rate', o.facts->>'rate', 'size_bytes', o.facts->'size_bytes',
        'integrated_lufs', o.facts->'integrated_lufs',
        'true_peak_dbtp', o.facts->'true_peak_dbtp',
        'error', CASE WHEN o.error_code IS NOT NULL THEN
            json_build_object('code', o.error_code, 'detail', o.error_message) END
    ) ORDER BY o.position), '[]')
    FROM outputs o WHERE o.job_id = j.id
"""

SCENES = """
    SELECT coalesce(json_agg(json_build_object(
        'id', s.id, 'scene_number', s.scene_number, 'duration', s.duration_us / 1000000.0,
        'description', s.description, 'script', s.script, 'shot_type', s.shot_type,
        'transition', s.transition, 'assets', s.assets, 'reason', s.reason,
        'metadata', s.metadata
    ) ORDER BY s.scene_number), '[]')
    FROM scenes s WHERE s.job_id = j.id
"""

DOCUMENT = f"""
    SELECT json_build_object(
        'id', j.id, 'project_id', j.project_id, 'revision', j.revision, 'status', j.status,
        'stage', j.stage, 'progress', j.progress, 'status_message', j.status_message,
        'config', j.config, 'asset_ids', ({ASSET_IDS}),
        'storyboard', CASE WHEN j.storyboard_version > 0 THEN json_build_object(
            'version', j.storyboard_version, 'status', j.storyboard_status,
            'director', j.director) END,
        'steps', ({STEPS}), 'outputs', ({OUTPUTS}), 'scenes', ({SCENES}),
        'error', CASE WHEN j.error_code IS NOT NULL THEN
            json_build_object('code', j.error_code, 'detail', j.error_message) END,
        'created_at', j.created_at, 'started_at', j.started_at, 'finished_at', j.finished_at,
        'updated_at', j.updated_at
    )::text FROM jobs j
"""  # noqa: S608 (its parts are the constants above)


def _where(condition: str) -> TextClause:
    return text(f"{DOCUMENT} WHERE {condition}")


ONE = _where("j.id = :job_id AND j.user_id = :user_id")
MANY = _where("j.id = ANY(CAST(:ids AS uuid[]))")
OF_PROJECT = _where("""
    j.project_id = :project_id AND j.user_id = :user_id
    AND (CAST(:cursor AS uuid) IS NULL OR j.id < CAST(:cursor AS uuid))
    ORDER BY j.id DESC LIMIT :fetch
""")
