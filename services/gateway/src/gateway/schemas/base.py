"""The shape of every answer: camelCase, in an envelope."""

from typing import Any, Generic, Protocol, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

T = TypeVar("T")


class Document(BaseModel):
    """JSON in camelCase; snake_case is read too."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class Request(Document):
    """What a client sends: a field that we do not know is a mistake, and said so."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Identified(Document):
    """What a paged list can hold."""

    id: UUID


class Envelope(Document, Generic[T]):
    data: T


class Meta(Document):
    next_cursor: str | None = Field(description="Pass as `cursor` for what follows; null: the end")


class Page(Document, Generic[T]):
    data: list[T]
    meta: Meta


class Fault(Document):
    """Why something failed: a stable code for programs, a sentence for people."""

    code: str
    detail: str

    @classmethod
    def of(cls, row: "HasError") -> Self | None:
        return cls(code=row.error_code, detail=row.error_message or "") if row.error_code else None


class HasError(Protocol):
    error_code: Any
    error_message: Any


class ProblemDetails(Document):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable: what programs go by")
    detail: str | None = None
    ids: dict[str, str] | None = None
    errors: list[dict[str, str]] | None = None
