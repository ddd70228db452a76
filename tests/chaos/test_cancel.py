"""Cancel at any moment: what runs is ended within two seconds, and nothing is left of it."""

import time
from pathlib import Path
from uuid import UUID

import pytest
from tests.chaos import invariants
from tests.chaos.points import POINTS, Point
from tests.databases import Databases
from tests.machine import Machine, until
from tests.studio import Studio

CANCEL_SECONDS = 2.0
JOB_SECONDS = 90
AT = {point.name: point for point in POINTS}


def state(databases: Databases, job_id: UUID) -> str:
    return str(databases.value("gateway", "SELECT status FROM jobs WHERE id = $1", job_id))


def cancel_at(point: Point, databases: Databases, studio: Studio, job_id: UUID) -> None:
    with studio.api() as api:
        until(lambda: point.reached(databases, job_id), point.name, seconds=JOB_SECONDS)
        api.cancel(str(job_id))


def rest(databases: Databases) -> None:
    until(lambda: not invariants.unrest(databases), "at rest", seconds=30)


@pytest.mark.parametrize("name", ["analysing", "directing", "rendering", "finishing"])
def test_a_cancel_ends_what_runs(
    machine: Machine, databases: Databases, studio: Studio, tmp_path: Path, name: str
) -> None:
    point = AT[name]
    job_id = studio.start(studio.new_takes(tmp_path) if point.needs_new_takes else ())
    cancel_at(point, databases, studio, job_id)
    canceled_at = time.monotonic()
    if point.busy:
        until(lambda: not machine.programs(point.busy or ""), "no program runs")
    assert time.monotonic() - canceled_at < CANCEL_SECONDS
    rest(databases)
    assert state(databases, job_id) == "canceled"
    finished = {"completed"} if name == "finishing" else set()  # the first one may just have been
    assert output_states(databases, job_id) <= {"canceled"} | finished
    invariants.assert_nothing_died(databases)
    invariants.assert_nothing_is_left_over(databases, machine.home)


def output_states(databases: Databases, job_id: UUID) -> set[str]:
    """As the gateway shows them, and as render has them."""
    shown = databases.rows("gateway", "SELECT status FROM outputs WHERE job_id = $1", job_id)
    owned = databases.rows("render", "SELECT status FROM job_outputs WHERE job_id = $1", job_id)
    return {row["status"] for row in (*shown, *owned)}


def test_other_jobs_go_on(machine: Machine, databases: Databases, studio: Studio) -> None:
    unwanted, wanted = studio.start(), studio.start(outputs=["hook"])
    cancel_at(AT["rendering"], databases, studio, unwanted)
    ended = ("completed", "failed", "canceled")
    until(lambda: state(databases, wanted) in ended, "it ends", seconds=JOB_SECONDS)
    assert (state(databases, unwanted), state(databases, wanted)) == ("canceled", "completed")
    rest(databases)
    invariants.assert_outputs_are_there_once(databases, machine.home, wanted)
    invariants.assert_nothing_is_left_over(databases, machine.home)


def test_footage_that_two_jobs_use_is_analysed_for_the_other(
    databases: Databases, studio: Studio, tmp_path: Path
) -> None:
    """The same clips, under way for both: the cancel of one must not take them from the other."""
    takes = studio.new_takes(tmp_path)
    unwanted, wanted = studio.start(takes), studio.start(takes, outputs=["hook"])
    cancel_at(AT["analysing"], databases, studio, unwanted)
    ended = ("completed", "failed", "canceled")
    until(lambda: state(databases, wanted) in ended, "it ends", seconds=JOB_SECONDS)
    assert state(databases, wanted) == "completed"
