"""Render's tables: what was approved, the outputs, the parts they are made of, the products."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import COLUMN_TYPES, new_metadata
from chassis.ids import uuid7


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class Approval(Base):
    """The approved cuts of a job. Whoever changes something of the job locks this row first."""

    __tablename__ = "approvals"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    user_id: Mapped[UUID]
    version: Mapped[int]
    quality: Mapped[str]
    cuts: Mapped[list[Any]]
    approved_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JobOutput(Base):
    """`round` counts how often it was asked for; `output_url` stays empty: URLs are signed."""

    __tablename__ = "job_outputs"
    __table_args__ = (
        CheckConstraint(
            "output_type IN ('cinematic', 'vertical', 'short', 'hook', 'dialogue')",
            name="output_type",
        ),
        CheckConstraint("aspect_ratio IN ('16:9', '9:16')", name="aspect_ratio"),
        CheckConstraint(
            "status IN ('queued', 'rendering', 'completed', 'failed', 'canceled')", name="status"
        ),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID] = mapped_column(index=True)
    output_type: Mapped[str]
    aspect_ratio: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="queued")
    progress: Mapped[int] = mapped_column(server_default="0")
    output_url: Mapped[str | None]
    storage_path: Mapped[str | None]
    duration_sec: Mapped[int | None]
    round: Mapped[int] = mapped_column(server_default="1")
    timeline_key: Mapped[str | None]
    problem_code: Mapped[str | None]
    problem_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class RenderPart(Base):
    """A chunk of picture or a sound track, which several outputs may share.

    `plan_key` is where its plan lies; `result` says where its files lie and what was measured.
    """

    __tablename__ = "render_parts"
    __table_args__ = (
        CheckConstraint("kind IN ('picture', 'sound')", name="kind"),
        CheckConstraint("state IN ('planned', 'done', 'failed', 'discarded')", name="state"),
        Index(
            "render_parts_job_id_digest_key",
            "job_id",
            "digest",
            unique=True,
            postgresql_where=text("state <> 'discarded'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    job_id: Mapped[UUID]
    kind: Mapped[str]
    digest: Mapped[str]
    plan_key: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="planned")
    round: Mapped[int] = mapped_column(server_default="1")
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class OutputPart(Base):
    """An output's share of a part."""

    __tablename__ = "output_parts"

    output_id: Mapped[UUID] = mapped_column(
        ForeignKey("job_outputs.id", ondelete="CASCADE"), primary_key=True
    )
    part_id: Mapped[UUID] = mapped_column(
        ForeignKey("render_parts.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    leg: Mapped[int]
    start_frame: Mapped[int]
    frames: Mapped[int]


class FinalVideo(Base):
    """A finished video; `id` is the output's, so that rendering again replaces it."""

    __tablename__ = "final_videos"
    __table_args__ = (CheckConstraint("quality_score BETWEEN 0 AND 1", name="quality_score"),)

    id: Mapped[UUID] = mapped_column(ForeignKey("job_outputs.id"), primary_key=True)
    job_id: Mapped[UUID] = mapped_column(index=True)
    video_url: Mapped[str]
    duration_seconds: Mapped[int]
    file_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    quality_score: Mapped[float | None] = mapped_column(Numeric(3, 2))
    composition_data: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    delivered_at: Mapped[datetime | None] = mapped_column(index=True)


class ArtifactRow(Base):
    """A file that rendering made."""

    __tablename__ = "artifacts"
    __table_args__ = (
        CheckConstraint(
            "type IN ('video', 'audio', 'image', 'captions', 'timeline', 'manifest', 'zip')",
            name="type",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    job_id: Mapped[UUID] = mapped_column(index=True)
    output_id: Mapped[UUID] = mapped_column(ForeignKey("job_outputs.id"), index=True)
    type: Mapped[str] = mapped_column(index=True)
    storage_path: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    mime_type: Mapped[str | None]
    metadata_json: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
