"""The timeline: the one edit document, from the director to the renderer.

Times on the timeline and in sources are integer microseconds. The renderer snaps absolute
positions, never durations, to the frame grid of `rate`, so that rounding cannot add up.
"""

from itertools import pairwise
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.artifacts import Share, Word
from contracts.base import Contract, Microseconds, Rational
from contracts.events import AspectRatio, CaptionStyle, OutputKind
from contracts.media import MediaInfo


class Source(Contract):
    """A stored asset that clips are taken from."""

    asset_id: UUID
    filename: str
    object_key: str
    sha256: str
    media: MediaInfo


class PathPoint(Contract):
    """Where the crop window's centre is, in shares of the displayed picture, at a source time."""

    at_us: Microseconds
    x: Share
    y: Share


class Fit(Contract):
    """The whole picture, fitted: bars are filled with a blurred copy, or the overhang is cut."""

    kind: Literal["fit"] = "fit"
    mode: Literal["contain", "cover"] = "cover"


class Reframe(Contract):
    """A crop of the canvas's shape that follows a path, linear between points, held at its ends.

    `zoom` 1.0 is the largest crop that fits the picture; 2.0 is half as wide and high.
    """

    kind: Literal["reframe"] = "reframe"
    path: tuple[PathPoint, ...] = Field(min_length=1)
    zoom: float = Field(1.0, ge=1.0, le=4.0)


class Window(Contract):
    """A crop window by its centre and its zoom (as in Reframe)."""

    x: Share
    y: Share
    zoom: float = Field(1.0, ge=1.0, le=8.0)


class KenBurns(Contract):
    """A slow move over a still (or a locked shot) from one window to another."""

    kind: Literal["ken_burns"] = "ken_burns"
    start: Window
    end: Window


Transform = Annotated[Fit | Reframe | KenBurns, Field(discriminator="kind")]


class Transition(Contract):
    """How a clip is entered. All but `cut` overlap it with the clip before by `duration_us`."""

    kind: Literal["cut", "dissolve", "dip_to_black", "wipe", "slide"] = "cut"
    duration_us: Microseconds = 0

    @model_validator(mode="after")
    def _only_a_cut_is_instant(self) -> Self:
        if (self.kind == "cut") != (self.duration_us == 0):
            raise ValueError("a cut takes no time, and every other transition takes some")
        return self


class Clip(Contract):
    """A stretch of a source on the timeline, picture and sound alike."""

    clip_id: str
    source: UUID = Field(description="asset_id of one of the timeline's sources")
    start_us: Microseconds = Field(description="Where it begins on the timeline")
    in_us: Microseconds
    out_us: Microseconds
    transform: Transform = Fit()
    transition: Transition = Transition()
    gain_db: float = 0.0
    muted: bool = False
    scene: int | None = Field(None, description="Number of the scene it belongs to")
    reason: str = Field(description="Why this stretch was chosen")

    @property
    def duration_us(self) -> int:
        return self.out_us - self.in_us

    @property
    def end_us(self) -> int:
        return self.start_us + self.duration_us

    @model_validator(mode="after")
    def _out_follows_in(self) -> Self:
        if self.out_us <= self.in_us:
            raise ValueError(f"clip {self.clip_id}: out point is not after in point")
        if self.transition.duration_us > self.duration_us:
            raise ValueError(f"clip {self.clip_id}: transition is longer than the clip")
        return self


class Music(Contract):
    """A bed under everything: looped or cut to length, ducked while someone speaks."""

    source: UUID
    gain_db: float = -14.0
    duck_db: float = Field(-12.0, le=0, description="Gain under speech, on top of gain_db")
    fade_in_us: Microseconds = 500_000
    fade_out_us: Microseconds = 1_500_000


class Caption(Contract):
    """A group of words shown together, each word timed on the timeline."""

    words: tuple[Word, ...] = Field(min_length=1)

    @property
    def start_us(self) -> int:
        return self.words[0].start_us

    @property
    def end_us(self) -> int:
        return self.words[-1].end_us

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class Captions(Contract):
    style: CaptionStyle = "clean"
    language: str = "en"
    groups: tuple[Caption, ...] = ()


class Brand(Contract):
    """How the creator's pictures look. Colours are #RRGGBB."""

    primary: str = "#FFFFFF"
    accent: str = "#FFD400"
    font: str | None = None


class Canvas(Contract):
    """Even width and height in pixels."""

    width: int = Field(gt=0, multiple_of=2)
    height: int = Field(gt=0, multiple_of=2)


class Provenance(Contract):
    """Who did what, so that no fallback passes for a model."""

    director: str
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Timeline(Contract):
    """One output's edit.

    `picture` is the spine: clips in order without gaps, each starting where the one before ends,
    less the overlap of its transition. `cutaways` lie over it (picture only: the spine's sound
    goes on) and do not overlap each other. `voice` clips add sound over the spine.
    """

    version: Literal[1] = 1
    kind: OutputKind
    aspect_ratio: AspectRatio
    canvas: Canvas
    rate: Rational
    sources: tuple[Source, ...]
    picture: tuple[Clip, ...] = Field(min_length=1)
    cutaways: tuple[Clip, ...] = ()
    voice: tuple[Clip, ...] = ()
    music: Music | None = None
    captions: Captions = Captions()
    loudness_lufs: float = -14.0
    true_peak_dbtp: float = -1.0
    brand: Brand = Brand()
    reason: str = Field("", description="Why this cut, e.g. the hook's scored reason")
    provenance: Provenance

    @property
    def duration_us(self) -> int:
        return self.picture[-1].end_us

    def source_of(self, clip: Clip) -> Source:
        return next(source for source in self.sources if source.asset_id == clip.source)

    @model_validator(mode="after")
    def _spine_is_gapless(self) -> Self:
        if self.picture[0].start_us != 0:
            raise ValueError(f"clip {self.picture[0].clip_id}: the spine begins at 0")
        for left, right in pairwise(self.picture):
            overlap = right.transition.duration_us
            if right.start_us != left.end_us - overlap:
                raise ValueError(f"clip {right.clip_id}: gap or overlap on the spine")
            if overlap > left.duration_us:
                raise ValueError(f"clip {right.clip_id}: transition is longer than the clip before")
        return self

    @model_validator(mode="after")
    def _cutaways_lie_on_the_spine(self) -> Self:
        for left, right in pairwise(self.cutaways):
            if right.start_us < left.end_us:
                raise ValueError(f"cutaway {right.clip_id} overlaps {left.clip_id}")
        if self.cutaways and self.cutaways[-1].end_us > self.duration_us:
            raise ValueError("a cutaway outlasts the picture")
        return self

    @model_validator(mode="after")
    def _clips_stay_within_their_sources(self) -> Self:
        known = {source.asset_id: source.media for source in self.sources}
        for clip in (*self.picture, *self.cutaways, *self.voice):
            media = known.get(clip.source)
            if media is None:
                raise ValueError(f"clip {clip.clip_id}: unknown source {clip.source}")
            if media.kind != "image" and clip.out_us > media.duration_us:
                raise ValueError(f"clip {clip.clip_id}: cut outside its source")
        if self.music and self.music.source not in known:
            raise ValueError("the music's source is unknown")
        return self
