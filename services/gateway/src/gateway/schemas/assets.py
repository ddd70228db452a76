"""Assets, as clients see them."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from contracts.media import AssetRole, MediaInfo, MediaKind
from gateway.models import Asset
from gateway.schemas.base import Fault, Identified
from gateway.vocabulary import AssetStatus


class AssetView(Identified):
    """Media facts are null until the asset is ingested."""

    project_id: UUID
    name: str
    role: AssetRole | None
    status: AssetStatus
    type: MediaKind | None
    content_type: str
    size_bytes: int
    sha256: str | None
    duration_seconds: float | None
    width: int | None = Field(description="As displayed, after rotation")
    height: int | None
    frame_rate: str | None = Field(description="Exact", examples=["30000/1001"])
    variable_frame_rate: bool | None
    rotation: Literal[0, 90, 180, 270] | None
    video_codec: str | None
    audio_codec: str | None
    has_audio: bool | None
    url: str
    thumbnail_url: str | None
    error: Fault | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, asset: Asset) -> Self:
        media = MediaInfo.model_validate(asset.media) if asset.media else None
        video, audio = (media.video, media.audio) if media else (None, None)
        url = f"/api/v3/assets/{asset.id}/data"
        thumbnail = f"/api/v3/assets/{asset.id}/thumbnail" if asset.thumbnail_path else None
        return cls.model_validate(
            {
                **{name: getattr(asset, name) for name in STORED},
                "duration_seconds": None if asset.duration_us is None else asset.duration_us / 1e6,
                "frame_rate": f"{video.rate.numerator}/{video.rate.denominator}" if video else None,
                "variable_frame_rate": video.variable_rate if video else None,
                "rotation": video.rotation if video else None,
                "video_codec": video.codec if video else None,
                "audio_codec": audio.codec if audio else None,
                "has_audio": audio is not None if media else None,
                "url": url,
                "thumbnail_url": thumbnail,
                "error": Fault.of(asset),
            }
        )


STORED = AssetView.model_fields.keys() & Asset.__table__.columns.keys()
