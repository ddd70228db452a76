"""A system of its own for every module that measures one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.machine import Machine

from cinema.sample.interview import INTERVIEW
from cinema.sample.shoot import make_shoot
from cinema.system.home import Home


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(Home(tmp_path_factory.mktemp("home")))
    try:
        machine.up()
        yield machine
    finally:
        machine.down()


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_shoot(tmp_path_factory.mktemp("shoot"), lines=INTERVIEW[1:6], height=180)
