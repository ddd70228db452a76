"""Temporary folders that never outlive their process for long.

Whoever uses one holds a lock (flock) on it, which the kernel drops when the process dies however
it dies; so `sweep` can tell the folders of dead predecessors from those of living neighbours.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chassis.threads import in_thread

ATTEMPTS = 10


@asynccontextmanager
async def scratch(root: Path, name: str) -> AsyncIterator[Path]:
    """Give an empty folder below `root` (`settings.scratch_dir`); it is always removed."""
    folder, lock = _make(root, name)
    try:
        yield folder
    finally:
        await in_thread(_remove, folder, lock)


def sweep(root: Path) -> int:
    """Remove the folders of processes that are no more; return how many those were."""
    folders = list(root.iterdir()) if root.is_dir() else []
    return sum(_remove_if_dead(folder) for folder in folders)


def _make(root: Path, name: str) -> tuple[Path, int]:
    root.mkdir(parents=True, exist_ok=True)
    for _ in range(ATTEMPTS):
        folder = root / f"{name}-{secrets.token_hex(6)}"
        folder.mkdir()
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)  # a sweep took it between our two calls
    raise OSError(f"cannot keep a new folder in {root}")


def _remove(folder: Path, lock: int) -> None:
    try:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _remove_if_dead(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    _remove(folder, lock)
    return True
