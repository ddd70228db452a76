"""How long to wait before another attempt."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Exponential and capped, in seconds, with equal jitter: half fixed, half random."""

    first: float
    cap: float

    def delay(self, attempt: int) -> float:
        """Seconds to wait after the given attempt, counted from 1."""
        whole: float = min(self.cap, self.first * 2.0 ** min(attempt - 1, 32))
        return whole / 2 + random.uniform(0, whole / 2)  # noqa: S311 (spread, not secrecy)
