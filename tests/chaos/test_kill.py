"""kill -9 of any process at any moment: the job still ends with every output exactly once, and
nothing that was finished is done for nothing."""

import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from tests.chaos import invariants
from tests.chaos.cases import PROGRAM, cases
from tests.chaos.conftest import Survival
from tests.chaos.points import Point
from tests.databases import Databases, Row
from tests.machine import Machine, until
from tests.studio import Studio

ENDED = ("completed", "failed", "canceled")
POLL = 0.02
JOB_SECONDS = 110
REST_SECONDS = 30

# What a client can see of a job: whether it has ended, and all that must only ever grow.
SEEN = """
    SELECT status, revision, progress,
        (SELECT sum(progress_pct) FROM job_steps WHERE job_id = jobs.id) AS steps,
        (SELECT sum(progress) FROM outputs WHERE job_id = jobs.id) AS outputs
    FROM jobs WHERE id = $1
"""


def name(case: object) -> str:
    return case.name if isinstance(case, Point) else str(case)


@pytest.mark.timeout(200)
@pytest.mark.parametrize(("victim", "point"), cases(), ids=name)
def test_a_job_outlives_a_kill(
    machine: Machine,
    databases: Databases,
    studio: Studio,
    survivals: list[Survival],
    tmp_path: Path,
    victim: str,
    point: Point,
) -> None:
    job_id = studio.start(studio.new_takes(tmp_path) if point.needs_new_takes else ())
    seen: list[Row] = []
    watch(databases, job_id, seen, lambda: point.reached(databases, job_id))
    done = invariants.finished(databases)
    killed_at = time.monotonic()
    kill(machine, victim, point)
    watch(databases, job_id, seen, lambda: seen[-1]["status"] in ENDED)
    seconds, ok = time.monotonic() - killed_at, False
    try:
        check(machine, databases, job_id, seen, done)
        ok = True
    finally:
        survivals.append(Survival(victim, point.name, seconds, ok))


def watch(databases: Databases, job_id: UUID, seen: list[Row], ended: Callable[[], bool]) -> None:
    """Looks at the job again and again, as its creator would, until `ended`."""
    deadline = time.monotonic() + JOB_SECONDS
    while True:
        [now] = databases.rows("gateway", SEEN, job_id)
        seen.append(now)
        if ended():
            return
        assert time.monotonic() < deadline, f"{now}, {invariants.unrest(databases)}"
        time.sleep(POLL)


def kill(machine: Machine, victim: str, point: Point) -> None:
    if victim != PROGRAM:
        machine.kill(victim)
        return
    assert point.busy is not None
    programs = until(lambda: machine.programs(point.busy or ""), f"{point.busy} has a program")
    programs[-1].kill()


def check(
    machine: Machine,
    databases: Databases,
    job_id: UUID,
    seen: list[Row],
    done: invariants.Finished,
) -> None:
    assert seen[-1]["status"] == "completed"
    until(
        lambda: not invariants.unrest(databases),
        f"at rest: {invariants.unrest(databases)}",
        seconds=REST_SECONDS,
    )
    machine.wait_until_ready()
    invariants.assert_only_forward(seen)
    invariants.assert_not_done_again(done, databases)
    invariants.assert_nothing_died(databases)
    invariants.assert_told_once(databases, job_id)
    invariants.assert_outputs_are_there_once(databases, machine.home, job_id)
    invariants.assert_readers_agree_with_owners(databases, job_id)
    invariants.assert_nothing_is_left_over(databases, machine.home)
    assert machine.programs("render") == []
