"""Storyboard's tables: versions with their scenes, and what it has read of others."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Numeric,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import COLUMN_TYPES, new_metadata
from chassis.ids import uuid7


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class Job(Base):
    """A job as it was requested, and where its storyboard is. Without a request: canceled early.

    `version` is the newest storyboard version, 0 before the first.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'directing', 'review', 'approved', 'failed', 'canceled')",
            name="state",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default="waiting")
    version: Mapped[int] = mapped_column(server_default="0")
    request: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class JobAsset(Base):
    """An asset that a job waits for."""

    __tablename__ = "job_assets"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class AssetFinding(Base):
    """What came of an asset: the event that said so, analysis.done or asset.rejected."""

    __tablename__ = "asset_findings"

    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    event: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Storyboard(Base):
    """One version. `feedback` is what it answers; `edit_key` and `cuts` name its documents."""

    __tablename__ = "storyboards"
    __table_args__ = (
        UniqueConstraint("job_id", "version"),
        CheckConstraint(
            "status IN ('review', 'approved', 'rejected', 'superseded', 'failed')", name="status"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id"))
    version: Mapped[int]
    status: Mapped[str]
    director: Mapped[str]
    feedback: Mapped[str] = mapped_column(server_default="")
    edit_key: Mapped[str | None]
    cuts: Mapped[list[Any]]
    problem: Mapped[dict[str, Any] | None]
    request_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class JobScene(Base):
    """A scene of a version. One that was left as it was keeps its id in the next version."""

    __tablename__ = "job_scenes"
    __table_args__ = (UniqueConstraint("job_id", "version", "scene_number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    storyboard_id: Mapped[UUID] = mapped_column(ForeignKey("storyboards.id"), index=True)
    job_id: Mapped[UUID]
    scene_number: Mapped[int]
    duration_us: Mapped[int] = mapped_column(BigInteger)
    duration_seconds: Mapped[Decimal] = mapped_column(
        Numeric(8, 2), Computed("round(duration_us / 1000000.0, 2)", persisted=True)
    )
    description: Mapped[str]
    script: Mapped[str]
    shot_type: Mapped[str]
    transition: Mapped[str]
    assets: Mapped[list[Any]]
    reason: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column("metadata")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StoryboardRequest(Base):
    """What a creator asked for: each request is carried out once."""

    __tablename__ = "storyboard_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    action: Mapped[str]
    scene_number: Mapped[int | None]
    feedback: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
