"""Approved cuts, outputs, the parts that outputs are made of, and what comes out."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrations import create_tables, drop_tables

revision = "0001"
down_revision = None

OUTPUT_TYPES = ("cinematic", "vertical", "short", "hook", "dialogue")
ARTIFACT_TYPES = ("video", "audio", "image", "captions", "timeline", "manifest", "zip")


def upgrade() -> None:
    create_tables(op)
    _create_approvals()
    _create_job_outputs()
    _create_parts()
    _create_products()


def downgrade() -> None:
    for table in (
        "artifacts",
        "final_videos",
        "output_parts",
        "render_parts",
        "job_outputs",
        "approvals",
    ):
        op.drop_table(table)
    drop_tables(op)


def _create_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("project_id", sa.Uuid, nullable=False),
        sa.Column("user_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("quality", sa.Text, nullable=False),
        sa.Column("cuts", JSONB, nullable=False),
        _timestamp("approved_at"),
        sa.PrimaryKeyConstraint("job_id", name="approvals_pkey"),
    )


def _create_job_outputs() -> None:
    op.create_table(
        "job_outputs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("output_type", sa.Text, nullable=False),
        sa.Column("aspect_ratio", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default="queued"),
        sa.Column("progress", sa.Integer, nullable=False, server_default="0"),
        sa.Column("output_url", sa.Text),
        sa.Column("storage_path", sa.Text),
        sa.Column("duration_sec", sa.Integer),
        sa.Column("round", sa.Integer, nullable=False, server_default="1"),
        sa.Column("timeline_key", sa.Text),
        sa.Column("problem_code", sa.Text),
        sa.Column("problem_detail", sa.Text),
        _timestamp("created_at"),
        _timestamp("updated_at"),
        sa.PrimaryKeyConstraint("id", name="job_outputs_pkey"),
        _one_of("job_outputs", "output_type", OUTPUT_TYPES),
        _one_of("job_outputs", "aspect_ratio", ("16:9", "9:16")),
        _one_of(
            "job_outputs", "status", ("queued", "rendering", "completed", "failed", "canceled")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="job_outputs_progress_check"),
    )
    op.create_index("job_outputs_job_id_idx", "job_outputs", ["job_id"])


def _create_parts() -> None:
    op.create_table(
        "render_parts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("plan_key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="planned"),
        sa.Column("round", sa.Integer, nullable=False, server_default="1"),
        sa.Column("result", JSONB),
        _timestamp("created_at"),
        _timestamp("updated_at"),
        sa.PrimaryKeyConstraint("id", name="render_parts_pkey"),
        _one_of("render_parts", "kind", ("picture", "sound")),
        _one_of("render_parts", "state", ("planned", "done", "failed", "discarded")),
    )
    op.create_index(
        "render_parts_job_id_digest_key",
        "render_parts",
        ["job_id", "digest"],
        unique=True,
        postgresql_where=sa.text("state <> 'discarded'"),
    )
    op.create_table(
        "output_parts",
        sa.Column("output_id", sa.Uuid, nullable=False),
        sa.Column("part_id", sa.Uuid, nullable=False),
        sa.Column("leg", sa.Integer, nullable=False),
        sa.Column("start_frame", sa.Integer, nullable=False),
        sa.Column("frames", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("output_id", "part_id", name="output_parts_pkey"),
        _reference("output_parts", "output_id", "job_outputs", ondelete="CASCADE"),
        _reference("output_parts", "part_id", "render_parts", ondelete="CASCADE"),
    )
    op.create_index("output_parts_part_id_idx", "output_parts", ["part_id"])


def _create_products() -> None:
    op.create_table(
        "final_videos",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("video_url", sa.Text, nullable=False),
        sa.Column("duration_seconds", sa.Integer, nullable=False),
        sa.Column("file_size_bytes", sa.BigInteger),
        sa.Column("quality_score", sa.Numeric(3, 2)),
        sa.Column("composition_data", JSONB),
        _timestamp("created_at"),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="final_videos_pkey"),
        _reference("final_videos", "id", "job_outputs"),
        sa.CheckConstraint(
            "quality_score BETWEEN 0 AND 1", name="final_videos_quality_score_check"
        ),
    )
    op.create_index("final_videos_job_id_idx", "final_videos", ["job_id"])
    op.create_index("final_videos_delivered_at_idx", "final_videos", ["delivered_at"])
    op.create_table(
        "artifacts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("output_id", sa.Uuid, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("storage_path", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("mime_type", sa.Text),
        sa.Column("metadata_json", JSONB, nullable=False, server_default="{}"),
        _timestamp("created_at"),
        sa.PrimaryKeyConstraint("id", name="artifacts_pkey"),
        _reference("artifacts", "output_id", "job_outputs"),
        sa.UniqueConstraint("storage_path", name="artifacts_storage_path_key"),
        _one_of("artifacts", "type", ARTIFACT_TYPES),
    )
    for column in ("job_id", "output_id", "type"):
        op.create_index(f"artifacts_{column}_idx", "artifacts", [column])


def _timestamp(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def _one_of(table: str, column: str, values: Sequence[str]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{table}_{column}_check")


def _reference(
    table: str, column: str, to: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=f"{table}_{column}_fkey", ondelete=ondelete
    )
