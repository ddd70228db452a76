"""A creator asks for cuts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select

from chassis.database import Transaction
from chassis.ids import uuid7
from contracts.events import JobAsset as WantedAsset
from contracts.events import JobRequested, MusicChoice, OutputSpec
from contracts.media import AssetRole
from gateway.lifecycle import new_steps, note_assets
from gateway.models import Asset, Job, JobAsset, Output, Project
from gateway.problems import AssetIsRejected, AssetUnknown, NoAssets, ProjectArchived
from gateway.repository import lock_assets
from gateway.schemas.jobs import NewJob
from gateway.wanted_outputs import wanted_outputs


async def job_of_key(tx: Transaction, project_id: UUID, key: str) -> UUID | None:
    """The job that a request with this Idempotency-Key has made already."""
    job_id: UUID | None = await tx.session.scalar(
        select(Job.id).where(Job.project_id == project_id, Job.idempotency_key == key)
    )
    return job_id


async def request_job(
    tx: Transaction, project: Project, wanted: NewJob, key: str | None, now: datetime
) -> UUID:
    """Return the new job's id; raise a Problem for a project or assets that cannot be used."""
    if project.status == "archived":
        raise ProjectArchived(id=str(project.id))
    brief = wanted.brief or project.brief
    assets = await _assets(tx, project, wanted)
    job = Job(
        id=uuid7(),
        project_id=project.id,
        user_id=project.user_id,
        idempotency_key=key,
        config=wanted.model_dump(mode="json", exclude={"asset_ids"}) | {"brief": brief},
        steps=new_steps(),
        outputs=_outputs(wanted),
        **NEW,
    )
    note_assets(job, [asset.status for asset in assets], now)
    tx.session.add(job)
    await tx.session.flush()
    tx.session.add_all(
        JobAsset(job_id=job.id, asset_id=asset.id, position=position)
        for position, asset in enumerate(assets)
    )
    await tx.publish(_event(job, wanted, brief, assets))
    return job.id


NEW = {
    "revision": 1,
    "attempt": 1,
    "status": "pending",
    "stage": "upload_ready",
    "progress": 0,
    "status_message": "",
    "storyboard_version": 0,
}
"""Columns that the lifecycle reads before the row is written."""


async def _assets(tx: Transaction, project: Project, wanted: NewJob) -> list[Asset]:
    """The assets in the order that was asked for, the music's last."""
    known = {asset.id: asset for asset in await lock_assets(tx, project.id)}
    music = wanted.music_asset_id
    usable = [asset.id for asset in known.values() if asset.status != "rejected"]
    footage = [id_ for id_ in wanted.asset_ids or usable if id_ != music]
    if not footage:
        raise NoAssets(id=str(project.id))
    chosen = [*footage, music] if music else footage
    return [_usable(known, asset_id) for asset_id in chosen]


def _usable(known: Mapping[UUID, Asset], asset_id: UUID) -> Asset:
    asset = known.get(asset_id)
    if asset is None:
        raise AssetUnknown(id=str(asset_id))
    if asset.status == "rejected":
        raise AssetIsRejected(asset.error_message or "", id=str(asset_id))
    return asset


def _outputs(wanted: NewJob) -> list[Output]:
    return [
        Output(
            id=uuid7(),
            position=position,
            output_type=kind,
            aspect_ratio=ratio,
            status="queued",
            progress=0,
        )
        for position, (kind, ratio) in enumerate(
            wanted_outputs(wanted.output_types, wanted.aspect_ratios)
        )
    ]


def _event(job: Job, wanted: NewJob, brief: str, assets: Sequence[Asset]) -> JobRequested:
    return JobRequested(
        job_id=job.id,
        project_id=job.project_id,
        user_id=job.user_id,
        brief=brief,
        assets=tuple(_wanted_asset(asset, wanted) for asset in assets),
        outputs=tuple(output_spec(output) for output in job.outputs),
        review=wanted.review,
        caption_style=wanted.caption_style,
        music=MusicChoice(mode=wanted.music_mode, asset_id=wanted.music_asset_id),
        quality=wanted.quality,
    )


def _wanted_asset(asset: Asset, wanted: NewJob) -> WantedAsset:
    role = "music" if asset.id == wanted.music_asset_id else asset.role
    return WantedAsset(asset_id=asset.id, role=cast(AssetRole | None, role))


def output_spec(output: Output) -> OutputSpec:
    return OutputSpec.model_validate(
        {
            "output_id": output.id,
            "kind": output.output_type,
            "aspect_ratio": output.aspect_ratio,
        }
    )
