"""Fixtures for every member's tests: real servers on loopback, made for the run and removed.

Registered as a pytest entry point, so that no conftest has to name it.
"""

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from embedded.broker import Broker
from embedded.postgres import Postgres

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run, without crash safety."""
    home = Path(tempfile.mkdtemp(prefix="cinema-postgres-"))
    server = Postgres(home, durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)


@pytest.fixture
def database_url(postgres: Postgres) -> Iterator[str]:
    """A fresh, empty database that its own role owns (no superuser, as in the real system)."""
    name = f"test_{next(_numbers)}"
    yield postgres.ensure_database(name)
    postgres.drop_database(name)


@pytest.fixture
def kafka_broker(tmp_path: Path) -> Iterator[Broker]:
    """A fresh broker per test, which the test may stop and start again (on another port)."""
    broker = Broker(tmp_path / "kafka")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def kafka_bootstrap(kafka_broker: Broker) -> str:
    """The address of a fresh broker per test."""
    return kafka_broker.address
