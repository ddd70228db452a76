"""Accounts, as clients see them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from gateway.passwords import LONGEST_BYTES, SHORTEST
from gateway.schemas.base import Document, Request

# Whether an address works only a message to it can tell.
Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


def _short_enough(password: str) -> str:
    if len(password.encode()) > LONGEST_BYTES:
        raise ValueError(f"a password has at most {LONGEST_BYTES} bytes")
    return password


class SignUp(Request):
    email: Email
    password: Annotated[str, Field(min_length=SHORTEST), AfterValidator(_short_enough)]
    display_name: str | None = Field(None, max_length=200)


class SignIn(Request):
    email: str = Field(max_length=254)
    password: str = Field(max_length=1024)


class UserView(Document):
    id: UUID
    email: str
    display_name: str | None
    created_at: datetime


class Session(Document):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 (RFC 6750's word)
    expires_in: int = Field(description="Seconds")
    user: UserView
