"""Every endpoint, called by someone else, by nobody, and with a forged token."""

from typing import Any

import pytest
from fastapi import FastAPI

from gateway.openapi import document

OPEN = {"/api/v3/auth/sign-up", "/api/v3/auth/sign-in"}
BODIES: dict[str, Any] = {
    "/api/v3/jobs/{job_id}/actions": {"action": "cancel"},
    "/api/v3/projects": {"name": "x"},
}
UPLOAD = "/api/v3/projects/{project_id}/assets/upload"
ENDPOINTS = [
    (method.upper(), path)
    for path, operations in document()["paths"].items()
    for method in operations
    if path not in OPEN
]


async def call(creator: Any, method: str, path: str, ids: dict[str, str]) -> Any:
    body = {"files": {"file": ("a", b"1")}} if path == UPLOAD else {"json": BODIES.get(path, {})}
    url = "http://gateway" + path.format(**ids)
    return await creator.http.request(method, url, **(body if method == "POST" else {}))


@pytest.fixture
async def ids(creator: Any, tell: Any, others: Any) -> dict[str, str]:
    """Things of Ada's, of every kind that a path can name."""
    job = await creator.job(outputTypes=["cinematic"])
    await tell(others(creator, job).scenes(1, "review"))
    return {
        "project_id": job["projectId"],
        "asset_id": job["assetIds"][0],
        "job_id": job["id"],
        "scene_number": "1",
    }


async def test_what_is_someone_elses_is_not_there(
    creator: Any, join: Any, ids: dict[str, str]
) -> None:
    eve = await join("eve")
    before = await creator.get(f"/jobs/{ids['job_id']}")
    named = [(method, path) for method, path in ENDPOINTS if "{" in path]
    assert len(named) >= 15
    for method, path in named:
        answer = await call(eve, method, path, ids)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert await eve.get("/projects") == []
    assert await creator.get(f"/jobs/{ids['job_id']}") == before


@pytest.mark.parametrize(("token", "code"), [(None, "token_missing"), ("x.y.z", "token_invalid")])
async def test_nothing_opens_without_a_token(
    creator: Any, ids: dict[str, str], token: str | None, code: str
) -> None:
    creator.http.headers.pop("authorization")
    if token:
        creator.http.headers["authorization"] = f"Bearer {token}"
    for method, path in ENDPOINTS:
        answer = await call(creator, method, path, ids)
        assert (answer.status_code, answer.json()["code"]) == (401, code), path


async def test_every_endpoint_is_in_the_document(app: FastAPI) -> None:
    paths = set(app.openapi()["paths"])
    assert {path for path in paths if path.startswith("/api/")} == set(document()["paths"])
