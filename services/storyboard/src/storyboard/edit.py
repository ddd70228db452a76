"""The director's cut: scenes of stretches, before any aspect ratio or output is thought of.

It is what a director (of rules, or a model) makes, what a review changes, and what every timeline
is derived from. Stored as JSON with its storyboard version.
"""

from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.artifacts import Span
from contracts.base import Contract, Microseconds
from contracts.timeline import Transition
from storyboard.wishes import Wishes


class Moment(Span):
    """What is never cut into: a sentence, or in a montage a shot. Times are of its source."""

    source: UUID
    kind: Literal["sentence", "shot"]
    text: str = ""
    score: float = Field(default=0.0, description="How well it would open a video")
    reason: str


class Segment(Contract):
    """A stretch of one source on the spine, picture and sound, around the moments it is for."""

    source: UUID
    in_us: Microseconds
    out_us: Microseconds
    moments: tuple[Moment, ...] = Field(min_length=1)
    zoom: float = 1.0
    transition: Transition = Transition()
    reason: str

    @property
    def duration_us(self) -> int:
        return self.out_us - self.in_us


class Cutaway(Contract):
    """A picture over the spine, `at_us` after its scene begins."""

    at_us: Microseconds
    source: UUID
    in_us: Microseconds
    out_us: Microseconds
    reason: str

    @property
    def end_us(self) -> int:
        return self.at_us + self.out_us - self.in_us


class SceneEdit(Contract):
    """A scene by what is seen and heard in it. It knows nothing of the scenes around it."""

    scene_id: UUID
    number: int
    segments: tuple[Segment, ...] = Field(min_length=1)
    cutaways: tuple[Cutaway, ...] = ()
    reason: str

    @property
    def moments(self) -> tuple[Moment, ...]:
        return tuple(moment for segment in self.segments for moment in segment.moments)

    @property
    def length_us(self) -> int:
        """From its first frame to its last, the overlap with the scene before included."""
        inner = sum(segment.transition.duration_us for segment in self.segments[1:])
        return sum(segment.duration_us for segment in self.segments) - inner

    @property
    def duration_us(self) -> int:
        """What it adds to the video."""
        return self.length_us - self.segments[0].transition.duration_us


class Edit(Contract):
    """Everything that one storyboard version decided."""

    director: str
    scenes: tuple[SceneEdit, ...] = Field(min_length=1)
    music: UUID | None = None
    wishes: Wishes = Wishes()
    left_out: tuple[str, ...] = Field(default=(), description="What was not used, and why")
    notes: tuple[str, ...] = ()

    @property
    def duration_us(self) -> int:
        return sum(scene.duration_us for scene in self.scenes)
