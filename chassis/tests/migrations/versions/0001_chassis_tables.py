"""The chassis's tables."""

from alembic import op

from chassis.migrations import create_tables, drop_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_tables(op)


def downgrade() -> None:
    drop_tables(op)
