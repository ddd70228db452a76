"""Loudness by EBU R128, measured by ffmpeg's ebur128."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg

from render.inputs import media_input
from render.programs import compiled, run_ffmpeg

SILENCE_LUFS = -69.0
"""ebur128 says -70 where nothing passes its gate."""

_INTEGRATED = re.compile(r"^\s*I:\s+(-?[\d.]+|-?inf|nan) LUFS")
_PEAK = re.compile(r"^\s*Peak:\s+(-?[\d.]+|-?inf|nan) dBFS")


@dataclass(frozen=True)
class Measured:
    integrated_lufs: float
    peak_db: float

    @property
    def silent(self) -> bool:
        return not self.integrated_lufs > SILENCE_LUFS


async def measure(path: Path, *, true_peak: bool, folder: Path, **input_options: Any) -> Measured:
    """Measure a file's sound; the peak is a sample peak unless `true_peak`, which takes longer."""
    found = {"i": float("-inf"), "peak": float("-inf")}

    def hear(line: str) -> None:
        if match := _INTEGRATED.match(line):
            found["i"] = float(match[1])
        elif match := _PEAK.match(line):
            found["peak"] = float(match[1])

    stream = media_input(path, **input_options).audio
    stream = stream.filter("ebur128", framelog="quiet", peak="true" if true_peak else "sample")
    output = ffmpeg.output(stream, "-", f="null")
    await run_ffmpeg(compiled([output]), folder=folder, on_stderr=hear, quiet=False)
    return Measured(found["i"], found["peak"])
