"""What lies in the object store: analyses that are read, edits and timelines that are written."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chassis.objects import ObjectStore
from contracts.artifacts import Analysis
from contracts.base import ProblemInfo
from contracts.events import AnalysisDone, AssetRejected, Cut, JobRequested
from contracts.media import AssetRole
from contracts.timeline import Timeline
from storyboard.cuts.compose import Shape
from storyboard.edit import Edit
from storyboard.footage import Footage

JSON = "application/json"
Findings = Mapping[UUID, AnalysisDone | AssetRejected]


@dataclass(frozen=True)
class Material:
    """A job's usable assets, in the creator's order, and why the others are not."""

    footage: tuple[Footage, ...]
    unusable: tuple[str, ...]


async def load_material(store: ObjectStore, job: JobRequested, findings: Findings) -> Material:
    roles: dict[UUID, AssetRole | None] = {one.asset_id: one.role for one in job.assets}
    if job.music.asset_id:
        roles.setdefault(job.music.asset_id, "music")
    found = [(findings[asset_id], role) for asset_id, role in roles.items()]
    usable = [(f, r) for f, r in found if isinstance(f, AnalysisDone) and f.analysis_key]
    footage = await asyncio.gather(*(_load(store, one, role) for one, role in usable))
    kept = {one.asset_id for one in footage}
    unusable = [_why_not(one) for one, _ in found if one.asset_id not in kept]
    return Material(tuple(footage), tuple(unusable))


async def _load(store: ObjectStore, done: AnalysisDone, role: AssetRole | None) -> Footage:
    assert done.analysis_key is not None  # noqa: S101  # others are not loaded
    analysis = Analysis.model_validate_json(await store.get_bytes(done.analysis_key))
    return Footage(done.asset_id, done.filename, done.object_key, analysis, role)


def _why_not(finding: AnalysisDone | AssetRejected) -> str:
    name = finding.filename if isinstance(finding, AnalysisDone) else f"asset {finding.asset_id}"
    why = f"{finding.problem.code}: {finding.problem.detail}" if finding.problem else "no analysis"
    return f"{name} is not used: {why}"


async def load_edit(store: ObjectStore, key: str) -> Edit:
    return Edit.model_validate_json(await store.get_bytes(key))


async def store_version(
    store: ObjectStore,
    job_id: UUID,
    version: int,
    edit: Edit,
    cuts: Mapping[Shape, Timeline | ProblemInfo],
) -> tuple[str, tuple[Cut, ...]]:
    """Write the edit and all timelines; return the edit's key and the cuts. May be repeated."""
    folder = f"storyboards/{job_id}/{version}"
    edit_key = f"{folder}/edit.json"
    await store.put_bytes(edit_key, edit.model_dump_json().encode(), content_type=JSON)
    stored = [await _store_cut(store, folder, shape, cut) for shape, cut in cuts.items()]
    return edit_key, tuple(stored)


async def _store_cut(
    store: ObjectStore, folder: str, shape: Shape, cut: Timeline | ProblemInfo
) -> Cut:
    if isinstance(cut, ProblemInfo):
        return Cut(kind=shape.kind, aspect_ratio=shape.aspect, problem=cut)
    key = f"{folder}/{shape.kind}-{shape.aspect.replace(':', 'x')}.json"
    await store.put_bytes(key, cut.model_dump_json().encode(), content_type=JSON)
    return Cut(kind=shape.kind, aspect_ratio=shape.aspect, timeline_key=key)
