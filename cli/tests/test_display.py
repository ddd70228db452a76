from io import StringIO
from typing import Any

from rich.console import Console

from cinema.display import Lines, display_for


def job(state: str, percent: int, output: str = "queued", progress: int = 0) -> dict[str, Any]:
    return {
        "steps": [{"name": "analysis", "state": state, "percent": percent, "message": ""}],
        "outputs": [
            {
                "outputType": "hook",
                "aspectRatio": "9:16",
                "status": output,
                "progress": progress,
                "error": None,
            }
        ],
    }


def test_a_log_gets_a_line_per_change_that_matters() -> None:
    log = StringIO()
    display = display_for(Console(file=log), quiet=False)
    assert isinstance(display, Lines)
    for state in (
        job("pending", 0),
        job("started", 3),
        job("started", 7),
        job("started", 60),
        job("succeeded", 100, "completed", 100),
        job("succeeded", 100, "completed", 100),
    ):
        display.show(state)
    lines = [line.split() for line in log.getvalue().splitlines()]
    assert lines == [
        ["analysis", "3", "%", "started"],
        ["analysis", "60", "%", "started"],
        ["analysis", "100", "%", "succeeded"],
        ["hook", "9:16", "100", "%", "completed"],
    ]
