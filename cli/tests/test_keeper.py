"""Restarts come at once the first time and ever later while a part keeps failing."""

import pytest

from cinema.system.keeper import Keeper


class Part:
    def __init__(self) -> None:
        self.starts = 0
        self.running = False
        self.broken = False

    def start(self) -> None:
        if self.broken:
            raise RuntimeError("no")
        self.starts += 1
        self.running = True

    def is_running(self) -> bool:
        return self.running


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("cinema.system.keeper.time", clock)
    return clock


def seconds_until_start(keeper: Keeper, part: Part, clock: Clock) -> float:
    started, before = part.starts, clock.now
    while part.starts == started:
        clock.now += 0.25
        keeper.tick()
        assert clock.now < before + 100
    return clock.now - before


def test_delays_double_up_to_a_limit_and_start_over_after_a_stable_time(clock: Clock) -> None:
    part, said = Part(), list[str]()
    keeper = Keeper("render", part, said.append)
    keeper.tick()
    delays = []
    for _ in range(8):
        part.running = False
        keeper.tick()
        delays.append(seconds_until_start(keeper, part, clock))
    assert delays == [0.5, 1, 2, 4, 8, 16, 30, 30]
    clock.now += 31
    keeper.tick()
    part.running = False
    keeper.tick()
    assert seconds_until_start(keeper, part, clock) == 0.5
    assert said[:2] == ["render has ended; again in 0.5 s", "render has ended; again in 1 s"]
    assert keeper.restarts == 9


def test_a_failing_start_is_said_and_tried_again(clock: Clock) -> None:
    part, said = Part(), list[str]()
    part.broken = True
    keeper = Keeper("broker", part, said.append)
    keeper.tick()
    assert said == ["broker did not start: no; again in 0.5 s"]
    part.broken = False
    assert seconds_until_start(keeper, part, clock) == 0.5
    assert keeper.restarts == 0


def test_an_expected_end_is_no_failure(clock: Clock) -> None:
    part, said = Part(), list[str]()
    keeper = Keeper("ingest", part, said.append)
    keeper.tick()
    part.running = False
    keeper.expect_end()
    keeper.tick()
    assert part.starts == 2
    assert said == []
