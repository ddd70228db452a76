"""What everything that is neither analysis nor encoding adds to a job: promised ≤ 2 s, p50.

A job's overhead is its wall time, from its creation until its end, less the time in which at least
one analysis or encode of it was under way. So it holds the API, bus, databases and storage, and
also what is work but neither: taking files in, directing, planning, joining and packing.
"""

from pathlib import Path
from statistics import median, quantiles

import pytest
from tests.bench import ledger
from tests.databases import Databases
from tests.machine import Machine, until
from tests.studio import Studio

JOBS = 10
HEAVY = {"analyse", "render.part"}
ENDED = "SELECT created_at, finished_at FROM jobs WHERE id = $1 AND finished_at IS NOT NULL"


@pytest.mark.parametrize("fresh", [True, False], ids=["new footage", "known footage"])
def test_overhead(machine: Machine, shoot: list[Path], tmp_path: Path, fresh: bool) -> None:
    studio = Studio(machine, shoot)
    with Databases(machine.home) as databases:
        ledger.install(databases)
        jobs = [one_job(studio, databases, tmp_path, fresh) for _ in range(JOBS)]
        runs = ledger.runs(databases)
    kinds = {run.kind for run in runs}

    def busy(kinds: set[str]) -> list[float]:
        chosen = [run for run in runs if run.kind in kinds]
        return [ledger.seconds_covered(chosen, job) for job in jobs]

    walls = [(end - start).total_seconds() for start, end in jobs]
    print(f"\n{JOBS} jobs one after the other, two outputs each; seconds")
    show("wall time", walls)
    show("analysis, encoding", busy(HEAVY))
    show("everything else", less(walls, busy(HEAVY)))
    for kind in sorted(kinds - HEAVY):
        show(f"  {kind}", busy({kind}))
    show("  nobody at work", less(walls, busy(kinds)))


def one_job(studio: Studio, databases: Databases, folder: Path, fresh: bool) -> ledger.Interval:
    job_id = studio.start(studio.new_takes(folder) if fresh else ())
    until(lambda: databases.rows("gateway", ENDED, job_id), "it has ended", seconds=300)
    [row] = databases.rows("gateway", ENDED, job_id)
    return row["created_at"], row["finished_at"]


def less(values: list[float], others: list[float]) -> list[float]:
    return [value - other for value, other in zip(values, others, strict=True)]


def show(what: str, values: list[float]) -> None:
    print(f"  {what:<22} p50 {median(values):6.2f}   p90 {quantiles(values, n=10)[-1]:6.2f}")
