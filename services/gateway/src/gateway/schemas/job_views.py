"""Jobs, as clients see them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from contracts.events import AspectRatio, CaptionStyle, OutputKind, Quality, Review
from gateway.schemas.base import Document, Fault, Identified
from gateway.schemas.jobs import MusicMode
from gateway.vocabulary import JobStatus, OutputStatus, Stage, StepName, StepState


class JobConfig(Document):
    """What was asked for."""

    output_types: list[OutputKind]
    aspect_ratios: list[AspectRatio] | None
    caption_style: CaptionStyle
    music_mode: MusicMode
    music_asset_id: UUID | None
    quality: Quality
    brief: str
    review: Review


class StoryboardView(Document):
    version: int
    status: Literal["review", "approved"]
    director: str = Field(description="Who directed", examples=["rules/1"])


class StepView(Document):
    name: StepName
    state: StepState
    percent: int = Field(ge=0, le=100)
    message: str
    started_at: datetime | None
    finished_at: datetime | None


class OutputView(Document):
    """One cut. What was measured on it is null until it is completed."""

    id: UUID
    output_type: OutputKind
    aspect_ratio: AspectRatio
    status: OutputStatus
    progress: int = Field(ge=0, le=100)
    duration_seconds: float | None
    width: int | None
    height: int | None
    frame_rate: str | None = Field(examples=["30/1"])
    size_bytes: int | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    error: Fault | None


class ArtifactView(Document):
    kind: str = Field(examples=["video", "captions", "timeline", "manifest"])
    filename: str
    content_type: str
    size_bytes: int
    url: str = Field(description="Signed: needs no token, and works until `expiresAt`")


class OutputFiles(OutputView):
    url: str | None = Field(description="The video, signed; null until it is completed")
    artifacts: list[ArtifactView]
    expires_at: datetime


class SceneView(Document):
    id: UUID
    scene_number: int
    duration: float = Field(description="Seconds")
    description: str
    script: str
    shot_type: str
    transition: str
    assets: list[UUID]
    reason: str = Field(description="Why the director chose it")
    metadata: dict[str, Any]


class JobView(Identified):
    """`revision` rises with every change; events carry it as their id."""

    project_id: UUID
    revision: int
    status: JobStatus
    stage: Stage
    progress: int = Field(ge=0, le=100, description="Never falls, but by `retry_outputs`")
    status_message: str
    config: JobConfig
    asset_ids: list[UUID]
    storyboard: StoryboardView | None
    steps: list[StepView]
    outputs: list[OutputView]
    scenes: list[SceneView]
    error: Fault | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    updated_at: datetime
