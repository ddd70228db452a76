"""Assets and what they hold."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrations import create_tables, drop_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_tables(op)
    op.create_table(
        "asset_blobs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("object_key", sa.Text, nullable=False),
        sa.Column("thumbnail_key", sa.Text, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("media", JSONB, nullable=False),
        _timestamp("created_at"),
        sa.PrimaryKeyConstraint("id", name="asset_blobs_pkey"),
        sa.UniqueConstraint("sha256", name="asset_blobs_sha256_key"),
    )
    op.create_table(
        "assets",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("role", sa.Text),
        sa.Column("source_url", sa.Text),
        sa.Column("status", sa.Text, nullable=False, server_default="submitted"),
        sa.Column("blob_id", sa.Uuid),
        sa.Column("problem_code", sa.Text),
        sa.Column("problem_detail", sa.Text),
        _timestamp("created_at"),
        _timestamp("updated_at"),
        sa.PrimaryKeyConstraint("id", name="assets_pkey"),
        sa.ForeignKeyConstraint(["blob_id"], ["asset_blobs.id"], name="assets_blob_id_fkey"),
        sa.CheckConstraint(
            "status = 'submitted'"
            " OR status = 'ingested' AND blob_id IS NOT NULL"
            " OR status = 'rejected' AND problem_code IS NOT NULL",
            name="assets_status_check",
        ),
    )
    op.create_index("assets_project_id_idx", "assets", ["project_id"])
    op.create_index("assets_blob_id_idx", "assets", ["blob_id"])


def downgrade() -> None:
    op.drop_table("assets")
    op.drop_table("asset_blobs")
    drop_tables(op)


def _timestamp(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
