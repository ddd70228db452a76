"""Nothing committed is lost and nothing is left running, however the server or its owner ends."""

import os
import signal
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from embedded.files import LockedError
from embedded.postgres import Postgres
from embedded.programs import as_server_user, program

KEEP = "CREATE TABLE kept AS SELECT 42 AS answer;"
READ = "SELECT answer FROM kept;"
Eventually = Callable[[Callable[[], bool]], None]


def pid_of(server: Postgres) -> int:
    assert server.process is not None
    return server.process.pid


def port_of(server: Postgres) -> int:
    return int((server.home / "port").read_text())


def test_data_and_port_survive_a_stop(server: Postgres) -> None:
    server.execute(KEEP)
    port = port_of(server)
    server.stop()
    assert not server.is_running()
    server.start()
    assert server.execute(READ) == "42\n"
    assert port_of(server) == port


def test_a_database_is_made_once(server: Postgres) -> None:
    first = server.ensure_database("gateway")
    assert server.ensure_database("gateway") == first == server.url("gateway")


@pytest.mark.parametrize("name", ["", "Gateway", "a b", 'x"; DROP', "x" * 64])
def test_other_names_are_refused(server: Postgres, name: str) -> None:
    with pytest.raises(ValueError, match="not a database name"):
        server.ensure_database(name)


def test_the_password_is_private(server: Postgres) -> None:
    assert stat.S_IMODE((server.home / "password").stat().st_mode) == 0o600


def test_a_killed_server_comes_back_on_its_port(
    server: Postgres, kill_9: Callable[[int], None], eventually: Eventually
) -> None:
    server.execute(KEEP)
    port = port_of(server)
    kill_9(pid_of(server))
    eventually(lambda: not server.is_running())
    server.start()
    assert server.execute(READ) == "42\n"
    assert port_of(server) == port


def test_a_killed_owner_takes_the_server_with_it(
    tmp_path: Path,
    owner: Callable[[str], subprocess.Popen[str]],
    is_gone: Callable[[int], bool],
    eventually: Eventually,
) -> None:
    process = owner(
        "from pathlib import Path\n"
        "from embedded.postgres import Postgres\n"
        "server = Postgres(Path('postgres'))\n"
        "server.start()\n"
        f"server.execute({KEEP!r})\n"
        "print(server.process.pid)\n"
    )
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    eventually(lambda: is_gone(pid))
    successor = Postgres(tmp_path / "postgres")
    successor.start()
    try:
        assert successor.execute(READ) == "42\n"
    finally:
        successor.stop()


def test_an_orphan_is_stopped_first(server: Postgres) -> None:
    server.execute(KEEP)
    server.stop()
    args = [program("postgres"), "-D", server.data, "-p", port_of(server)]
    options = ["-c", "unix_socket_directories=", "-c", "listen_addresses=127.0.0.1"]
    orphan = subprocess.Popen(as_server_user([*map(str, args), *options]))
    try:
        while not (server.data / "postmaster.pid").exists():
            assert orphan.poll() is None
        server.start()
        assert orphan.poll() is not None
        assert server.execute(READ) == "42\n"
    finally:
        orphan.kill()
        orphan.wait()


def test_a_stale_pid_that_is_another_program_is_no_hindrance(server: Postgres) -> None:
    pid_file = server.data / "postmaster.pid"
    whole = pid_file.read_text().splitlines()
    server.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *whole[1:]]))
    server.start()
    assert server.is_running()


def test_a_taken_port_is_replaced(server: Postgres) -> None:
    port = port_of(server)
    server.stop()
    with socket.create_server(("127.0.0.1", port)):
        server.start()
        assert port_of(server) != port
        assert server.execute("SELECT 1;") == "1\n"


def test_a_killed_initdb_is_done_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = Postgres(tmp_path / "postgres")
    server.start()
    server.stop()
    assert not half.exists()


def test_a_home_has_one_owner(server: Postgres) -> None:
    with pytest.raises(LockedError):
        Postgres(server.home).start()
    assert server.is_running()


def test_stopping_twice_is_fine(server: Postgres) -> None:
    server.stop()
    server.stop()
    server.start()
    os.kill(pid_of(server), signal.SIGINT)
    server.stop()
    assert not (server.data / "postmaster.pid").exists()
