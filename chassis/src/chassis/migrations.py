"""The chassis's own tables, made by the first migration of every service.

A later change comes as a further function here that the services' next migrations call: what a
released migration did must never change.
"""

from typing import Protocol

TABLES = frozenset({"inbox", "outbox", "work", "work_groups", "bus_instance"})

OUTBOX = (
    # id, aggregatetype, aggregateid, type and payload are what Debezium's outbox router reads;
    # `raw` holds a dead letter whose body is not JSON.
    """
    CREATE TABLE outbox (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        aggregatetype text NOT NULL,
        aggregateid text NOT NULL,
        type text NOT NULL,
        topic text NOT NULL,
        headers json NOT NULL,
        payload json,
        raw bytea,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        queued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        published_at timestamptz,
        CONSTRAINT outbox_one_body CHECK ((payload IS NULL) <> (raw IS NULL))
    )
    """,
    "CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published_at IS NULL",
)

INBOX = (
    """
    CREATE TABLE inbox (
        id uuid PRIMARY KEY,
        topic text NOT NULL,
        received_at timestamptz NOT NULL DEFAULT now()
    )
    """,
)

WORK = (
    """
    CREATE TABLE work (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        key text NOT NULL,
        group_name text NOT NULL,
        payload jsonb NOT NULL,
        priority integer NOT NULL DEFAULT 0,
        state text NOT NULL DEFAULT 'queued',
        attempt integer NOT NULL DEFAULT 0,
        fence bigint NOT NULL DEFAULT 0,
        run_at timestamptz NOT NULL DEFAULT now(),
        leased_until timestamptz,
        settled boolean NOT NULL DEFAULT false,
        error jsonb,
        trace jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT work_once UNIQUE (kind, key),
        CONSTRAINT work_state CHECK (state IN ('queued', 'leased', 'done', 'dead', 'canceled'))
    )
    """,
    # A claim reads the first entries of work_next, however many rows wait behind them.
    "CREATE INDEX work_next ON work (priority DESC, id) WHERE state = 'queued'",
    "CREATE INDEX work_due ON work (run_at) WHERE state = 'queued'",
    "CREATE INDEX work_leases ON work (leased_until) WHERE state = 'leased'",
    "CREATE INDEX work_unsettled ON work (kind) WHERE state = 'canceled' AND NOT settled",
    "CREATE INDEX work_of_group ON work (group_name)",
    """
    CREATE TABLE work_groups (
        name text PRIMARY KEY,
        canceled_at timestamptz NOT NULL DEFAULT now()
    )
    """,
)

BUS = (
    """
    CREATE TABLE bus_instance (
        role text PRIMARY KEY,
        cluster_id text NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now()
    )
    """,
)


class Op(Protocol):
    """What is used of `alembic.op`."""

    def execute(self, sqltext: str, /) -> None: ...


def create_tables(op: Op) -> None:
    """For a first migration: `create_tables(op)` with `from alembic import op`."""
    for statement in (*OUTBOX, *INBOX, *WORK, *BUS):
        op.execute(statement)


def drop_tables(op: Op) -> None:
    for table in sorted(TABLES):
        op.execute(f"DROP TABLE {table}")
