"""A job's life, whatever the order in which its facts arrive."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import uuid7
from contracts.base import ProblemInfo
from gateway import lifecycle
from gateway.models import Job, Output
from gateway.request_job import NEW
from gateway.vocabulary import ENDED, STAGES

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BROKEN = ProblemInfo(code="encoder_failed", detail="It did not encode")
KINDS = ("cinematic", "short", "hook")

Fact = Callable[[Job, datetime], object]


def new_job() -> Job:
    outputs = [
        Output(id=uuid7(), position=n, output_type=kind, status="queued", progress=0)
        for n, kind in enumerate(KINDS)
    ]
    return Job(id=uuid7(), steps=lifecycle.new_steps(), outputs=outputs, **NEW)


def asset_fact(*statuses: str) -> Fact:
    return lambda job, now: lifecycle.note_assets(job, statuses, now)


def progress(step: str, percent: int) -> Fact:
    return lambda job, now: lifecycle.note_progress(job, step, percent, f"{step} {percent}", now)


def output_progress(n: int, percent: int) -> Fact:
    return lambda job, now: lifecycle.note_output_progress(job, job.outputs[n], percent, "", now)


def scenes(version: int, status: str) -> Fact:
    return lambda job, now: lifecycle.note_scenes(job, version, status, "rules/1", now)


def rendered(n: int, problem: ProblemInfo | None = None) -> Fact:
    return lambda job, now: lifecycle.note_rendered(job, job.outputs[n], problem, now)


def finish_if_rendered(job: Job, now: datetime) -> None:
    if lifecycle.is_rendered(job):
        lifecycle.finish(job, now)


NEEDED: list[Fact] = [
    asset_fact("analysed"),
    scenes(1, "approved"),
    lifecycle.note_approved,
    rendered(0),
    rendered(1, BROKEN),
    rendered(2),
]
NOISE: list[Fact] = [
    asset_fact("submitted"),
    asset_fact("ingested"),
    asset_fact("analysed", "ingested"),
    *(progress(step, percent) for step in ("analysis", "edl", "rendering") for percent in (5, 100)),
    progress("assets", 50),
    *(output_progress(n, 40) for n in range(3)),
    finish_if_rendered,
]
ANY_ORDER = st.lists(st.sampled_from(NEEDED + NOISE), max_size=30)


def live(job: Job, facts: list[Fact]) -> list[tuple[int, int, str]]:
    """What a client saw after each fact: progress, stage, status."""
    seen = []
    for minute, fact in enumerate(facts):
        fact(job, NOON + timedelta(minutes=minute))
        seen.append((job.progress, STAGES.index(job.stage), job.status))
    return seen


@given(noise=ANY_ORDER, order=st.permutations(NEEDED), data=st.data())
def test_every_order_ends_in_the_same_place(
    noise: list[Fact], order: list[Fact], data: st.DataObject
) -> None:
    facts = list(noise)
    for fact in order:
        facts.insert(data.draw(st.integers(0, len(facts))), fact)
    job = new_job()
    live(job, [*facts, finish_if_rendered])
    assert (job.status, job.progress, job.stage) == ("completed", 100, "finalizing")
    assert [output.status for output in job.outputs] == ["completed", "failed", "completed"]
    assert [step.state for step in job.steps] == ["succeeded"] * 4
    assert job.error_code is None


@given(ANY_ORDER)
def test_progress_and_stage_never_fall_and_nothing_follows_the_end(facts: list[Fact]) -> None:
    seen = live(new_job(), facts)
    for (progress_before, stage_before, status_before), after in pairwise(seen):
        assert after[0] >= progress_before
        assert after[1] >= stage_before
        assert status_before not in ENDED or after[2] == status_before
    assert all(progress < 100 for progress, _, status in seen if status not in ENDED)


@given(before=ANY_ORDER, after=ANY_ORDER)
def test_nothing_follows_a_cancel(before: list[Fact], after: list[Fact]) -> None:
    job = new_job()
    live(job, before)
    was_ended = job.status in ENDED
    lifecycle.cancel(job, NOON)
    end = job.status
    live(job, after)
    assert job.status == end
    assert was_ended or job.status == "canceled"
    assert all(output.status in ENDED for output in job.outputs)


def test_review_waits_and_a_new_version_comes_back_to_it() -> None:
    job = new_job()
    live(job, [asset_fact("analysed"), scenes(1, "review")])
    assert (job.status, job.progress) == ("storyboard_review", 49)
    lifecycle.note_asked(job)
    assert job.status == "processing"
    live(job, [progress("edl", 10), scenes(1, "review")])
    assert job.status == "processing", "the version that was rejected is no answer"
    live(job, [scenes(2, "review"), progress("edl", 10)])
    assert (job.status, job.storyboard_version) == ("storyboard_review", 2)
    lifecycle.note_asked(job)
    lifecycle.note_refused(job)
    assert job.status == "storyboard_review"


def test_assets_that_are_taken_in_queue_the_job() -> None:
    job = new_job()
    live(job, [asset_fact("ingested", "submitted")])
    assert job.status == "pending"
    live(job, [asset_fact("ingested", "rejected")])
    assert (job.status, job.started_at) == ("queued", None)
    live(job, [asset_fact("analysed", "rejected")])
    assert (job.status, job.steps[0].state) == ("processing", "succeeded")


def test_a_job_of_which_every_output_failed_has_failed_at_rendering() -> None:
    job = new_job()
    live(job, [lifecycle.note_approved, *(rendered(n, BROKEN) for n in range(3))])
    lifecycle.finish(job, NOON)
    assert (job.status, job.error_code, job.failed_step) == ("failed", BROKEN.code, "rendering")
    assert job.progress < 100


def test_a_storyboard_that_cannot_be_made_fails_all_outputs() -> None:
    job = new_job()
    lifecycle.fail(job, ProblemInfo(code="no_speech", detail="Nobody speaks"), NOON)
    assert (job.status, job.error_code, job.failed_step) == ("failed", "no_speech", "analysis")
    assert {output.error_code for output in job.outputs} == {"no_speech"}
    assert lifecycle.retriable(job) == []


def test_a_retry_renders_what_failed_and_nothing_else() -> None:
    job = new_job()
    live(job, [lifecycle.note_approved, rendered(0), rendered(1, BROKEN), rendered(2)])
    lifecycle.finish(job, NOON)
    (failed,) = lifecycle.retriable(job)
    lifecycle.retry(job, [failed])
    assert (job.status, job.finished_at, job.attempt) == ("rendering", None, 2)
    assert [output.status for output in job.outputs] == ["completed", "queued", "completed"]
    assert job.progress == 50
    live(job, [rendered(0, BROKEN), rendered(1), finish_if_rendered])
    assert (job.status, job.progress) == ("completed", 100)
    assert {output.status for output in job.outputs} == {"completed"}


@pytest.mark.parametrize("status", ["canceled", "completed"])
def test_there_is_nothing_to_retry(status: str) -> None:
    job = new_job()
    live(job, [lifecycle.note_approved, *(rendered(n) for n in range(3))])
    if status == "canceled":
        lifecycle.cancel(job, NOON)
    assert lifecycle.retriable(job) == []
