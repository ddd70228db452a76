"""A creator, and clips that the system has not seen before."""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

from tests.machine import Machine

from cinema.account import enter
from cinema.api import Api

OUTPUTS = ("cinematic", "hook")


class Studio:
    """Works with one machine over its public API."""

    def __init__(self, machine: Machine, shoot: Sequence[Path]) -> None:
        self._machine = machine
        self._shoot = shoot

    @contextmanager
    def api(self) -> Iterator[Api]:
        self._machine.wait_until_ready()
        with Api(self._machine.url) as api:
            enter(api, self._machine.home.root, None)
            yield api

    def start(self, clips: Sequence[Path] = (), outputs: Sequence[str] = OUTPUTS) -> UUID:
        """A job, just created; of the shoot if no clips are given."""
        with self.api() as api:
            project = api.create_project("Chaos")
            assets = [api.upload(project, clip)["id"] for clip in clips or self._shoot]
            request = {"assetIds": assets, "outputTypes": list(outputs), "quality": "720p"}
            return UUID(api.create_job(project, request)["id"])

    def new_takes(self, folder: Path) -> list[Path]:
        """The same shoot with other content hashes: nobody has analysed these files. The longest
        comes last."""
        return [_unlike(clip, folder) for clip in reversed(self._shoot)]


def _unlike(clip: Path, folder: Path) -> Path:
    """An MP4 may end with a box of free space, which players skip."""
    copy = folder / clip.name
    copy.write_bytes(clip.read_bytes() + struct.pack(">I4s16s", 24, b"free", uuid4().bytes))
    transcript = clip.with_suffix(".txt")
    if transcript.exists():
        copy.with_suffix(".txt").write_text(transcript.read_text())
    return copy
