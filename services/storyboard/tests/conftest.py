"""Footage as analysis would describe it, made of a script: directing needs no media."""

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID, uuid5

import pytest

from contracts.artifacts import (
    Analysis,
    FaceBox,
    FaceTrack,
    Loudness,
    Shot,
    Span,
    Transcript,
    Word,
)
from contracts.events import JobAsset, JobRequested, MusicChoice, OutputSpec
from contracts.media import AssetRole, AudioStream, MediaInfo, VideoStream
from storyboard.footage import SECOND, Footage

NAMESPACE = UUID(int=7)
WORD_US, GAP_US = 260_000, 40_000
Script = Sequence[tuple[str, float]]


class Studio:
    """Makes footage. A script is a sequence of (what is said, seconds of silence after it)."""

    def talk(
        self,
        script: Script,
        filename: str = "interview.mp4",
        *,
        quality: str | None = "model",
        picture: bool = True,
        faces: bool = True,
        role: AssetRole | None = None,
        size: tuple[int, int] = (1920, 1080),
        rate: Fraction = Fraction(25),
        head_s: float = 1.0,
    ) -> Footage:
        words, speech, at = [], [], round(head_s * SECOND)
        for text, silence in script:
            start = at
            for word in text.split():
                words.append(Word(start_us=at, end_us=at + WORD_US, text=word, confidence=0.9))
                at += WORD_US + GAP_US
            speech.append(Span(start_us=start, end_us=at - GAP_US))
            at += round(silence * SECOND) - GAP_US
        transcript = Transcript(
            provider="test", quality=quality or "model", language="en", words=tuple(words)
        )
        media = self.media(at, size if picture else None, rate=rate)
        return self.footage(
            filename,
            media,
            role=role,
            transcript=transcript if quality else None,
            speech=tuple(speech),
            faces=(self.face(at),) if faces and picture else (),
            shots=(self.shot(0, at),) if picture else (),
        )

    def silent(
        self,
        filename: str,
        seconds: float = 9.0,
        *,
        shots: int = 1,
        role: AssetRole | None = None,
        size: tuple[int, int] = (1920, 1080),
        rate: Fraction = Fraction(30),
    ) -> Footage:
        length = round(seconds * SECOND)
        bounds = [length * i // shots for i in range(shots + 1)]
        return self.footage(
            filename,
            self.media(length, size, rate=rate),
            role=role,
            shots=tuple(
                self.shot(bounds[i], bounds[i + 1], sharpness=1 - i / (shots + 1))
                for i in range(shots)
            ),
        )

    def sound(self, filename: str, seconds: float, role: AssetRole | None = None) -> Footage:
        return self.footage(filename, self.media(round(seconds * SECOND), None), role=role)

    def still(self, filename: str, size: tuple[int, int] = (1600, 900)) -> Footage:
        media = self.media(0, size).model_copy(update={"kind": "image", "audio": None})
        return self.footage(filename, media)

    def media(
        self, duration_us: int, size: tuple[int, int] | None, rate: Fraction = Fraction(25)
    ) -> MediaInfo:
        video = size and VideoStream(
            index=0, codec="h264", width=size[0], height=size[1], rate=rate, pixel_format="yuv420p"
        )
        audio = AudioStream(index=1, codec="aac", sample_rate=48000, channels=1, layout="mono")
        return MediaInfo(
            kind="video" if size else "audio",
            container="mp4",
            size_bytes=1,
            duration_us=duration_us,
            video=video or None,
            audio=audio,
        )

    def shot(self, start_us: int, end_us: int, sharpness: float = 0.8) -> Shot:
        return Shot(
            start_us=start_us, end_us=end_us, sharpness=sharpness, motion=0.3, brightness=0.5
        )

    def face(self, duration_us: int, x: float = 0.55, size: float = 0.3) -> FaceTrack:
        boxes = tuple(
            FaceBox(at_us=at, x=x, y=0.2, width=size * 9 / 16, height=size, score=0.9)
            for at in range(0, duration_us, SECOND // 4)
        )
        return FaceTrack(track_id=1, boxes=boxes)

    def footage(
        self,
        filename: str,
        media: MediaInfo,
        *,
        role: AssetRole | None = None,
        transcript: Transcript | None = None,
        speech: tuple[Span, ...] = (),
        shots: tuple[Shot, ...] = (),
        faces: tuple[FaceTrack, ...] = (),
    ) -> Footage:
        analysis = Analysis(
            analyser_version="1",
            sha256=uuid5(NAMESPACE, filename).hex * 2,
            media=media,
            transcript=transcript,
            speech=speech,
            shots=shots,
            faces=faces,
            loudness=Loudness(integrated_lufs=-20, true_peak_dbtp=-3, range_lu=5),
        )
        asset_id = uuid5(NAMESPACE, filename)
        return Footage(asset_id, filename, f"assets/{analysis.sha256}", analysis, role)

    def job(self, footage: Sequence[Footage], **wanted: object) -> JobRequested:
        outputs = tuple(
            OutputSpec(output_id=uuid5(NAMESPACE, kind), kind=kind, aspect_ratio=aspect)
            for kind, aspect in (("cinematic", "16:9"), ("vertical", "9:16"), ("hook", "9:16"))
        )
        job = JobRequested(
            job_id=UUID(int=1),
            project_id=UUID(int=2),
            user_id=UUID(int=3),
            assets=tuple(JobAsset(asset_id=one.asset_id, role=one.role) for one in footage),
            outputs=outputs,
            music=MusicChoice(),
        )
        return job.model_copy(update=wanted)


@pytest.fixture(scope="session")
def studio() -> Studio:
    return Studio()


INTERVIEW: Script = (
    ("So the main thing about", 1.5),
    ("So the main thing about bridges is that they connect people.", 0.9),
    ("Um, okay.", 0.8),
    ("We built the first one in nineteen days with forty volunteers.", 0.5),
    ("Nobody believed that it would hold.", 2.6),
    ("Sorry, let me start again.", 1.2),
    ("Have you ever crossed a river on foot?", 0.7),
    ("The mountains behind the village are cut off for half of the year.", 3.0),
    ("Now we are building three more, and the children walk to school.", 0.6),
    ("That is why I do it.", 1.4),
)


@pytest.fixture(scope="session")
def interview() -> Script:
    """A false start, a filler, a call for a retake, long silences, a question, a number."""
    return INTERVIEW


@pytest.fixture(scope="session")
def shoot(studio: Studio, interview: Script) -> list[Footage]:
    return [
        studio.talk(interview),
        studio.silent("mountains.mp4", 9, shots=2),
        studio.silent("river_broll.mp4", 7),
    ]
