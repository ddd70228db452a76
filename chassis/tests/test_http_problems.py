from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from chassis.errors import Problem, Transient
from chassis.http_problems import add_problem_handlers


class Brief(BaseModel):
    text: str = Field(min_length=3)


class NotYours(Problem):
    code = "project_missing"
    title = "There is no such project"
    status = 404


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    add_problem_handlers(app)

    @app.get("/problem")
    async def problem() -> None:
        raise NotYours("it may have been deleted", project_id="p1")

    @app.get("/transient")
    async def transient() -> None:
        raise Transient("connection lost to 10.0.0.3")

    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("password=hunter2")

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(401, "sign in first", {"www-authenticate": "Bearer"})

    @app.post("/briefs/{number}")
    async def brief(number: int, brief: Brief) -> None: ...

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def body_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    return body


async def test_a_problem_tells_its_code_and_ids(http: httpx.AsyncClient) -> None:
    body = body_of(await http.get("/problem"))
    assert body == {
        "type": "about:blank",
        "title": "There is no such project",
        "status": 404,
        "code": "project_missing",
        "detail": "it may have been deleted",
        "ids": {"projectId": "p1"},
    }


async def test_a_transient_failure_asks_to_try_again(http: httpx.AsyncClient) -> None:
    answer = await http.get("/transient")
    assert body_of(answer)["code"] == "try_again"
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "10.0.0.3" not in answer.text


async def test_an_unknown_error_leaks_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/bug")
    assert body_of(answer)["code"] == "internal_error"
    assert "hunter2" not in answer.text


async def test_an_invalid_request_names_the_fields(http: httpx.AsyncClient) -> None:
    body = body_of(await http.post("/briefs/one", json={"text": "a"}))
    assert body["code"] == "invalid_request"
    assert [(error["field"], error["code"]) for error in body["errors"]] == [
        ("path.number", "int_parsing"),
        ("body.text", "string_too_short"),
    ]


async def test_http_errors_have_codes_too(http: httpx.AsyncClient) -> None:
    assert body_of(await http.get("/nowhere"))["code"] == "not_found"
    assert body_of(await http.delete("/bug"))["code"] == "method_not_allowed"
    unauthorised = await http.get("/teapot")
    assert body_of(unauthorised)["code"] == "unauthorized"
    assert body_of(unauthorised)["detail"] == "sign in first"
    assert unauthorised.headers["www-authenticate"] == "Bearer"
