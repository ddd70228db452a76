"""PostgreSQL 18 for one machine: one server per home folder, on a loopback port it keeps."""

import hashlib
import hmac
import re
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from embedded.files import exclusive, kept_port, kept_secret
from embedded.processes import spawn, stop, stop_pid
from embedded.programs import ProgramError, as_server_user, give_to_server_user, program, run

_SUPERUSER = "postgres"
_ATTEMPTS = 20
_BETWEEN_ATTEMPTS = 0.25
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

# A handful of services on a shared machine: little memory, no replication, no parallel queries.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",
    "io_method": "sync",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%d ",
}
_UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_ENSURE_DATABASE = """
SELECT format('CREATE ROLE %I', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \\gexec
ALTER ROLE :"name" LOGIN PASSWORD :'password';
SELECT format('CREATE DATABASE %1$I OWNER %1$I', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
"""
_DROP_DATABASE = """
DROP DATABASE IF EXISTS :"name" WITH (FORCE);
DROP ROLE IF EXISTS :"name";
"""


class Postgres:
    """A server that dies with the thread that started it.

    `durable=False` gives up crash safety for speed: for tests only.
    """

    def __init__(self, home: Path, *, log: Path | None = None, durable: bool = True) -> None:
        self.home = home
        self.data = home / "data"
        self.log = log or home / "postgres.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._held = ExitStack()
        self._port = 0

    def start(self, *, deadline: float = 60) -> None:
        """Returns when the server answers, on the port it had before if that is free. Recovers
        whatever a killed predecessor left."""
        self.stop()
        self._held.enter_context(exclusive(self.home / "lock"))
        self._password = kept_secret(self.home / "password")
        if not self.data.exists():
            self._initialise()
        self._stop_orphan()
        for _ in range(_ATTEMPTS):
            if self._launch(time.monotonic() + deadline):
                return
            time.sleep(_BETWEEN_ATTEMPTS)
        raise ProgramError(f"PostgreSQL did not start: see {self.log}\n{self._last()}")

    def stop(self) -> None:
        """Ends all connections, writes a checkpoint and leaves nothing behind."""
        if self.process is not None:
            stop(self.process, first=signal.SIGINT, grace=30)
            self.process = None
        self._held.close()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ensure_database(self, name: str) -> str:
        """A database and a role of that name that owns it, made on first use; returns its URL."""
        password = self._role_password(_checked(name))
        self.execute(_ENSURE_DATABASE, name=name, password=password)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """The database and its role, whoever is connected."""
        self.execute(_DROP_DATABASE, name=_checked(name))

    def url(self, name: str) -> str:
        password = self._role_password(_checked(name))
        return f"postgresql+asyncpg://{name}:{password}@{self.address}/{name}"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def execute(self, script: str, **variables: str) -> str:
        """Runs a psql script as superuser; returns the rows, unaligned."""
        args: list[str | Path] = [program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        # Not as arguments: other users of the machine can read those.
        settings = "".join(f"\\set {name} {value}\n" for name, value in variables.items())
        connection = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self._port),
            "PGUSER": _SUPERUSER,
            "PGPASSWORD": self._password,
            "PGDATABASE": "postgres",
            "PGOPTIONS": "-c client_min_messages=warning",
        }
        return run(args, stdin=settings + script, env=connection)

    def _role_password(self, name: str) -> str:
        return hmac.new(self._password.encode(), name.encode(), hashlib.sha256).hexdigest()

    def _initialise(self) -> None:
        draft = self.home / "data.new"  # renamed when whole: a killed initdb is done again
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        give_to_server_user(draft)
        options = ["-A", "scram-sha-256", "-U", _SUPERUSER, "-E", "UTF8", "--no-locale"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        password_file = f"--pwfile={self.home / 'password'}"
        run(as_server_user([program("initdb"), "-D", draft, *options, password_file]))
        draft.rename(self.data)

    def _launch(self, end: float) -> bool:
        """One attempt. False when the server ended: the port was taken, or the last server's
        processes still hold its shared memory."""
        self._port = kept_port(self.home / "port")
        settings = _SETTINGS | ({} if self.durable else _UNSAFE_BUT_FAST)
        args: list[str | Path] = [program("postgres"), "-D", self.data, "-p", str(self._port)]
        args += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = spawn(
            as_server_user(args, death_signal="INT"), log=self.log, death_signal=signal.SIGINT
        )
        while self.process.poll() is None:
            if self._status() == (self.process.pid, "ready"):
                return True
            if time.monotonic() > end:
                raise ProgramError(f"PostgreSQL is not ready: see {self.log}\n{self._last()}")
            time.sleep(0.02)
        return False

    def _status(self) -> tuple[int, str] | None:
        """The pid and state in the server's own postmaster.pid, if it is whole."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        return (int(lines[0]), lines[7].strip()) if len(lines) >= 8 else None

    def _stop_orphan(self) -> None:
        """We hold the home's lock, so a server that still runs on this data has lost its parent.

        A stale file whose pid now belongs to another program would keep the server from starting.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            orphan = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            if Path(orphan.cwd()) == self.data.resolve():
                stop_pid(orphan, first=signal.SIGINT, grace=20)
            else:
                pid_file.unlink()
        except (FileNotFoundError, psutil.NoSuchProcess, psutil.AccessDenied, IndexError):
            return

    def _last(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a database name: {name!r}")
    return name
