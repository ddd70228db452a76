"""Keeps one part of the system running: started again when it ends, later each time it fails."""

import time
from collections.abc import Callable
from typing import Protocol

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0
_STABLE_AFTER = 30.0


class Part(Protocol):
    def start(self) -> object: ...
    def is_running(self) -> bool: ...


class Keeper:
    """`say` is told about every end and every failed start."""

    def __init__(self, name: str, part: Part, say: Callable[[str], None]) -> None:
        self.name = name
        self.restarts = -1
        self._part = part
        self._say = say
        self._failures = 0
        self._started = 0.0
        self._next_try = 0.0
        self._was_running = False

    def tick(self) -> None:
        """To be called often. Never raises for a part that does not start."""
        now = time.monotonic()
        if self._part.is_running():
            self._settle(now)
        elif self._was_running:
            self._was_running = False
            self._postpone(now, f"{self.name} has ended")
        elif now >= self._next_try:
            self._try(now)

    def expect_end(self) -> None:
        """The part was stopped on purpose: start it again at once."""
        self._was_running = False
        self._next_try = 0.0

    def _settle(self, now: float) -> None:
        if now - self._started > _STABLE_AFTER:
            self._failures = 0

    def _try(self, now: float) -> None:
        try:
            self._part.start()
        except Exception as error:  # whatever it was, the next attempt may succeed
            self._postpone(now, f"{self.name} did not start: {error}")
            return
        self.restarts += 1
        self._started = now
        self._was_running = True

    def _postpone(self, now: float, what: str) -> None:
        delay = min(_FIRST_DELAY * 2**self._failures, _LONGEST_DELAY)
        self._failures += 1
        self._next_try = now + delay
        self._say(f"{what}; again in {delay:g} s")
