"""Live progress: bars on a terminal, plain lines elsewhere, nothing with --json."""

from typing import Any, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Json = dict[str, Any]

_WAITING = ("pending", "queued")


class Display(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def say(self, text: str) -> None: ...
    def show(self, job: Json) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


def display_for(console: Console, *, quiet: bool) -> Display:
    if quiet:
        return Silence()
    return Bars(console) if console.is_terminal else Lines(console)


def _rows(job: Json) -> list[tuple[str, int, str, str]]:
    """(name, percent, state, message) of each step and each output, in order."""
    steps = [
        (step["name"], step["percent"], step["state"], step["message"]) for step in job["steps"]
    ]
    outputs = [
        (f"  {_label(output)}", output["progress"], output["status"], _problem(output))
        for output in job["outputs"]
    ]
    return steps + outputs


def _label(output: Json) -> str:
    return f"{output['outputType']} {output['aspectRatio']}"


def _problem(output: Json) -> str:
    error = output.get("error")
    return error["detail"] if error else ""


class Bars:
    """A bar for every step and output."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<18}"),
            BarColumn(bar_width=32),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[message]}"),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def say(self, text: str) -> None:
        self._progress.console.print(text)

    def show(self, job: Json) -> None:
        for name, percent, state, message in _rows(job):
            if name not in self._tasks:
                self._tasks[name] = self._progress.add_task(
                    name, total=100, start=False, message=""
                )
            task = self._tasks[name]
            if state not in _WAITING:
                self._progress.start_task(task)
            self._progress.update(task, completed=percent, message=message)
            if percent == 100 or state in ("failed", "canceled"):
                self._progress.stop_task(task)

    def pause(self) -> None:
        self._progress.stop()

    def resume(self) -> None:
        self._progress.start()


class Lines:
    """One line for every change that a reader of a log would want to know."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: dict[str, tuple[str, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def say(self, text: str) -> None:
        self._console.print(text, highlight=False, soft_wrap=True)

    def show(self, job: Json) -> None:
        for name, percent, state, message in _rows(job):
            mark = (state, percent // 25)
            if state not in _WAITING and self._seen.get(name) != mark:
                self.say(f"{name:<18} {percent:>3} %  {state}  {message}".rstrip())
                self._seen[name] = mark

    def pause(self) -> None:
        return

    def resume(self) -> None:
        return


class Silence(Lines):
    """For programs that read our JSON."""

    def __init__(self) -> None:
        super().__init__(Console(quiet=True))
