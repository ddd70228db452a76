"""One machine for all, killed again and again: no kill may harm the next job."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.databases import Databases
from tests.machine import Machine
from tests.studio import Studio

from cinema.sample.interview import INTERVIEW
from cinema.sample.shoot import make_shoot
from cinema.system.home import Home


@dataclass(frozen=True)
class Survival:
    """How one kill went: `seconds` from the kill to the job's end."""

    victim: str
    point: str
    seconds: float
    ok: bool


SURVIVALS = pytest.StashKey[list[Survival]]()


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(Home(tmp_path_factory.mktemp("home")))
    try:
        machine.up()
        yield machine
    finally:
        machine.down()


@pytest.fixture(scope="session")
def databases(machine: Machine) -> Iterator[Databases]:
    with Databases(machine.home) as databases:
        yield databases


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_shoot(tmp_path_factory.mktemp("shoot"), lines=INTERVIEW[1:6], height=180)


@pytest.fixture
def studio(machine: Machine, shoot: list[Path]) -> Studio:
    return Studio(machine, shoot)


@pytest.fixture
def survivals(pytestconfig: pytest.Config) -> list[Survival]:
    return pytestconfig.stash.setdefault(SURVIVALS, [])


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if survivals := config.stash.get(SURVIVALS, []):
        terminalreporter.section("killed, and how long until the job had ended")
    for one in survivals:
        terminalreporter.write_line(
            f"{one.victim:<12} {one.point:<14} {one.seconds:6.1f} s  {'ok' if one.ok else 'NOT OK'}"
        )
