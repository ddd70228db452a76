"""Chunks and sound in one file: every frame at its time, whatever the rate."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from render.encoding import video_options
from render.stitching import stitch

RATES = [Fraction(30000, 1001), Fraction(24000, 1001), Fraction(25), Fraction(60)]


@pytest.mark.parametrize("rate", RATES, ids=str)
async def test_times_are_exact_and_rise(rate: Fraction, media: Any, tmp_path: Path) -> None:
    lengths = [1, 2, 3, 17, 61, 5]
    chunks = []
    for number, frames in enumerate(lengths):
        options = [
            part
            for name, value in video_options(rate, frames).items()
            for part in (f"-{name}", str(value))
        ]
        source = media.make(
            f"chunk-{float(rate):.2f}-{number}.mp4",
            *("-f", "lavfi", "-i", f"testsrc2=s=128x72:r={rate}:d=4", *options),
        )
        chunks.append(media.files[source.asset_id].path)
    sound = media.make("sound.m4a", "-f", "lavfi", "-i", "sine=d=3:r=48000", "-c:a", "aac")
    target = tmp_path / "out.mp4"
    assert await stitch(chunks, media.files[sound.asset_id].path, rate, target) == sum(lengths)
    with av.open(str(target)) as file:
        stream = file.streams.video[0]
        times = [seconds(frame) * rate for frame in file.decode(stream)]
        assert times == list(range(sum(lengths)))
        assert stream.average_rate == rate
        assert stream.start_time == 0
    with av.open(str(target)) as file:
        decode_times = [p.dts for p in file.demux(video=0) if p.dts is not None]
        assert (np.diff(decode_times) > 0).all()
    data = target.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def seconds(frame: Any) -> Fraction:
    return Fraction(frame.pts * frame.time_base)


async def test_sound_and_picture_start_together(media: Any, tmp_path: Path) -> None:
    film = media.film()
    path = media.files[film.asset_id].path
    sound = media.make("tone.m4a", "-f", "lavfi", "-i", "sine=d=2:r=48000", "-c:a", "aac")
    target = tmp_path / "out.mp4"
    await stitch([path], media.files[sound.asset_id].path, Fraction(30), target)
    with av.open(str(target)) as file:
        first = next(frame for frame in file.decode(audio=0))
        assert abs(seconds(first)) < 0.03
        *_, last = file.decode(audio=0)
        assert seconds(last) < 2.05
