"""Every event of the system: past-tense facts, one model per topic.

`EVENTS` at the end is the topic table. Events stay small: media and long documents travel by
object key. The key of an event (job id, or asset id) orders it among its kin.
"""

from abc import ABC, abstractmethod
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Contract, Microseconds, ProblemInfo, Rational
from contracts.media import AssetRole, MediaInfo

OutputKind = Literal["cinematic", "vertical", "short", "hook", "dialogue"]
AspectRatio = Literal["16:9", "9:16"]
Quality = Literal["720p", "1080p", "2160p"]
CaptionStyle = Literal["none", "clean", "bold", "karaoke"]
Review = Literal["required", "auto"]


class Event(Contract, ABC):
    """A fact that other services react to."""

    topic: ClassVar[str]

    @property
    @abstractmethod
    def key(self) -> str:
        """What the event is about: events of one key are handled in order."""


class AssetEvent(Event):
    asset_id: UUID

    @property
    def key(self) -> str:
        return str(self.asset_id)


class JobEvent(Event):
    job_id: UUID

    @property
    def key(self) -> str:
        return str(self.job_id)


class UploadedFile(Contract):
    kind: Literal["upload"] = "upload"
    key: str = Field(description="Object key of the raw upload")
    size_bytes: int


class RemoteFile(Contract):
    kind: Literal["url"] = "url"
    url: str


class AssetSubmitted(AssetEvent):
    """An upload arrived, or a URL is to be fetched."""

    topic: ClassVar[str] = "asset.submitted"
    project_id: UUID
    user_id: UUID
    filename: str
    role: AssetRole | None = None
    source: Annotated[UploadedFile | RemoteFile, Field(discriminator="kind")]
    transcript: str | None = Field(None, description="What is said, where the creator knows it")


class AssetIngested(AssetEvent):
    """Checked, stored once by content, probed; its thumbnail is made."""

    topic: ClassVar[str] = "asset.ingested"
    project_id: UUID
    user_id: UUID
    filename: str
    sha256: str
    object_key: str
    thumbnail_key: str | None = None
    media: MediaInfo
    transcript: str | None = None


class AssetRejected(AssetEvent):
    """Not usable, and why, in a word that a client can act on."""

    topic: ClassVar[str] = "asset.rejected"
    project_id: UUID
    user_id: UUID
    problem: ProblemInfo


class AnalysisDone(AssetEvent):
    """An asset was watched and listened to, or could not be."""

    topic: ClassVar[str] = "analysis.done"
    sha256: str
    filename: str
    object_key: str = Field(description="The asset itself")
    media: MediaInfo
    analysis_key: str | None = Field(None, description="A contracts.artifacts.Analysis, as JSON")
    problem: ProblemInfo | None = None


class JobAsset(Contract):
    asset_id: UUID
    role: AssetRole | None = None


class OutputSpec(Contract):
    """One wanted cut. Its id names its place in the store, however often it is rendered."""

    output_id: UUID
    kind: OutputKind
    aspect_ratio: AspectRatio


class MusicChoice(Contract):
    mode: Literal["auto", "none", "asset"] = "auto"
    asset_id: UUID | None = None


class JobRequested(JobEvent):
    """A creator wants cuts: from which assets, to which brief."""

    topic: ClassVar[str] = "job.requested"
    project_id: UUID
    user_id: UUID
    brief: str = ""
    assets: tuple[JobAsset, ...]
    outputs: tuple[OutputSpec, ...]
    review: Review = "auto"
    caption_style: CaptionStyle = "clean"
    music: MusicChoice = MusicChoice()
    quality: Quality = "1080p"


class Scene(Contract):
    """One scene of a storyboard, as a person reads it."""

    scene_id: UUID
    number: int = Field(ge=1)
    duration_us: Microseconds
    description: str
    script: str = ""
    shot_type: str
    transition: str
    asset_ids: tuple[UUID, ...] = ()
    reason: str = Field(description="Why the director chose it")
    metadata: dict[str, Any] = Field(default_factory=dict)


class ScenesGenerated(JobEvent):
    """A storyboard version: its scenes await review, are approved, or could not be made."""

    topic: ClassVar[str] = "scenes.generated"
    version: int
    status: Literal["review", "approved", "failed"]
    director: str = Field(description="Who directed, e.g. rules/1")
    scenes: tuple[Scene, ...] = ()
    problem: ProblemInfo | None = None
    request_id: UUID | None = Field(None, description="The storyboard.requested that it answers")


class StoryboardRequested(JobEvent):
    """A creator acts on a storyboard version."""

    topic: ClassVar[str] = "storyboard.requested"
    request_id: UUID
    version: int = Field(description="The version acted on; an older one is refused")
    action: Literal["approve", "reject", "regenerate_scene", "regenerate_all"]
    scene_number: int | None = None
    feedback: str = ""


class Cut(Contract):
    """The timeline of one kind of output, or why there is none."""

    kind: OutputKind
    aspect_ratio: AspectRatio
    timeline_key: str | None = Field(None, description="A contracts.timeline.Timeline, as JSON")
    problem: ProblemInfo | None = None


class StoryboardApproved(JobEvent):
    """What to cut: a timeline for every kind that can be derived, and the outputs wanted now."""

    topic: ClassVar[str] = "storyboard.approved"
    project_id: UUID
    user_id: UUID
    version: int
    cuts: tuple[Cut, ...]
    outputs: tuple[OutputSpec, ...]
    quality: Quality = "1080p"
    request_id: UUID | None = None


class Artifact(Contract):
    """A file that rendering an output made."""

    kind: Literal["video", "audio", "image", "captions", "timeline", "manifest", "zip"]
    key: str
    filename: str
    content_type: str
    size_bytes: int


class OutputFacts(Contract):
    """What was measured on the finished file."""

    duration_us: Microseconds
    width: int
    height: int
    rate: Rational
    size_bytes: int
    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None


class OutputRendered(JobEvent):
    """One output completed or failed; its siblings are not touched by it."""

    topic: ClassVar[str] = "output.rendered"
    output_id: UUID
    kind: OutputKind
    aspect_ratio: AspectRatio
    status: Literal["completed", "failed"]
    artifacts: tuple[Artifact, ...] = ()
    facts: OutputFacts | None = None
    problem: ProblemInfo | None = None


class JobProgressed(JobEvent):
    """How far a step is. Lossy by design: the facts travel on the other topics."""

    topic: ClassVar[str] = "job.progressed"
    step: Literal["assets", "analysis", "edl", "rendering", "finalizing"]
    percent: int = Field(ge=0, le=100)
    message: str = ""
    output_id: UUID | None = None


class JobCanceled(JobEvent):
    """Stop it."""

    topic: ClassVar[str] = "job.canceled"
    reason: str = ""


class OutputsRequested(JobEvent):
    """Render failed outputs again, or a new variant of an approved storyboard."""

    topic: ClassVar[str] = "outputs.requested"
    outputs: tuple[OutputSpec, ...]


EVENTS: dict[str, type[Event]] = {
    event.topic: event
    for event in (
        AssetSubmitted,
        AssetIngested,
        AssetRejected,
        AnalysisDone,
        JobRequested,
        ScenesGenerated,
        StoryboardRequested,
        StoryboardApproved,
        OutputRendered,
        JobProgressed,
        JobCanceled,
        OutputsRequested,
    )
}
