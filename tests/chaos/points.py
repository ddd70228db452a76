"""The moments of a job at which something is killed: each is a question to the databases."""

from dataclasses import dataclass
from uuid import UUID

from tests.databases import Databases


@dataclass(frozen=True)
class Point:
    """`question` is answered by `service`, of the job `$1`. `busy` says whose programs are at work
    then, if any."""

    name: str
    service: str
    question: str
    busy: str | None = None

    @property
    def needs_new_takes(self) -> bool:
        """What was analysed once is not analysed again: such a point would never come."""
        return self.name in ("ingesting", "analysing")

    def reached(self, databases: Databases, job_id: UUID) -> bool:
        return bool(databases.value(self.service, self.question, job_id))


# The assets of a job; analysis knows them from job.requested, ingest only by the jobs' assets.
_ASSETS_ANALYSED = """
    SELECT a.analysis_id::text FROM job_assets j JOIN analysed_assets a USING (asset_id)
    WHERE j.job_id = $1
"""

POINTS = (
    Point(
        "ingesting",
        "ingest",
        "SELECT count(*) FROM work WHERE kind = 'ingest.asset' AND state = 'leased'"
        " AND $1::uuid IS NOT NULL",
        busy="ingest",
    ),
    Point(
        "analysing",
        "analysis",
        "SELECT count(*) FILTER (WHERE state = 'leased') > 0"
        " AND count(*) FILTER (WHERE state = 'done') > 0"
        f" FROM work WHERE kind = 'analyse' AND key IN ({_ASSETS_ANALYSED})",
        busy="analysis",
    ),
    Point("directing", "storyboard", "SELECT count(*) FROM work WHERE group_name = $1::uuid::text"),
    Point(
        "rendering",
        "render",
        "SELECT count(*) FROM work WHERE kind = 'render.part' AND state = 'leased'"
        " AND group_name = $1::uuid::text",
        busy="render",
    ),
    Point(
        "half rendered",
        "render",
        "SELECT 2 * count(*) FILTER (WHERE state = 'done') >= count(*) AND count(*) > 0"
        " FROM render_parts WHERE job_id = $1",
        busy="render",
    ),
    Point(
        "finishing",
        "render",
        "SELECT count(*) FROM work WHERE kind = 'render.finish' AND group_name = $1::uuid::text",
    ),
)
