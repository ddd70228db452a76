"""An upload whose gateway is killed half-way: the creator hears of it, and nothing stays."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
from tests.chaos import invariants
from tests.databases import Databases
from tests.machine import Machine, until
from tests.studio import Studio

ENOUGH_TO_TAKE_A_WHILE = 512 << 20


def test_half_an_upload_leaves_nothing(
    machine: Machine, databases: Databases, studio: Studio, shoot: list[Path], tmp_path: Path
) -> None:
    large = Path(shutil.copy(shoot[0], tmp_path))
    os.truncate(large, ENOUGH_TO_TAKE_A_WHILE)
    incoming = machine.home.root / "objects" / "incoming"
    with studio.api() as api, ThreadPoolExecutor() as background:
        project = api.create_project("Half")
        upload = background.submit(api.upload, project, large)
        until(lambda: any(file.stat().st_size for file in incoming.iterdir()), "a part is there")
        restarts = machine.restarts("gateway")
        machine.kill("gateway")
        assert isinstance(upload.exception(), httpx2.TransportError)
        until(lambda: machine.restarts("gateway") > restarts, "the gateway is back")
    assert list(incoming.iterdir()) == []
    with studio.api() as api:
        assert api.upload(project, shoot[0])["status"] == "submitted"
    until(lambda: not invariants.objects(machine.home, "uploads/"), "it was taken in")
    invariants.assert_nothing_is_left_over(databases, machine.home)
