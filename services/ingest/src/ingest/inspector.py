"""Asks `ingest.inspect_file`, a process that may crash, stall or swell up without harm to us."""

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from chassis.errors import Problem
from chassis.process import ProcessFailed, run_process
from contracts.media import MediaInfo
from ingest.inspect_file import Report
from ingest.limits import Limits
from ingest.problems import Damaged, TooCostly

ENVIRONMENT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")
"""All that it is given: whoever takes it over finds no password there."""

CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}


@dataclass(frozen=True)
class Inspector:
    limits: Limits
    timeout_seconds: float

    async def inspect(self, path: Path, thumbnail: Path) -> MediaInfo:
        """Raises one of `ingest.problems`, or ProcessFailed when it was stopped from outside."""
        module = [sys.executable, "-m", "ingest.inspect_file"]
        try:
            result = await run_process(
                [*module, path, thumbnail, self.limits.model_dump_json()],
                timeout=self.timeout_seconds,
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            )
        except ProcessFailed as failure:
            raise _reason(failure) from failure
        return _media(Report.model_validate_json(result.stdout))


def _media(report: Report) -> MediaInfo:
    if report.media is not None:
        return report.media
    if report.problem is not None:
        raise Problem(report.problem.detail, code=report.problem.code)
    raise ValueError("an empty report")


def _reason(failure: ProcessFailed) -> Exception:
    """A crash or an exhausted limit is the file's fault, and will be so every time."""
    ended_by = -failure.returncode
    if ended_by in CRASHES:
        return Damaged("reading it crashes the decoder")
    if ended_by == signal.SIGXCPU:
        return TooCostly()
    return failure
