"""What the routes work with, and how they get at it."""

from dataclasses import dataclass
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from chassis.database import Database
from chassis.objects import ObjectStore
from gateway.job_feed import JobFeed
from gateway.passwords import Passwords
from gateway.problems import TokenMissing
from gateway.settings import Settings
from gateway.tokens import Tokens


@dataclass(frozen=True)
class Gateway:
    """At `app.state.gateway`."""

    settings: Settings
    database: Database
    store: ObjectStore
    tokens: Tokens
    passwords: Passwords
    feed: JobFeed


def _gateway(request: Request) -> Gateway:
    return cast(Gateway, request.app.state.gateway)


GatewayPart = Annotated[Gateway, Depends(_gateway)]
Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, bearerFormat="JWT")),
]


def _user_id(gateway: GatewayPart, bearer: Bearer) -> UUID:
    if bearer is None:
        raise TokenMissing
    return gateway.tokens.user_of(bearer.credentials)


UserId = Annotated[UUID, Depends(_user_id)]
