"""What is to be directed: the payload of the work."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

DIRECT = "storyboard.direct"


class Direction(BaseModel):
    """A first version, or a new one made of the version before it."""

    job_id: UUID
    version: int
    action: Literal["direct", "reject", "regenerate_all", "regenerate_scene"] = "direct"
    scene_number: int | None = None
    feedback: str = ""
    request_id: UUID | None = None

    @property
    def key(self) -> str:
        return f"{self.job_id}/{self.version}/{self.request_id or 'first'}"
