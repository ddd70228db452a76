"""Forgetting: what was published, handled or done long ago."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from chassis.database import Database


@dataclass(frozen=True)
class Retention:
    """How long rows are kept.

    The outbox is what a replay can restore; the inbox must remember longer than that, or a
    replay would do things twice.
    """

    outbox: timedelta = timedelta(days=7)
    inbox: timedelta = timedelta(days=30)
    work: timedelta = timedelta(days=90)

    def __post_init__(self) -> None:
        if self.inbox <= self.outbox:
            raise ValueError("the inbox must be kept longer than the outbox")


async def prune(database: Database, keep: Retention) -> None:
    """A published row stays for another hour: its replay may have only just gone out."""
    async with database.transaction() as tx:
        await tx.session.execute(PRUNE_OUTBOX, {"keep": keep.outbox})
        await tx.session.execute(PRUNE_INBOX, {"keep": keep.inbox})
        await tx.session.execute(PRUNE_WORK, {"keep": keep.work})
        await tx.session.execute(PRUNE_GROUPS, {"keep": keep.work})


PRUNE_OUTBOX = text("""
    DELETE FROM outbox
    WHERE created_at < now() - CAST(:keep AS interval)
        AND published_at < now() - interval '1 hour'
""")
PRUNE_INBOX = text("DELETE FROM inbox WHERE received_at < now() - CAST(:keep AS interval)")
PRUNE_WORK = text("""
    DELETE FROM work
    WHERE state IN ('done', 'canceled') AND updated_at < now() - CAST(:keep AS interval)
""")
PRUNE_GROUPS = text("DELETE FROM work_groups WHERE canceled_at < now() - CAST(:keep AS interval)")
