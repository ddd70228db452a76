"""Jobs, as clients ask for them."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from contracts.events import AspectRatio, CaptionStyle, OutputKind, Quality, Review
from gateway.schemas.base import Request
from gateway.wanted_outputs import DEFAULT_KINDS

MusicMode = Literal["auto", "none", "asset"]
MOST_ASSETS = 200


def _without_repeats(ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))


class NewJob(Request):
    output_types: list[OutputKind] = Field(
        list(DEFAULT_KINDS),
        min_length=1,
        max_length=10,
        description="Cinematic is always 16:9 and vertical always 9:16.",
    )
    aspect_ratios: list[AspectRatio] | None = Field(
        None,
        min_length=1,
        max_length=4,
        description="Short, hook and dialogue are made once per ratio given. "
        "Without this field short and hook are 9:16, and dialogue is 16:9.",
    )
    caption_style: CaptionStyle = "clean"
    music_mode: MusicMode = "auto"
    music_asset_id: UUID | None = Field(None, description="With musicMode `asset`")
    quality: Quality = "1080p"
    brief: str = Field("", max_length=10_000, description="Defaults to the project's")
    review: Review = Field("auto", description="`required`: nothing is rendered unapproved")
    asset_ids: Annotated[list[UUID], AfterValidator(_without_repeats)] | None = Field(
        None,
        min_length=1,
        max_length=MOST_ASSETS,
        description="Defaults to all usable assets of the project, oldest first. "
        "Assets that are still being taken in may be used.",
    )

    @model_validator(mode="after")
    def _music_is_named(self) -> Self:
        if (self.music_mode == "asset") != (self.music_asset_id is not None):
            raise ValueError("musicAssetId goes with musicMode `asset`, and only with it")
        return self


class Approve(Request):
    action: Literal["approve_storyboard"]
    version: int | None = Field(None, description="The version that was looked at")


class Reject(Request):
    action: Literal["reject_storyboard"]
    feedback: str = Field(min_length=1, max_length=4_000)
    version: int | None = None


class RegenerateScene(Request):
    action: Literal["regenerate_scene"]
    scene_number: int = Field(ge=1)
    feedback: str = Field("", max_length=4_000)
    version: int | None = None


class RegenerateAll(Request):
    action: Literal["regenerate_all_scenes"]
    feedback: str = Field("", max_length=4_000)
    version: int | None = None


class RetryOutputs(Request):
    action: Literal["retry_outputs"]
    output_ids: list[UUID] | None = Field(
        None, min_length=1, max_length=50, description="Defaults to all failed outputs"
    )


class Cancel(Request):
    action: Literal["cancel"]


StoryboardAct = Approve | Reject | RegenerateScene | RegenerateAll
JobAction = Annotated[StoryboardAct | RetryOutputs | Cancel, Field(discriminator="action")]
