"""How the disk store lays out its files, so that an object changes by one rename.

`objects/<key>` is a symbolic link to `blobs/<xx>/<sha256>.<token>.<content type>`. The link is all
that makes an object visible, and its target's name holds the metadata: no crash can leave the one
without the other. A writer holds a lock (flock) on its content until the link is there; what is
neither linked nor locked was left behind by a dead writer, and `sweep` removes it.
"""

import errno
import fcntl
import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import quote, unquote

from chassis.objects.protocol import KeyInvalid, ObjectInfo, ObjectMissing, check_key

ATTEMPTS = 10


@dataclass(frozen=True)
class Blob:
    """The content behind one link; the name of its file holds the metadata."""

    sha256: str
    token: str
    content_type: str

    @classmethod
    def new(cls, sha256: str, content_type: str) -> Self:
        return cls(sha256, secrets.token_hex(8), content_type)

    @classmethod
    def parse(cls, name: str) -> Self:
        sha256, token, content_type = name.split(".", 2)
        return cls(sha256, token, unquote(content_type))

    @property
    def name(self) -> str:
        return f"{self.sha256}.{self.token}.{quote(self.content_type, safe='')}"


class Incoming:
    """Content on its way in: locked while its writer lives, gone if closed too early."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self._digest = hashlib.sha256()
        for _ in range(ATTEMPTS):
            self.path = folder / secrets.token_hex(16)
            self._file = self.path.open("xb")
            fcntl.flock(self._file, fcntl.LOCK_SH)
            if os.fstat(self._file.fileno()).st_nlink:
                return
            self._file.close()  # a sweep took it between our two calls
        raise OSError(f"cannot keep a new file in {folder}")

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def finish(self) -> str:
        """Bring everything to the disk; return the SHA-256 in hexadecimal."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._digest.hexdigest()

    def close(self) -> None:
        self.path.unlink(missing_ok=True)
        self._file.close()


class Blobs:
    """The folders of a disk store. Every call blocks."""

    def __init__(self, root: Path) -> None:
        self._links = root / "objects"
        self._blobs = root / "blobs"
        self.incoming = root / "incoming"
        self.make_folders()

    def make_folders(self) -> None:
        for folder in (self._links, self._blobs, self.incoming):
            folder.mkdir(parents=True, exist_ok=True)

    def link(self, key: str) -> Path:
        return self._links / check_key(key)

    def open(self, key: str) -> tuple[Path, BinaryIO]:
        """Return the file of the object's content, open; it stays whole whatever is put later."""
        link = self.link(key)
        for _ in range(ATTEMPTS):
            if (path := _target(link)) is None:
                break
            with suppress(FileNotFoundError):  # replaced since we read the link
                return path, path.open("rb")
        raise ObjectMissing(key=key)

    def locate(self, key: str) -> tuple[Path, ObjectInfo]:
        path, content = self.open(key)
        with content:
            size = os.fstat(content.fileno()).st_size
        blob = Blob.parse(path.name)
        return path, ObjectInfo(key, size, blob.content_type, blob.sha256)

    def publish(self, key: str, incoming: Incoming, blob: Blob) -> None:
        path = self._path(blob)
        incoming.path.rename(path)
        self._swing(key, path)

    def copy(self, source: str, target: str) -> bool:
        """Give the content a second name; False where the file system will not."""
        self.link(target)
        old, content = self.open(source)
        with content:
            fcntl.flock(content, fcntl.LOCK_SH)
            blob = Blob.parse(old.name)
            path = self._path(Blob.new(blob.sha256, blob.content_type))
            try:
                path.hardlink_to(old)
            except OSError:
                return False
            self._swing(target, path)
        return True

    def delete(self, key: str) -> None:
        link = self.link(key)
        if (blob := _target(link)) is None:
            return
        link.unlink(missing_ok=True)
        blob.unlink(missing_ok=True)
        for folder in self._folders_above(link):
            try:
                folder.rmdir()
            except OSError:
                return  # it still has others, or is new again

    def keys(self, prefix: str) -> list[str]:
        folder, _, _ = prefix.rpartition("/")
        base = self.link(folder) if folder else self._links
        links = (Path(where, name) for where, _, names in os.walk(base) for name in names)
        found = (link.relative_to(self._links).as_posix() for link in links)
        return sorted(key for key in found if key.startswith(prefix))

    def sweep(self) -> int:
        """Remove what dead writers left behind; return how many files that were."""
        files = [*self.incoming.iterdir(), *self._blobs.glob("*/*")]
        # In this order: what nobody writes any more has got its link by now, or never will.
        unlocked = [file for file in files if not _is_locked(file)]
        linked = {target.name for key in self.keys("") if (target := _target(self.link(key)))}
        lost = [file for file in unlocked if file.name not in linked]
        for file in lost:
            file.unlink(missing_ok=True)
        return len(lost)

    def _path(self, blob: Blob) -> Path:
        path = self._blobs / blob.sha256[:2] / blob.name
        path.parent.mkdir(exist_ok=True)
        return path

    def _swing(self, key: str, path: Path) -> None:
        """Make the key's link point at this blob, and drop the one that it pointed at."""
        _sync(path.parent)
        link = self.link(key)
        replaced = _target(link)
        try:
            self._set_link(link, path)
        except (NotADirectoryError, IsADirectoryError, FileExistsError) as error:
            path.unlink()
            raise KeyInvalid("a key cannot also be a folder of other keys", key=key) from error
        for folder in (*self._folders_above(link), self._links):
            _sync(folder)
        if replaced is not None:
            replaced.unlink(missing_ok=True)

    def _set_link(self, link: Path, path: Path) -> None:
        fresh = self.incoming / f"{secrets.token_hex(16)}.link"
        fresh.symlink_to(os.path.relpath(path, link.parent))
        try:
            for _ in range(ATTEMPTS):
                link.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):  # a delete has just removed the empty folder
                    fresh.rename(link)
                    return
        finally:
            fresh.unlink(missing_ok=True)
        raise OSError(f"cannot keep the folder of {link}")

    def _folders_above(self, link: Path) -> list[Path]:
        """The folders of a key from the innermost, without the root."""
        return [folder for folder in link.parents if self._links in folder.parents]


def _target(link: Path) -> Path | None:
    try:
        return Path(os.path.normpath(link.parent / link.readlink()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.EINVAL:  # a folder, not a link
            return None
        raise


def _is_locked(file: Path) -> bool:
    try:
        with file.open("rb") as content:
            fcntl.flock(content, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return file.exists()
    return False


def _sync(folder: Path) -> None:
    """Make renames in this folder survive a loss of power."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return  # a delete has just removed it
    try:
        os.fsync(number)
    finally:
        os.close(number)
