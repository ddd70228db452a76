"""The process that reads untrusted files, seen from outside."""

from pathlib import Path

import pytest

from chassis.errors import Problem
from chassis.process import ProcessFailed
from ingest.inspector import Inspector
from ingest.limits import Limits
from ingest.problems import TooCostly

GENEROUS = Limits()


async def test_it_brings_facts_and_a_thumbnail(clip: Path, tmp_path: Path) -> None:
    media = await Inspector(GENEROUS, 60).inspect(clip, tmp_path / "thumbnail.jpg")
    assert media.kind == "video"
    assert (tmp_path / "thumbnail.jpg").read_bytes()[:2] == b"\xff\xd8"


async def test_it_brings_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("words")
    with pytest.raises(Problem) as caught:
        await Inspector(GENEROUS, 60).inspect(tmp_path / "a.mp4", tmp_path / "thumbnail.jpg")
    assert caught.value.code == "not_media"


async def test_it_cannot_take_all_the_time(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(TooCostly):
        await Inspector(Limits(cpu_seconds=0), 60).inspect(clip, tmp_path / "thumbnail.jpg")


async def test_being_stopped_from_outside_is_not_the_files_fault(
    clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(ProcessFailed):
        await Inspector(GENEROUS, 0.01).inspect(clip, tmp_path / "thumbnail.jpg")
