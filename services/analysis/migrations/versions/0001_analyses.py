"""Analyses, the assets that they are of, and the jobs that wait for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrations import create_tables, drop_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_tables(op)
    op.create_table(
        "analyses",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("analyser_version", sa.Text, nullable=False),
        sa.Column("transcript_hash", sa.Text, nullable=False, server_default=""),
        sa.Column("transcript", sa.Text),
        sa.Column("object_key", sa.Text, nullable=False),
        sa.Column("media", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default="queued"),
        sa.Column("percent", sa.Integer, nullable=False, server_default="0"),
        sa.Column("analysis_key", sa.Text),
        sa.Column("problem_code", sa.Text),
        sa.Column("problem_detail", sa.Text),
        _timestamp("created_at"),
        _timestamp("updated_at"),
        sa.PrimaryKeyConstraint("id", name="analyses_pkey"),
        sa.UniqueConstraint(
            "sha256",
            "analyser_version",
            "transcript_hash",
            name="analyses_sha256_analyser_version_transcript_hash_key",
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'canceled')"
            " OR status = 'done' AND analysis_key IS NOT NULL"
            " OR status = 'failed' AND problem_code IS NOT NULL",
            name="analyses_status_check",
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="analyses_percent_check"),
    )
    op.create_table(
        "analysed_assets",
        sa.Column("asset_id", sa.Uuid, nullable=False),
        sa.Column("analysis_id", sa.Uuid, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        _timestamp("created_at"),
        sa.PrimaryKeyConstraint("asset_id", name="analysed_assets_pkey"),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["analyses.id"], name="analysed_assets_analysis_id_fkey"
        ),
    )
    op.create_index("analysed_assets_analysis_id_idx", "analysed_assets", ["analysis_id"])
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("canceled", sa.Boolean, nullable=False, server_default="false"),
        _timestamp("created_at"),
        sa.PrimaryKeyConstraint("job_id", name="jobs_pkey"),
    )
    op.create_table(
        "job_assets",
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("asset_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "asset_id", name="job_assets_pkey"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.job_id"], name="job_assets_job_id_fkey"),
    )
    op.create_index("job_assets_asset_id_idx", "job_assets", ["asset_id"])


def downgrade() -> None:
    for table in ("job_assets", "jobs", "analysed_assets", "analyses"):
        op.drop_table(table)
    drop_tables(op)


def _timestamp(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
