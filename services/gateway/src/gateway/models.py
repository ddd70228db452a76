"""The gateway's tables: accounts, projects and jobs, and read models of the rest."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.database import COLUMN_TYPES, new_metadata
from chassis.ids import uuid7
from gateway.vocabulary import (
    ASSET_STATUSES,
    JOB_STATUSES,
    NICHES,
    OUTPUT_STATUSES,
    PROJECT_STATUSES,
    STAGES,
    STEP_STATES,
    TRANSCRIPT_MODES,
)


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class Dated:
    """A trigger keeps `updated_at`."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A check whose text PostgreSQL keeps as it is."""
    wanted = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({wanted})", name=column)


def _owner(column: str) -> Any:
    return mapped_column(ForeignKey(column, ondelete="CASCADE"))


class User(Dated, Base):
    __tablename__ = "users"
    __table_args__ = (Index("users_email_key", text("lower(email)"), unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    is_verified: Mapped[bool] = mapped_column(server_default=text("false"))


class Profile(Dated, Base):
    __tablename__ = "profiles"

    id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    display_name: Mapped[str | None]
    avatar_url: Mapped[str | None]
    notification_prefs: Mapped[dict[str, Any]] = mapped_column(
        server_default=text("""'{"job_failed": true, "job_complete": true}'::jsonb""")
    )
    stripe_customer_id: Mapped[str | None] = mapped_column(index=True)


class Project(Dated, Base):
    __tablename__ = "projects"
    __table_args__ = (
        one_of("status", PROJECT_STATUSES),
        one_of("niche_preset", NICHES),
        one_of("transcript_mode", TRANSCRIPT_MODES),
        CheckConstraint("target_minutes BETWEEN 1 AND 10", name="target_minutes"),
        Index("projects_user_id_idx", "user_id", text("id DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[UUID] = _owner("users.id")
    name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="active")
    brief: Mapped[str] = mapped_column(server_default="")
    prompt_text: Mapped[str | None]
    niche_preset: Mapped[str | None]
    target_minutes: Mapped[int | None]
    voice_profile_id: Mapped[UUID | None]
    transcript_mode: Mapped[str] = mapped_column(server_default="auto")
    transcript_text: Mapped[str | None]
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class Asset(Dated, Base):
    """What a creator brought; its facts are ingest's and analysis's."""

    __tablename__ = "assets"
    __table_args__ = (
        one_of("status", ASSET_STATUSES),
        one_of("type", ("video", "audio", "image")),
        Index("assets_project_id_idx", "project_id", text("id DESC")),
        Index("assets_user_id_idx", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _owner("projects.id")
    user_id: Mapped[UUID] = _owner("users.id")
    name: Mapped[str]
    role: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="submitted")
    type: Mapped[str | None]
    content_type: Mapped[str]
    storage_path: Mapped[str]
    thumbnail_path: Mapped[str | None]
    sha256: Mapped[str | None]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    duration_us: Mapped[int | None] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    fps: Mapped[Decimal | None] = mapped_column(Numeric(8, 4))
    media: Mapped[dict[str, Any] | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]


class Job(Dated, Base):
    """`revision` counts what clients can see change; `attempt` counts the runs of its outputs."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("status", JOB_STATUSES),
        one_of("stage", STAGES),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        UniqueConstraint("project_id", "idempotency_key"),
        Index("jobs_project_id_idx", "project_id", text("id DESC")),
        Index("jobs_user_id_idx", "user_id", text("id DESC")),
        Index("jobs_status_idx", "status"),
        Index("jobs_created_at_idx", text("created_at DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    project_id: Mapped[UUID] = _owner("projects.id")
    user_id: Mapped[UUID] = _owner("users.id")
    revision: Mapped[int] = mapped_column(BigInteger, default=1)
    attempt: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="pending")
    stage: Mapped[str] = mapped_column(default="upload_ready")
    progress: Mapped[int] = mapped_column(default=0)
    status_message: Mapped[str] = mapped_column(default="")
    config: Mapped[dict[str, Any]]
    idempotency_key: Mapped[str | None]
    storyboard_version: Mapped[int] = mapped_column(default=0)
    storyboard_status: Mapped[str | None]
    director: Mapped[str | None]
    failed_step: Mapped[str | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    manifest_json: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    steps: Mapped[list["JobStep"]] = relationship(order_by="JobStep.step_order", lazy="raise")
    outputs: Mapped[list["Output"]] = relationship(order_by="Output.position", lazy="raise")


class JobAsset(Base):
    """An asset that a job works with; `position` keeps the order that the creator gave."""

    __tablename__ = "job_assets"

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]


class JobStep(Base):
    __tablename__ = "job_steps"
    __table_args__ = (
        one_of("state", STEP_STATES),
        CheckConstraint("progress_pct BETWEEN 0 AND 100", name="progress_pct"),
        UniqueConstraint("job_id", "step_name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    job_id: Mapped[UUID] = _owner("jobs.id")
    step_name: Mapped[str]
    step_order: Mapped[int]
    state: Mapped[str] = mapped_column(default="pending")
    progress_pct: Mapped[int] = mapped_column(default=0)
    status_message: Mapped[str] = mapped_column(default="")
    error_message: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Output(Dated, Base):
    """A wanted cut, and what became of it."""

    __tablename__ = "outputs"
    __table_args__ = (
        one_of("status", OUTPUT_STATUSES),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        UniqueConstraint("job_id", "output_type", "aspect_ratio"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    job_id: Mapped[UUID] = _owner("jobs.id")
    position: Mapped[int]
    output_type: Mapped[str]
    aspect_ratio: Mapped[str]
    status: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[int] = mapped_column(default=0)
    facts: Mapped[dict[str, Any] | None]
    artifacts: Mapped[list[Any]] = mapped_column(default=list)
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]


class SceneRow(Base):
    """A scene of the storyboard's newest version."""

    __tablename__ = "scenes"

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    scene_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    duration_us: Mapped[int] = mapped_column(BigInteger)
    description: Mapped[str]
    script: Mapped[str]
    shot_type: Mapped[str]
    transition: Mapped[str]
    assets: Mapped[list[Any]]
    reason: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column("metadata")


class StoryboardAction(Base):
    """What a creator asked of the storyboard, and how it was answered."""

    __tablename__ = "storyboard_actions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    action: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_at: Mapped[datetime | None]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
