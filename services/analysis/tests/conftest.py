"""Media made for the run, and the real clips where they are at hand."""

import ctypes
import subprocess
import wave
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import espeakng_loader
import numpy as np
import pytest
import skimage
from imageio_ffmpeg import get_ffmpeg_exe

from contracts.media import AudioStream, MediaInfo, VideoStream

FOOTAGE = Path(__file__).parents[4] / "shared" / "footage"
ASTRONAUT = Path(skimage.__file__).parent / "data" / "astronaut.png"

SENTENCES = (
    "The quick brown fox jumps over the lazy dog.",
    "Every morning the old captain walks along the harbour.",
)
LEAD_S, PAUSE_S, TAIL_S = 0.8, 1.5, 1.0

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """`make("clip.mp4", *ffmpeg arguments)`, made once."""

    @cache
    def run(name: str, *args: str | Path) -> Path:
        path = tmp_path_factory.mktemp("media") / name
        command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", *map(str, args), str(path)]
        subprocess.run(command, check=True, timeout=60)
        return path

    return run


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sentences, spoken by espeak-ng between silences, as mono WAV."""
    say, rate = _voice()
    pieces = [np.zeros(int(LEAD_S * rate), np.int16)]
    for sentence in SENTENCES:
        pieces += [say(sentence), np.zeros(int(PAUSE_S * rate), np.int16)]
    pieces[-1] = np.zeros(int(TAIL_S * rate), np.int16)
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.concatenate(pieces).tobytes())
    return path


@pytest.fixture(scope="session")
def talk(make: Make, speech: Path) -> Path:
    """A face that speaks: 320x320, 12 fps, with the spoken sentences."""
    picture = ("-loop", "1", "-framerate", "12", "-i", ASTRONAUT, "-i", speech, "-shortest")
    encode = ("-vf", "scale=320:320", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac")
    return make("talk.mp4", *picture, *encode, "-pix_fmt", "yuv420p")


@pytest.fixture
def footage() -> Path:
    if not FOOTAGE.is_dir():
        pytest.skip("the real clips are not at hand")
    return FOOTAGE


@pytest.fixture(scope="session")
def probe() -> Callable[..., MediaInfo]:
    return media_of


def media_of(path: Path, *, rotation: int = 0) -> MediaInfo:
    """A plain probe: the largest picture, the finest sound."""
    with av.open(str(path)) as container:
        pictures = sorted(container.streams.video, key=lambda s: -s.width * s.height)
        sounds = sorted(container.streams.audio, key=lambda s: -s.sample_rate)
        video = pictures[0] if pictures else None
        audio = sounds[0] if sounds else None
        return MediaInfo(
            kind="video" if video else "audio",
            container="test",
            size_bytes=path.stat().st_size,
            duration_us=container.duration or 1,
            video=video
            and VideoStream(
                index=video.index,
                codec="test",
                width=video.width,
                height=video.height,
                rate=video.average_rate or Fraction(25),
                rotation=rotation,
                pixel_format="test",
            ),
            audio=audio
            and AudioStream(
                index=audio.index,
                codec="test",
                sample_rate=audio.sample_rate,
                channels=audio.channels,
                layout="test",
            ),
        )


def _voice() -> tuple[Callable[[str], np.ndarray], int]:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)
    library.espeak_SetVoiceByName(b"en-us")
    callback = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
    )

    def say(text: str) -> np.ndarray:
        pieces: list[np.ndarray] = []

        def collect(samples: object, count: int, _: object) -> int:
            if count > 0:
                pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
            return 0

        keep = callback(collect)
        library.espeak_SetSynthCallback(keep)
        library.espeak_Synth(text.encode(), len(text) + 1, 0, 0, 0, 1, None, None)
        library.espeak_Synchronize()
        return np.concatenate(pieces)

    return say, int(rate)
