"""An asset's sound in one decode: samples for the ears, loudness by EBU R128."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from analysis.voice_activity import SAMPLE_RATE, Samples
from contracts.artifacts import Loudness, Span

BLOCK_SAMPLES = SAMPLE_RATE * 10
QUIETEST = -120.0
_READING = re.compile(r"^\s+(I|LRA|Peak):\s+(\S+) (?:LUFS|LU|dBFS)", re.MULTILINE)


class SoundUnreadable(Exception):
    """The sound cannot be decoded; says why."""


@dataclass(frozen=True)
class Sound:
    """Decoded sound, in a file: 16 kHz, mono, signed 16 bit. Times are from its own start."""

    path: Path

    @property
    def duration_us(self) -> int:
        return self.path.stat().st_size // 2 * 1_000_000 // SAMPLE_RATE

    def read(self, span: Span) -> Samples:
        start, end = (us * SAMPLE_RATE // 1_000_000 for us in (span.start_us, span.end_us))
        return np.fromfile(self.path, np.int16, count=end - start, offset=start * 2)


def decode(
    source: Path, stream: int, target: Path, hear: Callable[[Samples], None]
) -> tuple[Sound, Loudness | None]:
    """Decode one stream to `target`, showing every block to `hear` as it comes.

    Holes in the stream become silence, so that times stay true. Raise SoundUnreadable when
    nothing can be decoded.
    """
    with TemporaryFile() as log:
        with target.open("wb") as file, _ffmpeg(source, stream, log) as output:
            for block in _blocks(output):
                file.write(block.tobytes())
                hear(block)
        log.seek(0)
        messages = log.read().decode(errors="replace")
    sound = Sound(target)
    if sound.duration_us == 0:
        raise SoundUnreadable(messages[-500:].strip())
    return sound, read_loudness(messages)


def read_loudness(log: str) -> Loudness | None:
    """What the ebur128 filter says at its end; silence has the lowest values there are."""
    found = {name: float(value) for name, value in _READING.findall(log)}
    if found.keys() != {"I", "LRA", "Peak"}:
        return None
    return Loudness(
        integrated_lufs=max(QUIETEST, found["I"]),
        true_peak_dbtp=max(QUIETEST, found["Peak"]),
        range_lu=found["LRA"],
    )


def _blocks(output: IO[bytes]) -> Iterator[NDArray[np.int16]]:
    while data := output.read(BLOCK_SAMPLES * 2):
        yield np.frombuffer(data, np.int16)


@contextmanager
def _ffmpeg(source: Path, stream: int, log: IO[bytes]) -> Iterator[IO[bytes]]:
    """Gives ffmpeg's samples; it has ended, and said all to `log`, when the context is left."""
    graph = (
        f"[0:{stream}]asplit=2[ears][meter];"
        f"[ears]aresample={SAMPLE_RATE}:async=1,aformat=sample_fmts=s16:channel_layouts=mono[out];"
        "[meter]ebur128=peak=true:framelog=quiet[loudness]"
    )
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-nostats"]
    command += ["-i", str(source), "-filter_complex", graph]
    command += ["-map", "[out]", "-f", "s16le", "pipe:1", "-map", "[loudness]", "-f", "null", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
    ) as process:
        assert process.stdout is not None  # noqa: S101 (a pipe was asked for)
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
