"""A two-minute 1080p shoot, and four cuts of it, for measuring render alone."""

import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import av

from contracts.artifacts import Word
from contracts.media import AudioStream, MediaInfo, VideoStream
from contracts.timeline import (
    Canvas,
    Caption,
    Captions,
    Clip,
    Fit,
    PathPoint,
    Provenance,
    Reframe,
    Source,
    Timeline,
)
from render.programs import ffmpeg_binary
from render.sources import SourceFile, open_source

FOOTAGE = Path(__file__).parents[3] / "shared" / "footage"
RATE = Fraction(30)
WIDE, TALL = Canvas(width=1920, height=1080), Canvas(width=1080, height=1920)
SAID = "what we cut is what you see and every word stays where it was said by the speaker"
WORDS = SAID.split()


@dataclass(frozen=True)
class Shoot:
    path: Path
    source: Source
    file: SourceFile


def film_shoot(folder: Path, seconds: int) -> Shoot:
    """Real clips, or a test pattern where they are not at hand, with a noisy voice-like sound."""
    path = folder / f"shoot-{seconds}.mp4"
    if not path.exists():
        names = ["talk_webcam_60fps.mp4", "cuts_nature_720p.mp4", "face_walking_720p.mp4"]
        clips = [FOOTAGE / name for name in names if (FOOTAGE / name).exists()]
        inputs = [part for clip in clips for part in ("-i", str(clip))]
        if not clips:
            inputs, clips = ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=30"], [Path()]
        shape = (
            "fps=30,scale=1920:1080:force_original_aspect_ratio=increase,crop=1920:1080,setsar=1"
        )
        branches = ";".join(f"[{i}:v]{shape}[v{i}]" for i in range(len(clips)))
        joined = "".join(f"[v{i}]" for i in range(len(clips)))
        loop = f"concat=n={len(clips)},loop=-1:size=2000,trim=end={seconds},setpts=N/30/TB"
        graph = f"{branches};{joined}{loop},format=yuv420p[v]"
        voice = "anoisesrc=c=pink:a=0.3,tremolo=f=4:d=0.9,volume='0.02+lt(mod(t,5),4)':eval=frame"
        sound = ["-f", "lavfi", "-t", str(seconds), "-i", voice]
        coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "aac"]
        maps = ["-map", "[v]", "-map", f"{len(clips)}:a", "-shortest"]
        command = [ffmpeg_binary(), "-v", "error", "-y", *inputs, *sound]
        subprocess.run([*command, "-filter_complex", graph, *maps, *coding, str(path)], check=True)
    source = describe(path)
    return Shoot(path, source, open_source(source, path))


def describe(path: Path) -> Source:
    with av.open(str(path)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        media = MediaInfo(
            kind="video",
            container="mp4",
            size_bytes=path.stat().st_size,
            duration_us=int(file.duration or 0),
            video=VideoStream(
                index=video.index,
                codec="h264",
                width=video.width,
                height=video.height,
                rate=RATE,
                pixel_format="yuv420p",
            ),
            audio=AudioStream(
                index=audio.index, codec="aac", sample_rate=48000, channels=2, layout="stereo"
            ),
        )
    return Source(
        asset_id=UUID(int=1), filename=path.name, object_key="-", sha256="0" * 64, media=media
    )


def make_timelines(source: Source, seconds: int) -> dict[UUID, Timeline]:
    """Three quarters of the shoot in takes of four seconds, and the three cuts derived from it."""
    takes = [(at + 0.5, at + 4.5) for at in range(0, seconds - 5, 5)]
    middle = len(takes) // 3
    cuts = {
        "cinematic": (takes, WIDE),
        "vertical": (takes, TALL),
        "short": (takes[middle : middle + 8], TALL),
        "hook": ([(takes[middle + 1][0] + 0.5, takes[middle + 1][1])], TALL),
    }
    return {
        UUID(int=100 + i): make_timeline(source, kind, used, canvas)
        for i, (kind, (used, canvas)) in enumerate(cuts.items())
    }


def make_timeline(
    source: Source, kind: str, takes: list[tuple[float, float]], canvas: Canvas
) -> Timeline:
    clips: list[Clip] = []
    at = 0
    for begin, end in takes:
        begin_us, end_us = round(begin * 1e6), round(end * 1e6)
        path = tuple(PathPoint(at_us=us, x=x, y=0.5) for us, x in ((begin_us, 0.4), (end_us, 0.6)))
        clips.append(
            Clip(
                clip_id=f"{kind}-{len(clips)}",
                source=source.asset_id,
                start_us=at,
                in_us=begin_us,
                out_us=end_us,
                transform=Reframe(path=path) if canvas == TALL else Fit(),
                reason="bench",
            )
        )
        at += end_us - begin_us
    return Timeline(
        kind=kind,
        aspect_ratio="9:16" if canvas == TALL else "16:9",
        canvas=canvas,
        rate=RATE,
        sources=(source,),
        picture=tuple(clips),
        captions=Captions(style="bold", groups=tuple(make_captions(clips))),
        provenance=Provenance(director="bench"),
    )


def make_captions(clips: list[Clip]) -> list[Caption]:
    """What is said in each take: groups of four words that begin where the source says them."""
    return [
        Caption(words=tuple(_word(clip, said_us + i * 350_000) for i in range(4)))
        for clip in clips
        for said_us in range(_up(clip.in_us, 1_500_000), clip.out_us - 1_400_000, 1_500_000)
    ]


def _up(us: int, step: int) -> int:
    return -(-us // step) * step


def _word(clip: Clip, said_us: int) -> Word:
    start = clip.start_us + said_us - clip.in_us
    return Word(start_us=start, end_us=start + 330_000, text=WORDS[said_us // 350_000 % len(WORDS)])
