"""The size and the frame rate of an output."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from contracts.events import AspectRatio, Quality
from contracts.timeline import Canvas
from storyboard.footage import Footage

_LINES = {"720p": 720, "1080p": 1080, "2160p": 2160}
DEFAULT_RATE = Fraction(30)
STANDARD_RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)
_EXACT = Fraction(1, 2500)


def canvas(quality: Quality, aspect: AspectRatio) -> Canvas:
    short = _LINES[quality]
    long = short * 16 // 9
    wide = aspect == "16:9"
    return Canvas(width=long if wide else short, height=short if wide else long)


def rate_of(shown: Counter[UUID], sources: Mapping[UUID, Footage]) -> Fraction:
    """The rate of what is shown longest (microseconds per source), made standard."""
    for source, _ in sorted(shown.items(), key=lambda one: (-one[1], str(one[0]))):
        footage = sources[source]
        if footage.media.video and not footage.is_still:
            return standard_rate(footage.media.video.rate)
    return DEFAULT_RATE


def standard_rate(rate: Fraction) -> Fraction:
    """The standard rate that it is, that shows each frame equally often, or that is nearest."""
    if rate <= 0:
        return DEFAULT_RATE
    for times in (1, 2, 3, 4, 5, 6, Fraction(1, 2), Fraction(1, 4)):
        for standard in STANDARD_RATES:
            if abs(rate * times / standard - 1) < _EXACT:
                return standard
    return min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
