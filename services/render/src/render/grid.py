"""The frame grid: absolute positions are snapped to it, durations never are."""

import math
from dataclasses import dataclass
from fractions import Fraction

SECOND_US = 1_000_000


@dataclass(frozen=True)
class Grid:
    """Frames at `rate` per second, counted from 0 at time 0 (of a timeline, or of a source)."""

    rate: Fraction

    def frame(self, us: int) -> int:
        """The frame nearest to a time in microseconds."""
        return math.floor(us * self.rate / SECOND_US + Fraction(1, 2))

    def microseconds(self, frame: int) -> int:
        return round(frame * SECOND_US / self.rate)

    def seconds(self, frame: int) -> Fraction:
        return frame / self.rate

    def sample(self, frame: int, sample_rate: int) -> int:
        """The audio sample nearest to where a frame begins."""
        return math.floor(frame * sample_rate / self.rate + Fraction(1, 2))
