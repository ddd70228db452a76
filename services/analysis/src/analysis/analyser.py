"""Watches and listens to one file. Runs in a process of its own: see `chassis.isolation`."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from analysis.listening import Ears, Listened, listen
from analysis.progress_file import ProgressFile
from analysis.sound import SoundUnreadable
from analysis.watching import Watched, watch
from analysis.whisper import model_name
from chassis.errors import Problem
from contracts.artifacts import Analysis
from contracts.base import Contract
from contracts.media import MediaInfo

VERSION = 1
NO_PICTURE = Watched((), ())


class SoundUndecodable(Problem):
    code = "sound_undecodable"
    title = "Nothing of the sound can be decoded"


class Request(Contract):
    """What to analyse; `folder` is for temporary files, and for the progress."""

    source: Path
    folder: Path
    sha256: str
    media: MediaInfo
    transcript: str | None = None
    whisper_model: str | None = None

    @property
    def progress(self) -> Path:
        return self.folder / "progress"


def analyser_version(whisper_model: str | None) -> str:
    """Names what an analysis was made by: another recogniser makes another analysis."""
    return f"{VERSION}-{model_name(whisper_model)}" if whisper_model else f"{VERSION}"


def analyse(request: Request) -> Analysis:
    """All there is to find. Raise a Problem when the file cannot be decoded.

    Picture and sound are decoded side by side. The models stay loaded for the next call.
    """
    progress = ProgressFile(request.progress)
    with ThreadPoolExecutor(1) as pool:
        sound = pool.submit(_listen, request, progress.part("listening to"))
        watched = _watch(request, progress.part("watching"))
        listened = sound.result()
    return Analysis(
        analyser_version=analyser_version(request.whisper_model),
        sha256=request.sha256,
        media=request.media,
        transcript=listened.transcript,
        speech=listened.speech,
        shots=watched.shots,
        faces=watched.faces,
        loudness=listened.loudness,
        notes=listened.notes,
    )


def _watch(request: Request, on_progress: Callable[[float], None]) -> Watched:
    video = request.media.video
    if video is None or request.media.kind == "audio":
        return NO_PICTURE
    return watch(request.source, video, request.media, on_progress)


def _listen(request: Request, on_progress: Callable[[float], None]) -> Listened:
    audio = request.media.audio
    if audio is None:
        return Listened(None, (), None, ())
    ears = Ears(request.whisper_model, request.transcript)
    try:
        return listen(request.source, audio, ears, request.folder / "sound.raw", on_progress)
    except SoundUnreadable as error:
        if request.media.kind == "audio":
            raise SoundUndecodable(str(error)) from error
        return Listened(None, (), None, (f"The sound cannot be decoded: {error}",))
