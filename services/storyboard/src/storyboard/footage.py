"""One asset as a director sees it."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from contracts.artifacts import Analysis, FaceTrack, Shot, Span, Word
from contracts.media import AssetRole, MediaInfo
from contracts.timeline import Source

SECOND = 1_000_000
_UNKNOWN_SHOT = {"sharpness": 0.5, "motion": 0.3, "brightness": 0.5}


@dataclass(frozen=True)
class Footage:
    """A stored asset and what was seen and heard in it. Its times are kept within its duration."""

    asset_id: UUID
    filename: str
    object_key: str
    analysis: Analysis
    role: AssetRole | None = None

    @property
    def media(self) -> MediaInfo:
        return self.analysis.media

    @property
    def duration_us(self) -> int:
        return self.media.duration_us

    @property
    def has_picture(self) -> bool:
        return self.media.video is not None or self.media.kind == "image"

    @property
    def is_still(self) -> bool:
        return self.media.kind == "image"

    @property
    def faces(self) -> tuple[FaceTrack, ...]:
        return tuple(track for track in self.analysis.faces if track.boxes)

    @property
    def as_source(self) -> Source:
        return Source(
            asset_id=self.asset_id,
            filename=self.filename,
            object_key=self.object_key,
            sha256=self.analysis.sha256,
            media=self.media,
        )

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Words in order, none empty, none overlapping another, all within the source."""
        heard = self.analysis.transcript.words if self.analysis.transcript else ()
        words: list[Word] = []
        for word in sorted(heard, key=lambda word: (word.start_us, word.end_us)):
            start = max(word.start_us, words[-1].end_us if words else 0)
            end = min(word.end_us, self.duration_us)
            if end > start and word.text.strip():
                timed = {"start_us": start, "end_us": end, "text": word.text.strip()}
                words.append(word.model_copy(update=timed))
        return tuple(words)

    @cached_property
    def speech(self) -> tuple[Span, ...]:
        """Stretches where someone speaks, in order and apart from each other."""
        spans: list[Span] = []
        for span in sorted(self.analysis.speech, key=lambda span: span.start_us):
            start = max(span.start_us, spans[-1].end_us if spans else 0)
            end = min(span.end_us, self.duration_us)
            if end > start:
                spans.append(Span(start_us=start, end_us=end))
        return tuple(spans)

    @cached_property
    def shots(self) -> tuple[Shot, ...]:
        """Its shots; the whole of it as one where none were looked for."""
        shots = [
            shot.model_copy(update={"end_us": min(shot.end_us, self.duration_us)})
            for shot in self.analysis.shots
            if shot.start_us < min(shot.end_us, self.duration_us)
        ]
        whole = Shot(start_us=0, end_us=self.duration_us, **_UNKNOWN_SHOT)
        return tuple(shots) or (whole,)

    @property
    def speech_us(self) -> int:
        return sum(span.duration_us for span in self.speech or self.words)

    def words_within(self, start_us: int, end_us: int) -> tuple[Word, ...]:
        first = bisect_left(self.words, start_us, key=lambda word: word.start_us)
        last = bisect_right(self.words, end_us, key=lambda word: word.end_us)
        return self.words[first:last]
