"""Every failure that leaves over HTTP, as RFC 9457 problem details with a stable `code`."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from chassis.errors import Problem, Transient

RETRY_SECONDS = "1"


def add_problem_handlers(app: FastAPI) -> None:
    """Have the app answer each kind of failure with a problem; an unknown one says nothing."""
    app.exception_handler(Problem)(_on_problem)
    app.exception_handler(Transient)(_on_transient)
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(HTTPException)(_on_http_exception)
    app.exception_handler(Exception)(_on_unknown)


def problem_response(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> JSONResponse:
    """Return the answer; `members` are further fields of its body."""
    body = {"type": "about:blank", "title": title, "status": status, "code": code, **members}
    if detail:
        body["detail"] = detail
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


async def _on_problem(_: Request, problem: Problem) -> JSONResponse:
    ids = {_camel(name): value for name, value in problem.ids.items()}
    members = {"ids": ids} if ids else {}
    return problem_response(problem.status, problem.code, problem.title, problem.detail, **members)


async def _on_transient(_: Request, __: Transient) -> JSONResponse:
    return problem_response(
        503,
        "try_again",
        "This cannot be done just now",
        headers={"retry-after": RETRY_SECONDS},
    )


async def _on_invalid_request(_: Request, error: RequestValidationError) -> JSONResponse:
    fields = [
        {"field": ".".join(map(str, part["loc"])), "message": part["msg"], "code": part["type"]}
        for part in error.errors()
    ]
    return problem_response(
        422, "invalid_request", "The request is not as it should be", errors=fields
    )


async def _on_http_exception(_: Request, error: HTTPException) -> JSONResponse:
    phrase = HTTPStatus(error.status_code).phrase
    detail = "" if error.detail == phrase else str(error.detail)
    code = re.sub(r"\W+", "_", phrase).lower()
    return problem_response(error.status_code, code, phrase, detail, headers=error.headers)


async def _on_unknown(_: Request, __: Exception) -> JSONResponse:
    return problem_response(500, "internal_error", "Something went wrong on our side")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
