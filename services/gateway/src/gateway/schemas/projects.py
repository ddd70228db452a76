"""Projects, as clients see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AliasChoices, Field

from gateway.schemas.base import Identified, Request
from gateway.vocabulary import Niche, ProjectStatus, TranscriptMode


class NewProject(Request):
    """A project that starts from footage needs a name alone; the rest is for prompts."""

    name: str = Field(
        validation_alias=AliasChoices("name", "title"),
        min_length=1,
        max_length=200,
        description="`title` is read too",
    )
    brief: str = Field("", max_length=10_000)
    prompt_text: str | None = Field(None, max_length=20_000)
    niche_preset: Niche | None = None
    target_minutes: int | None = Field(None, ge=1, le=10)
    voice_profile_id: UUID | None = None
    transcript_mode: TranscriptMode = "auto"
    transcript_text: str | None = Field(None, max_length=100_000)
    settings: dict[str, Any] = Field(default_factory=dict)


class ProjectView(Identified):
    name: str
    status: ProjectStatus
    brief: str
    prompt_text: str | None
    niche_preset: Niche | None
    target_minutes: int | None
    voice_profile_id: UUID | None
    transcript_mode: TranscriptMode
    transcript_text: str | None
    settings: dict[str, Any]
    created_at: datetime
    updated_at: datetime
