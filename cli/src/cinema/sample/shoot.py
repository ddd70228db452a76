"""The sample shoot's files: photographs that scikit-image carries, filmed by a moving camera."""

import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import skimage

from cinema.sample.interview import INTERVIEW, Line, spoken, transcript
from cinema.sample.voice import Samples, Voice

_PHOTOS = Path(skimage.__file__).parent / "data"
_ENCODE = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")


@dataclass(frozen=True)
class Cutaway:
    """A photograph and the camera's move over it. `zoom` is per frame; x and y as zoompan's."""

    photo: str
    filename: str
    seconds: int
    zoom: str
    x: str = "iw/2-(iw/zoom/2)"
    y: str = "ih/2-(ih/zoom/2)"


CUTAWAYS = (
    Cutaway("rocket.jpg", "rocket_launch.mp4", 8, "1.5-0.0012*on", y="(ih-ih/zoom)*(1-on/240)"),
    Cutaway("moon.png", "moon.mp4", 7, "1.1+0.0016*on"),
    Cutaway("hubble_deep_field.jpg", "stars.mp4", 8, "1.6", x="(iw-iw/zoom)*on/240"),
)


def make_shoot(
    folder: Path, *, lines: tuple[Line, ...] = INTERVIEW, height: int = 1080
) -> list[Path]:
    """Write interview.mp4 with its transcript and the cutaways; returns the clips, A-roll first.

    The pictures are 16:9 at 30 frames per second, `height` pixels high.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sound = folder / "interview.wav"
    voice = Voice()
    _write_wav(sound, spoken(voice, lines), voice.sample_rate)
    clips = [_film_interview(sound, folder / "interview.mp4", height)]
    clips[0].with_suffix(".txt").write_text(transcript(lines))
    sound.unlink()
    return clips + [_film_cutaway(cutaway, folder, height) for cutaway in CUTAWAYS]


def _film_interview(sound: Path, target: Path, height: int) -> Path:
    """A person who sways within the frame, so that a vertical crop has someone to follow."""
    enlarged = f"scale={round(height * 2.4)}:-2:flags=lanczos,loop=loop=-1:size=1,fps=30"
    sway = "x='(iw-ow)/2*(1+sin(t/5))':y='ih/43*(1+sin(t/3)/2)'"
    picture = f"{enlarged},crop={_wide(height)}:{height}:{sway},setsar=1"
    _ffmpeg(
        *("-i", str(_PHOTOS / "astronaut.png"), "-i", str(sound), "-vf", picture, *_ENCODE),
        *("-c:a", "aac", "-b:a", "128k", "-shortest", str(target)),
    )
    return target


def _film_cutaway(cutaway: Cutaway, folder: Path, height: int) -> Path:
    """zoompan moves by whole pixels, so it moves over a picture of twice the size."""
    target = folder / cutaway.filename
    fine = f"{2 * _wide(height)}:{2 * height}"
    move = f"zoompan=z='{cutaway.zoom}':x='{cutaway.x}':y='{cutaway.y}'"
    picture = (
        f"scale={fine}:force_original_aspect_ratio=increase:flags=lanczos,crop={fine},"
        f"{move}:d={cutaway.seconds * 30}:s={_wide(height)}x{height}:fps=30"
    )
    _ffmpeg("-i", str(_PHOTOS / cutaway.photo), "-vf", picture, *_ENCODE, "-an", str(target))
    return target


def _wide(height: int) -> int:
    return height * 16 // 9


def _write_wav(path: Path, samples: Samples, rate: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *arguments]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
