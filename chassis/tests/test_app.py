"""A service as a process of its own, with a real database and a real broker."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from chassis.database import Database
from embedded.broker import Broker
from embedded.postgres import Postgres

MAIN = Path(__file__).parent / "service_main.py"


class Running:
    """The process, spoken to as its clients do."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)

    def checks(self) -> tuple[int, dict[str, Any]]:
        try:
            answer = self.http.get("/health/ready")
        except httpx.TransportError:
            return 0, {}
        return answer.status_code, answer.json()["checks"]

    def until(self, status: int, *, seconds: float = 20) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            found, checks = self.checks()
            if found == status:
                return checks
            assert self.process.poll() is None, "the service has ended"
            assert time.monotonic() < deadline, checks
            time.sleep(0.05)


@pytest.fixture
def service(database_url: str, kafka_broker: Broker, tmp_path: Path) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP": kafka_broker.address,
        "CINEMA_HOME": str(tmp_path / "home"),
        "SIGNING_SECRET": "a secret of the tests",
        "HTTP_PORT": str(port),
        "RELAY_STUCK_SECONDS": "1",
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, str(MAIN)], env=environment, stdout=log)
    running = Running(process, port)
    try:
        running.until(200)
        yield running
    finally:
        running.http.close()
        process.kill()
        process.wait()


def logged(log: Path, event: str) -> dict[str, Any]:
    """Wait for the log line of this event."""
    deadline = time.monotonic() + 10
    while True:
        for line in map(json.loads, log.read_text().splitlines()):
            if line["event"] == event:
                return dict(line)
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def suspended(postgres: Postgres) -> Iterator[None]:
    """Freeze the server and all its sessions: they accept, and never answer."""
    assert postgres.process is not None
    server = psutil.Process(postgres.process.pid)
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


def begin_work(service: Running, home: Path) -> psutil.Process:
    """Have it run work until its program has started; return that program."""
    service.http.post("/work/w1").raise_for_status()
    deadline = time.monotonic() + 10
    while True:
        programs = psutil.Process(service.process.pid).children(recursive=True)
        if programs and programs[0].name() == "sleep":
            assert list((home / "scratch" / "tester").iterdir())
            return programs[0]
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_is_ready_and_says_how_it_is(service: Running) -> None:
    checks = service.until(200)
    assert set(checks) == {"database", "bus", "relay", "worker"}
    assert checks["relay"]["rows"] == 0
    assert service.http.get("/health/live").json() == {"status": "live"}
    metrics = service.http.get("/metrics").text
    assert "relay_lag_rows 0.0" in metrics
    assert 'object_store_bytes_total{direction="in"} 0.0' in metrics
    assert service.http.get("/nowhere").json()["code"] == "not_found"


async def test_sigterm_gives_running_work_back_and_leaves_nothing(
    service: Running, database_url: str, tmp_path: Path
) -> None:
    program = begin_work(service, tmp_path / "home")
    assert 'work_running{kind="sleep"} 1.0' in service.http.get("/metrics").text
    began = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(10) == 0
    assert time.monotonic() - began < 10
    assert not program.is_running()
    assert not list((tmp_path / "home" / "scratch" / "tester").iterdir())
    assert await work_state(database_url) == ("queued", 0)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {line["service"] for line in lines} == {"tester"}


async def work_state(database_url: str) -> tuple[str, int]:
    database = Database(database_url)
    connection = await database.connect()
    try:
        row = await connection.fetchrow("SELECT state, attempt FROM work")
    finally:
        await connection.close()
        await database.dispose()
    assert row is not None
    return row["state"], row["attempt"]


def test_sigkill_leaves_no_program_behind(service: Running, tmp_path: Path) -> None:
    program = begin_work(service, tmp_path / "home")
    service.process.kill()
    gone, _ = psutil.wait_procs([program], timeout=3)
    assert gone


def test_a_request_that_hangs_does_not_hold_it_up(service: Running) -> None:
    with pytest.raises(httpx.TimeoutException):
        service.http.get("/forever", timeout=0.3)
    with socket.create_connection(("127.0.0.1", service.http.base_url.port or 0)) as hanging:
        hanging.sendall(b"GET /forever HTTP/1.1\r\nhost: x\r\n\r\n")
        time.sleep(0.2)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(10) == 0


def test_a_crash_of_a_part_ends_the_process_with_an_error(service: Running) -> None:
    service.http.post("/crash").raise_for_status()
    assert service.process.wait(10) == 1


def test_one_trace_and_job_from_the_request_to_the_handler(
    service: Running, tmp_path: Path
) -> None:
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    job_id = str(uuid4())
    service.http.post(f"/cancel/{job_id}", headers={"traceparent": caller}).raise_for_status()
    line = logged(tmp_path / "log", "stopped")
    assert line["job_id"] == job_id
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    handled = 'events_total{outcome="handled",topic="job.canceled"} 1.0'
    assert handled in service.http.get("/metrics").text


def test_is_not_ready_while_nothing_can_be_published(
    service: Running, kafka_broker: Broker
) -> None:
    kafka_broker.stop()
    service.http.post(f"/cancel/{uuid4()}").raise_for_status()
    service.until(503)
    deadline = time.monotonic() + 15
    while (checks := service.checks()[1])["bus"]["ok"] or checks["relay"]["ok"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert checks["relay"]["rows"] == 1
    assert checks["relay"]["lagSeconds"] > 1
    assert checks["database"]["ok"]


def test_is_not_ready_without_its_database(service: Running, postgres: Postgres) -> None:
    with suspended(postgres):
        began = time.monotonic()
        checks = service.until(503)
        assert not checks["database"]["ok"]
        assert time.monotonic() - began < 5
        assert service.http.get("/health/live").status_code == 200
    service.until(200)
