"""A picture's average frame rate, exactly."""

from fractions import Fraction
from statistics import median_low

from ingest.packet_scan import Reach, is_variable

BROADCAST_RATES = (
    *(Fraction(rate) for rate in (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 240)),
    *(Fraction(rate * 1000, 1001) for rate in (15, 24, 30, 48, 60, 120, 240)),
)
MOST_DENOMINATOR = 1001
STILL_RATE = Fraction(25)


def average_rate(reach: Reach, stated: Fraction | None) -> Fraction:
    """Frames per second: what the file states where its frames come evenly at that distance.

    Else what they make themselves: a statement may be wrong, and means nothing where it varies.
    """
    span = (max(reach.times) - min(reach.times)) * reach.tick
    if not span:
        return stated or STILL_RATE
    if stated and not is_variable(reach):
        usual = median_low(reach.distances()) * reach.tick
        if abs(1 / stated - usual) <= max(reach.tick, usual / 50):
            return snapped(stated)
    return snapped((len(reach.times) - 1) / span)


def snapped(rate: Fraction) -> Fraction:
    """The broadcast rate within 0.04 % (29.97 and 30 are 0.1 % apart), else a short fraction."""
    nearest = min(BROADCAST_RATES, key=lambda broadcast: abs(broadcast - rate))
    if abs(nearest - rate) * 2500 <= nearest:
        return nearest
    return rate.limit_denominator(MOST_DENOMINATOR)
