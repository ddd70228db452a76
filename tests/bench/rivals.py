"""The same four cuts made by others: one hand-written ffmpeg command, and MoviePy."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from tests.bench.long_shoot import TALL, Shoot

from contracts.timeline import Clip, Timeline
from render.captions import write_for_burning
from render.programs import ffmpeg_binary

Timelines = Mapping[UUID, Timeline]


def render_by_hand(shoot: Shoot, timelines: Timelines, folder: Path) -> None:
    """One command: every take is read once and goes to all cuts that show it."""
    takes = next(iter(timelines.values())).picture
    inputs, graph = [], []
    rows: dict[str, list[tuple[int, str]]] = {cut.kind: [] for cut in timelines.values()}
    for number, take in enumerate(takes):
        length = str(take.duration_us / 1e6)
        inputs += ["-ss", str(take.in_us / 1e6), "-t", length, "-i", str(shoot.path)]
        shown = [
            (cut, clip)
            for cut in timelines.values()
            for clip in cut.picture
            if take.in_us <= clip.in_us < take.out_us
        ]
        graph += _split(number, len(shown))
        for branch, (cut, clip) in enumerate(shown):
            pads = f"{number}x{branch}"
            graph += _clip(pads, clip, take.in_us, tall=cut.canvas == TALL)
            rows[cut.kind].append((clip.start_us, f"[v{pads}o][a{pads}o]"))
    outputs = []
    for cut in timelines.values():
        pads = "".join(pad for _, pad in sorted(rows[cut.kind]))
        graph += _cut(cut, pads, folder / cut.kind)
        outputs += _output(cut.kind, folder)
    command = [ffmpeg_binary(), "-v", "error", "-y", *inputs]
    run([*command, "-filter_complex", ";".join(graph), *outputs])


def _split(number: int, count: int) -> list[str]:
    video, audio = ("".join(f"[{k}{number}x{i}]" for i in range(count)) for k in "va")
    return [f"[{number}:v]fps=30,split={count}{video}", f"[{number}:a]asplit={count}{audio}"]


def _clip(pads: str, clip: Clip, begin_us: int, *, tall: bool) -> list[str]:
    first, last = (clip.in_us - begin_us) / 1e6, (clip.out_us - begin_us) / 1e6
    share = f"min(t/{last - first}\\,1)"
    crop = f"crop=608:1080:x='1920*(0.4+0.2*{share})-304':y=0,scale=1080:1920,setsar=1"
    trim = f"trim={first}:{last}"
    return [
        f"[v{pads}]{trim},setpts=PTS-STARTPTS,{crop if tall else 'null'}[v{pads}o]",
        f"[a{pads}]a{trim},asetpts=PTS-STARTPTS,afade=d=0.01,aresample=48000[a{pads}o]",
    ]


def _cut(cut: Timeline, pads: str, folder: Path) -> list[str]:
    captions, kind = write_for_burning(cut, folder), cut.kind
    return [
        f"{pads}concat=n={len(cut.picture)}:v=1:a=1[{kind}v][{kind}a]",
        f"[{kind}v]ass={captions}:fontsdir={folder / 'fonts'},format=yuv420p[{kind}vo]",
        f"[{kind}a]loudnorm=I=-14:TP=-1.5:LRA=11,aresample=48000[{kind}ao]",
    ]


def _output(kind: str, folder: Path) -> list[str]:
    coding = "-c:v libx264 -preset veryfast -crf 20 -profile:v high -g 60 -c:a aac -b:a 192k"
    maps = ["-map", f"[{kind}vo]", "-map", f"[{kind}ao]"]
    return [*maps, *coding.split(), "-movflags", "+faststart", str(folder / f"{kind}.mp4")]


MOVIEPY = """
import json, sys
from moviepy import CompositeVideoClip, TextClip, VideoFileClip, concatenate_videoclips
job = json.load(open(sys.argv[1]))
film = VideoFileClip(job["film"])
for output in job["outputs"]:
    cut = concatenate_videoclips([film.subclipped(a, b) for a, b in output["takes"]])
    if output["tall"]:
        cut = cut.cropped(x_center=960, width=608).resized((1080, 1920))
    titles = [
        TextClip(output["font"], text=text, font_size=70, color="white", stroke_color="black",
                 stroke_width=6, margin=(20, 20)).with_start(a).with_end(b)
        .with_position(("center", 0.75), relative=True)
        for a, b, text in output["captions"]
    ]
    if titles:
        cut = CompositeVideoClip([cut, *titles])
    cut.write_videofile(output["path"], fps=30, codec="libx264", preset="veryfast", logger=None,
                        audio_codec="aac", ffmpeg_params=["-crf", "20"])
"""


def render_with_moviepy(
    shoot: Shoot, timelines: Timelines, folder: Path, python: Path, *, captions: bool
) -> None:
    """The same takes with the same preset; captions as plain groups; loudness as it is."""
    outputs = [
        {
            "takes": [(clip.in_us / 1e6, clip.out_us / 1e6) for clip in cut.picture],
            "tall": cut.canvas == TALL,
            "path": str(folder / f"{cut.kind}.mp4"),
            "font": _font(cut, folder / cut.kind),
            "captions": [
                (group.start_us / 1e6, group.end_us / 1e6, group.text.upper())
                for group in cut.captions.groups
                if captions
            ],
        }
        for cut in timelines.values()
    ]
    (folder / "job.json").write_text(json.dumps({"film": str(shoot.path), "outputs": outputs}))
    (folder / "cut.py").write_text(MOVIEPY)
    env = {**os.environ, "IMAGEIO_FFMPEG_EXE": ffmpeg_binary(), "FFMPEG_BINARY": ffmpeg_binary()}
    run([str(python), str(folder / "cut.py"), str(folder / "job.json")], env=env)


def _font(cut: Timeline, folder: Path) -> str:
    write_for_burning(cut, folder)
    return str(folder / "fonts" / "0.ttf")


def moviepy_python(folder: Path) -> Path:
    """A virtual environment of its own: nothing else needs MoviePy."""
    python = folder / "moviepy" / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(folder / "moviepy")])
        run([str(python), "-m", "pip", "install", "--quiet", "moviepy==2.2.1"])
    return python


def run(command: list[str], env: Mapping[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env=env, stdin=subprocess.DEVNULL)
