"""How far an analysis is, told from its process to the service by a small file."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import NamedTuple

EVERY_SECONDS = 0.5


class Progress(NamedTuple):
    percent: int
    doing: str


class ProgressFile:
    """The mean of the parts that have begun, and what the slowest of them is doing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: dict[str, float] = {}
        self._written = 0.0
        self._lock = Lock()

    def part(self, doing: str) -> Callable[[float], None]:
        """Return what a part calls with its share done, 0 to 1, from any thread."""

        def report(share: float) -> None:
            with self._lock:
                self._parts[doing] = share
                if monotonic() - self._written >= EVERY_SECONDS:
                    self._write()

        return report

    def _write(self) -> None:
        self._written = monotonic()
        mean = sum(self._parts.values()) / len(self._parts)
        slowest = min(self._parts, key=self._parts.__getitem__)
        new = self._path.with_suffix(".new")
        new.write_text(f"{int(mean * 100)} {slowest}", encoding="utf-8")
        new.replace(self._path)


def read_progress(path: Path) -> Progress | None:
    """What was written last, if anything was."""
    with suppress(FileNotFoundError):
        percent, _, doing = path.read_text(encoding="utf-8").partition(" ")
        return Progress(int(percent), doing)
    return None
