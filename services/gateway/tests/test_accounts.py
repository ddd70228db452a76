"""Signing up, signing in, and what a token is good for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from chassis.errors import Problem
from chassis.ids import uuid7
from gateway.composition import Gateway
from gateway.problems import TokenExpired, TokenInvalid
from gateway.tokens import CLAIMS, Tokens


async def post(http: httpx.AsyncClient, path: str, **body: str) -> tuple[int, Any]:
    answer = await http.post(path, json=body)
    return answer.status_code, answer.json()


async def test_an_account_signs_in_whatever_the_case_of_its_address(creator: Any) -> None:
    status, body = await post(
        creator.http, "/auth/sign-in", email="ADA@Example.com", password="correct horse"
    )
    assert status == 200
    session = body["data"]
    assert session["user"]["email"] == "ada@example.com"
    assert session["expiresIn"] == 24 * 3600
    creator.http.headers["authorization"] = f"Bearer {session['accessToken']}"
    assert (await creator.get("/me"))["id"] == str(creator.id)


async def test_an_address_has_one_account(creator: Any) -> None:
    status, body = await post(
        creator.http, "/auth/sign-up", email="Ada@example.COM", password="another one"
    )
    assert (status, body["code"]) == (409, "email_taken")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong horse"),
        ("nobody@example.com", "correct horse"),
        ("ada@example.com", "x" * 100),
    ],
)
async def test_wrong_credentials_look_alike(creator: Any, email: str, password: str) -> None:
    status, body = await post(creator.http, "/auth/sign-in", email=email, password=password)
    assert (status, body["code"]) == (401, "credentials_invalid")


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("no address", "long enough", "body.email"),
        ("a@b.example", "short", "body.password"),
        ("a@b.example", "é" * 37, "body.password"),
    ],
)
async def test_a_sign_up_that_is_not_right_says_where(
    creator: Any, email: str, password: str, field: str
) -> None:
    status, body = await post(creator.http, "/auth/sign-up", email=email, password=password)
    assert (status, body["errors"][0]["field"]) == (422, field)


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    usual = {
        "iss": "cinema",
        "aud": "cinema-api",
        "sub": str(uuid7()),
        "iat": now,
        "exp": now + timedelta(hours=1),
        "jti": str(uuid7()),
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


OLD = datetime.now(UTC) - timedelta(seconds=1)
TOKENS = Tokens("j" * 32, "cinema", "cinema-api", timedelta(hours=1))


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("not.a.token", TokenInvalid),
        (jwt.encode(claims(exp=OLD), "j" * 32), TokenExpired),
        (jwt.encode(claims(), "k" * 32), TokenInvalid),
        (jwt.encode(claims(), "", "none"), TokenInvalid),
        (jwt.encode(claims(), "j" * 64, "HS512"), TokenInvalid),
        (jwt.encode(claims(iss="else"), "j" * 32), TokenInvalid),
        (jwt.encode(claims(aud="else"), "j" * 32), TokenInvalid),
        (jwt.encode(claims(sub="ada"), "j" * 32), TokenInvalid),
        *((jwt.encode(claims(**{name: None}), "j" * 32), TokenInvalid) for name in CLAIMS),
    ],
)
def test_a_token_that_is_not_ours_opens_nothing(token: str, problem: type[Problem]) -> None:
    with pytest.raises(problem):
        TOKENS.user_of(token)


def test_every_token_is_another_one() -> None:
    user_id = uuid7()
    first, second = TOKENS.issue(user_id), TOKENS.issue(user_id)
    assert first != second
    assert TOKENS.user_of(first) == TOKENS.user_of(second) == user_id


async def test_a_token_of_an_account_that_is_gone(creator: Any, gateway: Gateway) -> None:
    creator.http.headers["authorization"] = f"Bearer {gateway.tokens.issue(uuid7())}"
    assert (await creator.get("/me", 401))["code"] == "token_invalid"
