"""When work was done: every claim and every end, noted by a trigger in the services' databases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tests.databases import Databases

from cinema.system.environment import SERVICES

Interval = tuple[datetime, datetime]

_INSTALL = """
    CREATE TABLE IF NOT EXISTS bench_ledger (
        work uuid, kind text, fence bigint, state text, at timestamptz
    );
    GRANT INSERT ON bench_ledger TO PUBLIC;
    CREATE OR REPLACE FUNCTION bench_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO bench_ledger VALUES (NEW.id, NEW.kind, NEW.fence, NEW.state, clock_timestamp());
        RETURN NULL;
    END $$;
    CREATE OR REPLACE TRIGGER bench_note AFTER UPDATE OF state ON work
        FOR EACH ROW EXECUTE FUNCTION bench_note();
"""
_RUNS = """
    SELECT kind, min(at) FILTER (WHERE state = 'leased') AS started, max(at) AS ended
    FROM bench_ledger GROUP BY work, kind, fence
    HAVING count(*) FILTER (WHERE state <> 'leased') > 0
"""


@dataclass(frozen=True)
class Run:
    """One attempt at a piece of work, from its claim until its result was to be written."""

    kind: str
    started: datetime
    ended: datetime


def install(databases: Databases) -> None:
    for service in SERVICES:
        databases.execute(service, _INSTALL)


def runs(databases: Databases) -> list[Run]:
    return [Run(row["kind"], row["started"], row["ended"]) for row in databases.everywhere(_RUNS)]


def seconds_covered(runs: Iterable[Run], within: Interval) -> float:
    """How long at least one of the runs was under way."""
    first, last = within
    total, reached = 0.0, first
    for run in sorted(runs, key=lambda run: run.started):
        start, end = max(run.started, reached), min(run.ended, last)
        if end > start:
            total += (end - start).total_seconds()
            reached = end
    return total
