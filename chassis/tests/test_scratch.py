import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chassis.scratch import scratch, sweep

HOLD = """
import asyncio, sys
from pathlib import Path
from chassis.scratch import scratch
async def hold():
    async with scratch(Path(sys.argv[1]), "held") as folder:
        (folder / "file").write_text("x")
        print(folder, flush=True)
        await asyncio.sleep(60)
asyncio.run(hold())
"""


async def test_gives_an_empty_folder_and_removes_it(tmp_path: Path) -> None:
    async with scratch(tmp_path / "new" / "service", "cut") as folder:
        assert not list(folder.iterdir())
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("x")
    assert not folder.exists()


async def test_removes_it_after_an_error_and_a_cancel(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="oops"):
        async with scratch(tmp_path, "cut"):
            raise ValueError("oops")

    async def wait() -> None:
        async with scratch(tmp_path, "cut"):
            await asyncio.sleep(60)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not list(tmp_path.iterdir())


async def test_a_sweep_takes_what_the_dead_left_and_nothing_of_the_living(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        theirs = Path(holder.stdout.readline().strip())
        async with scratch(tmp_path, "ours") as ours:
            taken = sweep(tmp_path)
            holder.send_signal(signal.SIGKILL)
            holder.wait()
            assert (taken, sweep(tmp_path)) == (0, 1)
            assert ours.exists()
    assert not theirs.exists()


def test_a_sweep_of_nothing_is_fine(tmp_path: Path) -> None:
    assert sweep(tmp_path / "never") == 0
