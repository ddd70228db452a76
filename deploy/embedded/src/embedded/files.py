"""Small things kept in files of a home folder: locks, secrets, remembered ports."""

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Another process holds this home."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Holds `path` until the end of the block or of this process; raises `LockedError` if held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(f"{path} is held by another process") from None
        yield


def write_private(path: Path, text: str) -> None:
    """Replaces `path` whole or not at all; only its owner can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use."""
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    return path.read_text()


def kept_port(path: Path, *, preferred: int = 0) -> int:
    """The port remembered in `path`; another free one, remembered again, if it is taken now."""
    remembered = int(path.read_text()) if path.exists() else preferred
    port = remembered if remembered and is_free(remembered) else free_port()
    if port != remembered or not path.exists():
        write_private(path, str(port))
    return port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
