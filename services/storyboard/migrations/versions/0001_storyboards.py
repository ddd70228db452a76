"""Jobs and their assets as read from others; storyboards, their scenes, and what was asked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrations import create_tables, drop_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_tables(op)
    _create_read_models()
    _create_storyboards()
    op.create_table(
        "storyboard_requests",
        _column("id", sa.Uuid),
        _column("job_id", sa.Uuid),
        _column("version", sa.Integer),
        _column("action", sa.Text),
        sa.Column("scene_number", sa.Integer),
        _column("feedback", sa.Text),
        _timestamp("created_at"),
        sa.PrimaryKeyConstraint("id", name="storyboard_requests_pkey"),
    )
    op.create_index("storyboard_requests_job_id_idx", "storyboard_requests", ["job_id"])


def downgrade() -> None:
    for table in (
        "storyboard_requests",
        "job_scenes",
        "storyboards",
        "asset_findings",
        "job_assets",
        "jobs",
    ):
        op.drop_table(table)
    drop_tables(op)


def _create_read_models() -> None:
    op.create_table(
        "jobs",
        _column("id", sa.Uuid),
        _column("state", sa.Text, "waiting"),
        _column("version", sa.Integer, "0"),
        sa.Column("request", JSONB),
        _timestamp("created_at"),
        _timestamp("updated_at"),
        sa.PrimaryKeyConstraint("id", name="jobs_pkey"),
        sa.CheckConstraint(
            "state IN ('waiting', 'directing', 'review', 'approved', 'failed', 'canceled')",
            name="jobs_state_check",
        ),
    )
    op.create_table(
        "job_assets",
        _column("job_id", sa.Uuid),
        _column("asset_id", sa.Uuid),
        sa.PrimaryKeyConstraint("job_id", "asset_id", name="job_assets_pkey"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="job_assets_job_id_fkey"),
    )
    op.create_index("job_assets_asset_id_idx", "job_assets", ["asset_id"])
    op.create_table(
        "asset_findings",
        _column("asset_id", sa.Uuid),
        _column("topic", sa.Text),
        _column("event", JSONB),
        _timestamp("updated_at"),
        sa.PrimaryKeyConstraint("asset_id", name="asset_findings_pkey"),
    )


def _create_storyboards() -> None:
    op.create_table(
        "storyboards",
        _column("id", sa.Uuid),
        _column("job_id", sa.Uuid),
        _column("version", sa.Integer),
        _column("status", sa.Text),
        _column("director", sa.Text),
        _column("feedback", sa.Text, ""),
        sa.Column("edit_key", sa.Text),
        _column("cuts", JSONB),
        sa.Column("problem", JSONB),
        sa.Column("request_id", sa.Uuid),
        _timestamp("created_at"),
        _timestamp("updated_at"),
        sa.PrimaryKeyConstraint("id", name="storyboards_pkey"),
        sa.UniqueConstraint("job_id", "version", name="storyboards_job_id_version_key"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="storyboards_job_id_fkey"),
        sa.CheckConstraint(
            "status IN ('review', 'approved', 'rejected', 'superseded', 'failed')",
            name="storyboards_status_check",
        ),
    )
    op.create_table(
        "job_scenes",
        _column("id", sa.Uuid),
        _column("version", sa.Integer),
        _column("storyboard_id", sa.Uuid),
        _column("job_id", sa.Uuid),
        _column("scene_number", sa.Integer),
        _column("duration_us", sa.BigInteger),
        sa.Column(
            "duration_seconds",
            sa.Numeric(8, 2),
            sa.Computed("round(duration_us / 1000000.0, 2)", persisted=True),
            nullable=False,
        ),
        _column("description", sa.Text),
        _column("script", sa.Text),
        _column("shot_type", sa.Text),
        _column("transition", sa.Text),
        _column("assets", JSONB),
        _column("reason", sa.Text),
        _column("metadata", JSONB),
        _timestamp("created_at"),
        sa.PrimaryKeyConstraint("id", "version", name="job_scenes_pkey"),
        sa.UniqueConstraint(
            "job_id", "version", "scene_number", name="job_scenes_job_id_version_scene_number_key"
        ),
        sa.ForeignKeyConstraint(
            ["storyboard_id"], ["storyboards.id"], name="job_scenes_storyboard_id_fkey"
        ),
    )
    op.create_index("job_scenes_storyboard_id_idx", "job_scenes", ["storyboard_id"])


def _column(name: str, kind: type[object], default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False, server_default=default)  # type: ignore[arg-type]


def _timestamp(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
