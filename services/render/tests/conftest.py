"""Small media made by ffmpeg, and timelines over them."""

import subprocess
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.media import AudioStream, MediaInfo, VideoStream
from contracts.timeline import Canvas, Clip, Provenance, Source, Timeline
from render.programs import ffmpeg_binary
from render.sources import SourceFile, open_source

Picture = NDArray[np.uint8]


class Media:
    """A shelf of made files; each is described as ingest would describe it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[UUID, SourceFile] = {}

    def make(self, name: str, *arguments: str, **described: Any) -> Source:
        """Run ffmpeg with these arguments to make the file."""
        path = self.folder / name
        if not path.exists():
            command = [ffmpeg_binary(), "-v", "error", "-y", *arguments, str(path)]
            subprocess.run(command, check=True, timeout=60)
        return self.take(path, **described)

    def film(
        self, name: str = "", seconds: float = 2, rate: str = "30", size: str = "320x180"
    ) -> Source:
        """A moving test picture with a 440 Hz tone."""
        return self.make(
            name or f"film-{seconds}-{rate}-{size}.mp4",
            *("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"),
            *("-f", "lavfi", "-i", f"sine=f=440:d={seconds}:r=48000"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-pix_fmt", "yuv420p"),
            *("-c:a", "aac", "-shortest"),
        )

    def take(self, path: Path, **described: Any) -> Source:
        source = Source(
            asset_id=UUID(int=len(self.files) + 1),
            filename=path.name,
            object_key=f"assets/{path.name}",
            sha256="0" * 64,
            media=probe(path).model_copy(update=described),
        )
        self.files[source.asset_id] = open_source(source, path)
        return source


def probe(path: Path) -> MediaInfo:
    """As much of ingest's probe as the renderer reads."""
    with av.open(str(path)) as file:
        is_image = file.format.name.endswith("_pipe") or file.format.name == "image2"
        video = next((s for s in file.streams.video), None)
        audio = next((s for s in file.streams.audio), None)
        frame = next(file.decode(video)) if video else None
        turned = round(-frame.rotation / 90) % 4 * 90 if frame else 0
        seconds = Fraction(file.duration or 0, av.time_base)
        size = (video.width, video.height) if video else (0, 0)
        width, height = size[::-1] if turned in (90, 270) else size
        aspect = (video.sample_aspect_ratio if video else None) or Fraction(1)
        return MediaInfo(
            kind="image" if is_image else "video" if video else "audio",
            container=file.format.name,
            size_bytes=path.stat().st_size,
            duration_us=0 if is_image else int(seconds * 1_000_000),
            video=video
            and VideoStream(
                index=video.index,
                codec=video.codec_context.name,
                width=width,
                height=height,
                rate=video.average_rate or Fraction(25),
                rotation=turned,
                sample_aspect=1 / aspect if turned in (90, 270) else aspect,
                pixel_format=video.codec_context.pix_fmt or "yuv420p",
            ),
            audio=audio
            and AudioStream(
                index=audio.index,
                codec=audio.codec_context.name,
                sample_rate=audio.sample_rate,
                channels=audio.channels,
                layout=audio.layout.name,
            ),
        )


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return Media(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="session")
def clip() -> Callable[..., Clip]:
    def make(source: Source, start: float, begin: float, end: float, **more: Any) -> Clip:
        """A clip of source seconds [begin, end) at a timeline second."""
        return Clip(
            clip_id=f"c{start}",
            source=source.asset_id,
            start_us=round(start * 1e6),
            in_us=round(begin * 1e6),
            out_us=round(end * 1e6),
            reason="because",
            **more,
        )

    return make


@pytest.fixture(scope="session")
def timeline() -> Callable[..., Timeline]:
    def make(sources: Sequence[Source], picture: Sequence[Clip], **more: Any) -> Timeline:
        settings: dict[str, Any] = {
            "kind": "cinematic",
            "aspect_ratio": "16:9",
            "canvas": Canvas(width=320, height=180),
            "rate": Fraction(30),
            "provenance": Provenance(director="test"),
        }
        return Timeline(sources=tuple(sources), picture=tuple(picture), **{**settings, **more})

    return make


@pytest.fixture(scope="session")
def frames() -> Callable[[Path], list[Picture]]:
    """All frames of a file as RGB arrays, in order; their times must be the grid's."""

    def decode(path: Path) -> list[Picture]:
        with av.open(str(path)) as file:
            return [
                np.asarray(f.to_ndarray(format="rgb24"), np.uint8) for f in file.decode(video=0)
            ]

    return decode
