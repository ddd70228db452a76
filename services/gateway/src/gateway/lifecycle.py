"""A job's life: what each fact means for its status, stage, steps and progress.

    pending → queued → processing → storyboard_review → rendering → completed | failed | canceled

Facts of different topics may come in any order and more than once, so each rule only ever moves
forward: a fact that later ones have overtaken changes nothing. Nothing follows `canceled`; only
`retry` leads out of `completed` and `failed`. Everything here is free of I/O.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.base import ProblemInfo
from gateway.models import Job, JobStep, Output
from gateway.vocabulary import ENDED, STAGES, STEPS, JobStatus

SHARES = {"analysis": 40, "edl": 10, "rendering": 45, "finalizing": 5}
"""What each step counts for in the job's progress, in percent."""

SCENES_MESSAGES = {
    "review": "The storyboard awaits review",
    "approved": "The storyboard is ready",
}
BEFORE_RENDERING = frozenset({"pending", "queued", "processing", "storyboard_review"})


def new_steps() -> list[JobStep]:
    return [
        JobStep(
            step_name=name, step_order=order, state="pending", progress_pct=0, status_message=""
        )
        for order, name in enumerate(STEPS)
    ]


def note_assets(job: Job, statuses: Sequence[str], now: datetime) -> None:
    """The assets' statuses, of all that the job works with."""
    if job.status == "pending" and "submitted" not in statuses:
        job.status = "queued"
    analysed = sum(status in ("analysed", "rejected") for status in statuses)
    if "analysed" in statuses:
        percent = 100 * analysed // len(statuses)
        message = f"{analysed} of {len(statuses)} assets watched"
        note_progress(job, "analysis", percent, message, now)
        if percent == 100:
            _succeed(job, "analysis", now)


def note_progress(job: Job, name: str, percent: int, message: str, now: datetime) -> None:
    """How far a step is. Steps before it must have ended, since it has begun."""
    if job.status in ENDED or name not in STEPS:
        return
    for earlier in STEPS[: STEPS.index(name)]:
        _succeed(job, earlier, now)
    step = _step(job, name)
    if step.state != "succeeded":
        _start(step, now)
        step.progress_pct = max(step.progress_pct, percent)
        step.status_message = message or step.status_message
        job.status_message = message or job.status_message
    _reach(job, step.step_name, now)


def note_output_progress(
    job: Job, output: Output, percent: int, message: str, now: datetime
) -> None:
    if job.status in ENDED or output.status in ENDED:
        return
    output.status = "rendering"
    output.progress = max(output.progress, percent)
    _start_rendering(job, message, now)


def note_scenes(job: Job, version: int, status: str, director: str, now: datetime) -> bool:
    """A storyboard version; whether it is news, so that its scenes are the ones to show."""
    if version <= job.storyboard_version:
        return False
    job.storyboard_version = version
    job.director = director
    if job.storyboard_status != "approved":
        job.storyboard_status = status
    note_progress(job, "edl", 90, SCENES_MESSAGES[status], now)
    if status == "review" and job.status in BEFORE_RENDERING:
        job.status = "storyboard_review"
    return True


def note_asked(job: Job) -> None:
    """The creator acted on the storyboard in review: another service is at work on it."""
    job.status = "processing"


def note_refused(job: Job) -> None:
    """What the creator asked for was not done: the storyboard is in review as before."""
    if job.status == "processing":
        job.status = "storyboard_review"


def note_approved(job: Job, now: datetime) -> None:
    if job.status in ENDED:
        return
    job.storyboard_status = "approved"
    _succeed(job, "edl", now)
    _start_rendering(job, "", now)


def note_rendered(job: Job, output: Output, problem: ProblemInfo | None, now: datetime) -> bool:
    """An output completed, or failed for a reason; whether that is news."""
    if job.status in ENDED or output.status == "completed":
        return False
    job.storyboard_status = "approved"
    output.status = "failed" if problem else "completed"
    output.progress = output.progress if problem else 100
    output.error_code = problem.code if problem else None
    output.error_message = problem.detail if problem else None
    _start_rendering(job, "", now)
    return True


def is_rendered(job: Job) -> bool:
    """Whether nothing more is to come from other services."""
    return job.status not in ENDED and all(output.status in ENDED for output in job.outputs)


def finish(job: Job, now: datetime) -> None:
    """Every output has ended: completed if one of them is, else failed as the first one is."""
    first = job.outputs[0]
    if any(output.status == "completed" for output in job.outputs):
        _succeed(job, "finalizing", now)
        job.stage, job.progress, job.status_message = "finalizing", 100, ""
        _end(job, "completed", now)
    else:
        fail(job, ProblemInfo(code=first.error_code or "", detail=first.error_message or ""), now)


def fail(job: Job, problem: ProblemInfo, now: datetime) -> None:
    if job.status in ENDED:
        return
    job.failed_step = _fail_current_step(job, problem.detail, now)
    job.error_code, job.error_message = problem.code, problem.detail
    for output in _not_ended(job):
        output.status = "failed"
        output.error_code, output.error_message = problem.code, problem.detail
    _end(job, "failed", now)


def cancel(job: Job, now: datetime) -> None:
    if job.status in ENDED:
        return
    _fail_current_step(job, "Canceled", now)
    for output in _not_ended(job):
        output.status = "canceled"
    _end(job, "canceled", now)


def retriable(job: Job) -> list[Output]:
    if job.status == "canceled" or job.storyboard_status != "approved":
        return []
    return [output for output in job.outputs if output.status == "failed"]


def retry(job: Job, outputs: Iterable[Output]) -> None:
    """Open the job again for these outputs alone. Its progress starts anew at rendering."""
    for output in outputs:
        output.status, output.progress = "queued", 0
        output.error_code = output.error_message = None
    for name in ("rendering", "finalizing"):
        step = _step(job, name)
        step.state, step.progress_pct, step.status_message = "pending", 0, ""
        step.error_message = step.started_at = step.finished_at = None
    job.status, job.stage, job.status_message = "rendering", "rendering", ""
    job.error_code = job.error_message = job.failed_step = job.finished_at = None
    job.attempt += 1
    job.progress = _progress(job)


def _start_rendering(job: Job, message: str, now: datetime) -> None:
    done = [100 if output.status in ENDED else output.progress for output in job.outputs]
    note_progress(job, "rendering", sum(done) // max(len(done), 1), message, now)
    if job.status in BEFORE_RENDERING:
        job.status = "rendering"
    statuses = {output.status for output in job.outputs}
    if statuses <= ENDED and "completed" in statuses:
        _succeed(job, "rendering", now)


def _reach(job: Job, stage: str, now: datetime) -> None:
    job.stage = STAGES[max(STAGES.index(job.stage), STAGES.index(stage))]
    if job.status in ("pending", "queued"):
        job.status = "processing"
    job.started_at = job.started_at or now
    job.progress = max(job.progress, _progress(job))


def _progress(job: Job) -> int:
    return sum(SHARES[step.step_name] * step.progress_pct for step in job.steps) // 100


def _start(step: JobStep, now: datetime) -> None:
    step.state = "started"
    step.started_at = step.started_at or now


def _succeed(job: Job, name: str, now: datetime) -> None:
    step = _step(job, name)
    if step.state != "succeeded":
        _start(step, now)
        step.state, step.progress_pct, step.finished_at = "succeeded", 100, now


def _fail_current_step(job: Job, message: str, now: datetime) -> str:
    step = next((step for step in job.steps if step.state != "succeeded"), job.steps[-1])
    _start(step, now)
    step.state, step.error_message, step.finished_at = "failed", message, now
    return step.step_name


def _end(job: Job, status: JobStatus, now: datetime) -> None:
    job.status = status
    job.finished_at = now


def _not_ended(job: Job) -> list[Output]:
    return [output for output in job.outputs if output.status not in ENDED]


def _step(job: Job, name: str) -> JobStep:
    return next(step for step in job.steps if step.step_name == name)
