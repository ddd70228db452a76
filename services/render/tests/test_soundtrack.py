"""Sound: in step with the picture, without clicks, as loud as promised."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from render.soundtrack import render_soundtrack


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48000)
        parts = [
            f.to_ndarray() for frame in file.decode(audio=0) for f in resampler.resample(frame)
        ]
    return np.concatenate([part.reshape(-1) for part in parts])


async def test_loudness_and_peak_of_the_file(media, clip, timeline, tmp_path) -> None:
    source = media.make(
        "quiet.wav",
        "-f",
        "lavfi",
        "-i",
        "anoisesrc=d=6:c=pink:a=0.02:seed=1,volume='if(lt(mod(t,1),0.05),12,1)':eval=frame",
    )
    edit = timeline([source], [clip(source, 0, 0, 5.9)])
    path, measured = await render_soundtrack(edit, media.files, tmp_path)
    assert measured.integrated_lufs == pytest.approx(-14, abs=0.5)
    assert measured.peak_db <= -1
    assert decoded(path).size == pytest.approx(5.9 * 48000, abs=1100)


async def test_beeps_stay_where_they_were(media, clip, timeline, tmp_path) -> None:
    """A beep in each second of the source; many cuts later they are still on their frames."""
    source = media.make(
        "beeps.wav",
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='sin(2*PI*1000*t)*lt(mod(t,1),0.1)':d=40:s=44100",
    )
    rate = Fraction(30000, 1001)
    clips = [
        clip(source, i * 0.7, i * 1.0 - 0.3 if i else 0.7, i * 1.0 + 0.4 if i else 1.4)
        for i in range(38)
    ]
    edit = timeline([source], clips, rate=rate)
    path, _ = await render_soundtrack(edit, media.files, tmp_path)
    sound = np.abs(decoded(path))
    for i in range(38):
        start = round((i * 0.7 + 0.3) * 48000)
        loud = np.flatnonzero(sound[start - 9600 : start + 9600] > sound.max() / 4)[0] - 9600
        assert abs(loud) / 48000 < 1 / rate


async def test_silence_is_silent(media, clip, timeline, tmp_path) -> None:
    source = media.make("mute.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1")
    path, measured = await render_soundtrack(
        timeline([source], [clip(source, 0, 0, 1)]), media.files, tmp_path
    )
    assert measured.silent
    assert not decoded(path).any()
