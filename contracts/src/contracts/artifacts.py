"""Long documents that travel by object key."""

from typing import Literal

from pydantic import Field

from contracts.base import Contract, Microseconds
from contracts.media import MediaInfo

Share = float
"""0.0 to 1.0 of the displayed picture's width or height, or of a scale."""


class Span(Contract):
    """A stretch of source time: start included, end not."""

    start_us: Microseconds
    end_us: Microseconds

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us


class Word(Span):
    text: str = Field(description="As said, with the punctuation that follows it")
    confidence: Share = 1.0


class Transcript(Contract):
    """Words with times, and who heard them.

    `quality` is `model` for a speech recognition model of today, `given` for a text that the
    creator gave and that was aligned to the sound, and `draft` for the offline fallback, whose
    words may be wrong though their times hold.
    """

    provider: str = Field(description="e.g. faster-whisper/small, pocketsphinx/en-us")
    quality: Literal["model", "given", "draft"]
    language: str
    words: tuple[Word, ...]


class Shot(Span):
    """Between two cuts of the source."""

    sharpness: Share = Field(description="Share of the sharpest shot of this asset")
    motion: Share = Field(description="Mean change between sampled frames")
    brightness: Share


class FaceBox(Contract):
    """A face at one instant, in shares of the displayed picture."""

    at_us: Microseconds
    x: Share = Field(description="Left edge")
    y: Share = Field(description="Top edge")
    width: Share
    height: Share
    score: Share


class FaceTrack(Contract):
    """One face followed within one shot."""

    track_id: int
    boxes: tuple[FaceBox, ...]


class Loudness(Contract):
    """EBU R128."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


class Analysis(Contract):
    """What an asset holds. Times are source time, from the picture's (else the sound's) start."""

    analyser_version: str
    sha256: str
    media: MediaInfo
    transcript: Transcript | None = None
    speech: tuple[Span, ...] = ()
    shots: tuple[Shot, ...] = ()
    faces: tuple[FaceTrack, ...] = ()
    loudness: Loudness | None = None
    notes: tuple[str, ...] = Field((), description="What was left out or done by a fallback, said")
