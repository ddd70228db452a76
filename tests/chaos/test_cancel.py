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


def reach(databases: Databases, job_id: UUID, point: Point) -> None:
    until(lambda: point.reached(databases, job_id), point.name, seconds=JOB_SECONDS)


def cancel(studio: Studio, job_id: UUID) -> None:
    with studio.api() as api:
        api.cancel(str(job_id))


def rest(databases: Databases) -> None:
    until(lambda: not invariants.unrest(databases), "at rest", seconds=30)


@pytest.mark.parametrize("name", ["analysing", "directing", "rendering", "half rendered"])
def test_a_cancel_ends_what_runs(
    machine: Machine, databases: Databases, studio: Studio, tmp_path: Path, name: str
) -> None:
    point = AT[name]
    job_id = studio.start(studio.new_takes(tmp_path) if point.needs_new_takes else ())
    reach(databases, job_id, point)
    cancel(studio, job_id)
    canceled_at = time.monotonic()
    if point.busy:
        until(lambda: not machine.programs(point.busy or ""), "no program runs")
    assert time.monotonic() - canceled_at < CANCEL_SECONDS
    rest(databases)
    assert state(databases, job_id) == "canceled"
    assert_nothing_comes_of_it(databases, job_id)
    invariants.assert_nothing_died(databases)
    invariants.assert_nothing_is_left_over(machine.home)


def assert_nothing_comes_of_it(databases: Databases, job_id: UUID) -> None:
    for service, table in (("gateway", "outputs"), ("render", "job_outputs")):
        states = databases.rows(service, f"SELECT status FROM {table} WHERE job_id = $1", job_id)
        assert {row["status"] for row in states} <= {"canceled"}
    rendered = "SELECT id FROM outbox WHERE topic = 'output.rendered' AND aggregateid = $1"
    assert databases.rows("render", rendered, str(job_id)) == []


def test_other_jobs_go_on(machine: Machine, databases: Databases, studio: Studio) -> None:
    unwanted, wanted = studio.start(), studio.start(outputs=["hook"])
    reach(databases, unwanted, AT["rendering"])
    cancel(studio, unwanted)
    ended = ("completed", "failed", "canceled")
    until(lambda: state(databases, wanted) in ended, "it ends", seconds=JOB_SECONDS)
    assert (state(databases, unwanted), state(databases, wanted)) == ("canceled", "completed")
    rest(databases)
    invariants.assert_outputs_are_there_once(databases, machine.home, wanted)
    invariants.assert_nothing_is_left_over(machine.home)


def test_footage_that_two_jobs_use_is_analysed_for_the_other(
    databases: Databases, studio: Studio, tmp_path: Path
) -> None:
    """The same clips, under way for both: the cancel of one must not take them from the other."""
    takes = studio.new_takes(tmp_path)
    unwanted, wanted = studio.start(takes), studio.start(takes, outputs=["hook"])
    reach(databases, unwanted, AT["analysing"])
    cancel(studio, unwanted)
    ended = ("completed", "failed", "canceled")
    until(lambda: state(databases, wanted) in ended, "it ends", seconds=JOB_SECONDS)
    assert state(databases, wanted) == "completed"
