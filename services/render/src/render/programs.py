"""Runs ffmpeg: which binary, how its progress is read, what its failures mean."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg

from chassis.errors import Transient
from chassis.process import ProcessFailed, ProcessResult, run_process
from render.problems import RenderFailed

LONGEST_ARGUMENT = 100_000
"""Linux takes 128 KiB per argument; longer filter graphs go through a file."""
NOT_ITS_FAULT = ("No space left on device", "Cannot allocate memory", "Resource temporarily")


@cache
def ffmpeg_binary() -> str:
    """FFMPEG_BINARY, or the one that the imageio-ffmpeg wheel carries."""
    return os.environ.get("FFMPEG_BINARY") or str(imageio_ffmpeg.get_ffmpeg_exe())


@cache
def ffmpeg_version() -> str:
    """Blocking, some 50 ms, once."""
    said = subprocess.run([ffmpeg_binary(), "-version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[2]


def compiled(outputs: Sequence[Any]) -> list[str]:
    """The arguments of one ffmpeg run that writes all these ffmpeg-python outputs."""
    node = ffmpeg.merge_outputs(*outputs) if len(outputs) > 1 else outputs[0]
    return [str(argument) for argument in ffmpeg.get_args(node)]


async def run_ffmpeg(
    arguments: Sequence[str],
    *,
    folder: Path,
    on_frame: Callable[[int], None] | None = None,
    on_stderr: Callable[[str], None] | None = None,
    quiet: bool = True,
) -> ProcessResult:
    """Run ffmpeg; `on_frame` hears how many frames the first video output has so far.

    Raise RenderFailed where the material is at fault, Transient where the machine may be.
    """
    level = "error" if quiet else "info"
    command = [ffmpeg_binary(), "-hide_banner", "-nostdin", "-y", "-loglevel", level]
    if on_frame:
        command += ["-progress", "pipe:1", "-stats_period", "0.5"]
    command += ["-nostats", *_long_graph_in_a_file(arguments, folder)]
    try:
        return await run_process(
            command, on_stdout=_progress(on_frame) if on_frame else None, on_stderr=on_stderr
        )
    except ProcessFailed as failure:
        last = failure.stderr_tail.strip()[-600:]
        if failure.returncode <= 0 or any(sign in failure.stderr_tail for sign in NOT_ITS_FAULT):
            raise Transient(f"ffmpeg ended with {failure.returncode}: {last}") from failure
        raise RenderFailed(f"ffmpeg: {last}") from failure


def _progress(on_frame: Callable[[int], None]) -> Callable[[str], None]:
    def hear(line: str) -> None:
        name, _, value = line.partition("=")
        if name == "frame" and value.strip().isdigit():
            on_frame(int(value))

    return hear


def _long_graph_in_a_file(arguments: Sequence[str], folder: Path) -> list[str]:
    result = list(arguments)
    for index, argument in enumerate(result[:-1]):
        if argument == "-filter_complex" and len(result[index + 1]) > LONGEST_ARGUMENT:
            with tempfile.NamedTemporaryFile(
                "w", dir=folder, suffix=".graph", delete=False
            ) as file:
                file.write(result[index + 1])
            result[index : index + 2] = ["-/filter_complex", file.name]
    return result
