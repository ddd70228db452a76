"""Analysis's tables: contents analysed, the assets that hold them, the jobs that wait for them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import COLUMN_TYPES, new_metadata
from chassis.ids import uuid7


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class AnalysisRow(Base):
    """One content, analysed by one version, told one text (or none: the empty hash)."""

    __tablename__ = "analyses"
    __table_args__ = (
        UniqueConstraint("sha256", "analyser_version", "transcript_hash"),
        CheckConstraint(
            "status IN ('queued', 'canceled')"
            " OR status = 'done' AND analysis_key IS NOT NULL"
            " OR status = 'failed' AND problem_code IS NOT NULL",
            name="status",
        ),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    sha256: Mapped[str]
    analyser_version: Mapped[str]
    transcript_hash: Mapped[str] = mapped_column(server_default="")
    transcript: Mapped[str | None]
    object_key: Mapped[str]
    media: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(server_default="queued")
    percent: Mapped[int] = mapped_column(server_default="0")
    analysis_key: Mapped[str | None]
    problem_code: Mapped[str | None]
    problem_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class AnalysedAsset(Base):
    """An asset, and the analysis of its content."""

    __tablename__ = "analysed_assets"

    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    analysis_id: Mapped[UUID] = mapped_column(ForeignKey("analyses.id"), index=True)
    filename: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Job(Base):
    """A job that was requested, canceled, or both, in whichever order that was heard."""

    __tablename__ = "jobs"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    canceled: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JobAsset(Base):
    """A job uses an asset, which may not have come in yet."""

    __tablename__ = "job_assets"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.job_id"), primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
