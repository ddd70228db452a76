"""Sound: in step with the picture, without clicks, as loud as promised."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from contracts.artifacts import Word
from contracts.timeline import Caption, Captions, Music
from render.grid import Grid
from render.sound_plan import spine_sound
from render.sound_render import render_passages
from render.soundtrack import render_soundtrack


def decoded(path: Path) -> np.ndarray:
    with av.open(str(path)) as file:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48000)
        parts = [
            f.to_ndarray() for frame in file.decode(audio=0) for f in resampler.resample(frame)
        ]
    return np.concatenate([part.reshape(-1) for part in parts])


async def test_loudness_and_peak_of_the_file(
    media: Any, clip: Any, timeline: Any, tmp_path: Path
) -> None:
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


async def test_ten_minutes_of_cuts_do_not_drift(
    media: Any, clip: Any, timeline: Any, tmp_path: Path
) -> None:
    """A beep in each second of the source; 300 cuts later each is still on its frame."""
    source = media.make(
        "beeps.wav",
        *("-f", "lavfi", "-i", "aevalsrc='sin(2*PI*400*t)*lt(mod(t,1),0.1)':d=620:s=11025"),
    )
    rate = Fraction(30000, 1001)
    clips = [clip(source, i * 2.01, i * 2 + 0.7, i * 2 + 2.71) for i in range(300)]
    edit = timeline([source], clips, rate=rate)
    grid = Grid(rate)
    raw = await render_passages(spine_sound(edit), media.files, grid, tmp_path, "spine")
    sound = np.abs(np.fromfile(raw, np.float32)[::2])
    assert sound.size == grid.sample(grid.frame(edit.duration_us), 48000)
    for i in (0, 1, 150, 298, 299):
        beep = round((i * 2.01 + 0.3) * 48000)
        heard = np.flatnonzero(sound[beep - 9600 : beep + 9600] > 0.1)[0] - 9600
        assert abs(heard) / 48000 < 1 / rate


async def test_late_and_short_sound_keeps_its_place(
    media: Any, clip: Any, timeline: Any, tmp_path: Path
) -> None:
    """The file's sound begins 0.5 s after its picture and ends before it."""
    film = media.film()
    path = str(media.files[film.asset_id].path)
    source = media.make(
        "late.mp4",
        *("-i", path, "-itsoffset", "0.5", "-t", "1.5", "-i", path),
        *("-map", "0:v", "-map", "1:a", "-c", "copy"),
    )
    edit = timeline([source], [clip(source, 0, 0.2, 2)])
    raw = await render_passages(spine_sound(edit), media.files, Grid(edit.rate), tmp_path, "late")
    sound = np.abs(np.fromfile(raw, np.float32)[::2])
    heard = np.flatnonzero(sound > 0.02)
    assert sound.size == 86400
    assert heard[0] / 48000 == pytest.approx(0.3, abs=0.03)
    assert heard[-1] / 48000 == pytest.approx(1.3, abs=0.05)


async def test_cuts_do_not_click(media: Any, clip: Any, timeline: Any, tmp_path: Path) -> None:
    source = media.film()
    edit = timeline([source], [clip(source, 0, 0.1, 0.6), clip(source, 0.5, 1.2, 1.7)])
    raw = await render_passages(spine_sound(edit), media.files, Grid(edit.rate), tmp_path, "cut")
    sound = np.fromfile(raw, np.float32)[::2]
    assert np.abs(sound[23990:24010]).max() < 0.01
    assert np.abs(sound[20000:23000]).max() > 0.05


async def test_music_steps_back_for_words(
    media: Any, clip: Any, timeline: Any, tmp_path: Path
) -> None:
    mute = media.make("black.mp4", "-f", "lavfi", "-i", "color=s=64x64:d=6")
    song = media.make("song.wav", "-f", "lavfi", "-i", "sine=f=300:d=2:r=44100")
    words = (Word(start_us=2_500_000, end_us=3_500_000, text="Now"),)
    edit = timeline(
        [mute, song],
        [clip(mute, 0, 0, 6)],
        music=Music(source=song.asset_id, duck_db=-12),
        captions=Captions(groups=(Caption(words=words),)),
    )
    path, measured = await render_soundtrack(edit, media.files, tmp_path)
    sound = decoded(path)
    assert measured.integrated_lufs == pytest.approx(-14, abs=0.5)

    def level(second: float) -> float:
        piece = sound[round(second * 48000) : round((second + 0.2) * 48000)]
        return float(20 * np.log10(np.sqrt(np.mean(piece**2))))

    assert level(3.0) - level(1.5) == pytest.approx(-12, abs=0.5)
    assert level(4.3) - level(1.5) == pytest.approx(0, abs=0.5)
    assert np.abs(sound[:480]).max() < 0.02


async def test_silence_is_silent(media: Any, clip: Any, timeline: Any, tmp_path: Path) -> None:
    source = media.make("mute.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1")
    path, measured = await render_soundtrack(
        timeline([source], [clip(source, 0, 0, 1)]), media.files, tmp_path
    )
    assert measured.silent
    assert not decoded(path).any()
