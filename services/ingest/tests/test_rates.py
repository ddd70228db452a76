"""Rates and their evenness, from packet times alone."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.frame_rate import BROADCAST_RATES, average_rate, snapped
from ingest.packet_scan import Reach, is_variable


def reach_at(rate: Fraction, tick: Fraction, frames: int) -> Reach:
    return Reach(tick, [round(number / rate / tick) for number in range(frames)])


@given(
    rate=st.sampled_from(BROADCAST_RATES),
    tick=st.sampled_from([Fraction(1, 1000), Fraction(1, 90_000), Fraction(1, 600_000)]),
    frames=st.integers(100, 600),
)
def test_a_broadcast_rate_is_found_whatever_the_clock(
    rate: Fraction, tick: Fraction, frames: int
) -> None:
    reach = reach_at(rate, tick, frames)
    assert not is_variable(reach)
    assert average_rate(reach, rate) == rate


@given(st.fractions(1, 300), st.integers(2, 50))
def test_a_wrong_statement_is_not_believed(rate: Fraction, frames: int) -> None:
    found = average_rate(reach_at(rate, Fraction(1, 1_000_000), frames), rate * 2)
    assert abs(found - rate) <= rate / 100


def test_frames_that_miss_are_seen() -> None:
    reach = reach_at(Fraction(30), Fraction(1, 15_360), 200)
    del reach.times[50:60], reach.times[70], reach.times[90], reach.times[110]
    assert is_variable(reach)


def test_29_97_is_not_30() -> None:
    assert snapped(Fraction(2997, 100)) == Fraction(30000, 1001)
    assert snapped(Fraction(30)) == 30
    assert snapped(Fraction(27)) == 27


@pytest.mark.parametrize("times", [[], [0]])
def test_one_frame_is_even(times: list[int]) -> None:
    assert not is_variable(Reach(Fraction(1, 25), times))
