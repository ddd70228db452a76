"""Cut sound to raw samples: 48 kHz, stereo, 32-bit float, exactly as many as planned."""

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from uuid import UUID

import ffmpeg

from chassis.threads import in_thread
from contracts.timeline import Music
from render.grid import Grid
from render.inputs import Stream, drawn_input, media_input
from render.programs import compiled, run_ffmpeg
from render.sound_plan import SAMPLE_RATE, Passage, Sound
from render.sources import SourceFile

CUT_FADE_SAMPLES = 480
"""10 ms: a cut does not click."""
SOUNDS_PER_RUN = 24
RAW = {"f": "f32le", "ac": 2, "ar": SAMPLE_RATE}

Files = Mapping[UUID, SourceFile]


async def render_passages(
    passages: Sequence[Passage], files: Files, grid: Grid, folder: Path, name: str
) -> Path:
    """Write all passages one after the other to a raw file, a bounded group per ffmpeg run."""
    whole = folder / f"{name}.f32"
    for number, group in zip(count(), _groups(passages)):
        part = folder / f"{name}-{number}.f32"
        streams = [_passage(passage, files, grid) for passage in group]
        joined = streams[0] if len(streams) == 1 else ffmpeg.concat(*streams, v=0, a=1)
        await run_ffmpeg(compiled([ffmpeg.output(joined, str(part), **RAW)]), folder=folder)
        await in_thread(_append, part, whole)
    return whole


async def render_music(music: Music, samples: int, files: Files, folder: Path) -> Path:
    """Loop or cut the music to length, with its gain and fades."""
    file = files[music.source]
    audio = file.source.media.audio
    path = folder / "music.f32"
    stream = media_input(file.path, stream_loop=-1, vn=None)[str(audio.index if audio else 0)]
    stream = _exactly(stream, samples).filter("volume", f"{music.gain_db}dB")
    fade_in, fade_out = (
        us * SAMPLE_RATE // 1_000_000 for us in (music.fade_in_us, music.fade_out_us)
    )
    stream = _faded(stream, samples, min(fade_in, samples), min(fade_out, samples))
    await run_ffmpeg(compiled([ffmpeg.output(stream, str(path), **RAW)]), folder=folder)
    return path


def _groups(passages: Sequence[Passage]) -> list[list[Passage]]:
    groups: list[list[Passage]] = []
    for passage in passages:
        if groups and sum(map(len, groups[-1])) + len(passage) <= SOUNDS_PER_RUN:
            groups[-1].append(passage)
        else:
            groups.append([passage])
    return groups


def _passage(passage: Passage, files: Files, grid: Grid) -> Stream:
    stream = _sound(passage[0], files, grid)
    for sound in passage[1:]:
        pair = [stream, _sound(sound, files, grid)]
        stream = ffmpeg.filter(pair, "acrossfade", ns=sound.overlap, c1="qsin", c2="qsin")
    samples = sum(sound.samples - sound.overlap for sound in passage)
    fade = min(CUT_FADE_SAMPLES, samples // 2)
    return _faded(stream, samples, fade, fade)


def _sound(sound: Sound, files: Files, grid: Grid) -> Stream:
    file = files[sound.source] if sound.source else None
    audio = file.source.media.audio if file else None
    if file is None or audio is None:
        silence = drawn_input("anullsrc", r=SAMPLE_RATE, cl="stereo").audio
        return silence.filter("atrim", end_sample=sound.samples)
    seek = f"{float(file.lead + grid.seconds(sound.first)):.6f}"
    stream = media_input(file.path, ss=seek, vn=None)[str(audio.index)]
    return _exactly(stream, sound.samples).filter("volume", f"{sound.gain_db}dB")


def _exactly(stream: Stream, samples: int) -> Stream:
    """That many samples, in step with the timestamps: late or missing sound becomes silence.

    `async=1` fills and trims but never stretches.
    """
    stream = stream.filter(
        "aresample", SAMPLE_RATE, **{"async": 1, "min_hard_comp": 0.02, "first_pts": 0}
    )
    stream = stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")
    stream = stream.filter("apad", whole_len=samples).filter("atrim", end_sample=samples)
    return stream.filter("asetpts", "N")


def _faded(stream: Stream, samples: int, fade_in: int, fade_out: int) -> Stream:
    if fade_in:
        stream = stream.filter("afade", t="in", ss=0, ns=fade_in)
    if fade_out:
        stream = stream.filter("afade", t="out", ss=samples - fade_out, ns=fade_out)
    return stream


def _append(part: Path, whole: Path) -> None:
    with part.open("rb") as source, whole.open("ab") as target:
        while data := source.read(1 << 22):
            target.write(data)
    part.unlink()
