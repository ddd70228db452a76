"""Ingest's tables: assets as they were handed in, blobs as they are stored, once per content."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import COLUMN_TYPES, new_metadata
from chassis.ids import uuid7


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class AssetBlob(Base):
    """A content: where it lies in the object store, and what it is."""

    __tablename__ = "asset_blobs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    sha256: Mapped[str] = mapped_column(unique=True)
    object_key: Mapped[str]
    thumbnail_key: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Asset(Base):
    """What a creator handed in, and what became of it."""

    __tablename__ = "assets"
    __table_args__ = (
        CheckConstraint(
            "status = 'submitted'"
            " OR status = 'ingested' AND blob_id IS NOT NULL"
            " OR status = 'rejected' AND problem_code IS NOT NULL",
            name="status",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(index=True)
    user_id: Mapped[UUID]
    filename: Mapped[str]
    role: Mapped[str | None]
    source_url: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="submitted")
    blob_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset_blobs.id"), index=True)
    problem_code: Mapped[str | None]
    problem_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
