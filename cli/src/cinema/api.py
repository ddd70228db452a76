"""The public REST API, as the terminal uses it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

Json = dict[str, Any]

ENDED = frozenset({"completed", "failed", "canceled"})
_RECONNECT_S = 0.5
_GIVE_UP_S = 60
_MANIFEST_WAIT_S = 15


class ApiProblem(Exception):
    """The API refused, with a stable code (RFC 9457 problem details)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{detail} [{code}]")
        self.code = code
        self.detail = detail


class Api:
    """One creator's session. Raises ApiProblem where the API answers with a problem."""

    def __init__(self, url: str) -> None:
        timeout = httpx2.Timeout(30, read=120)
        self._http = httpx2.Client(base_url=url.rstrip("/") + "/api/v3", timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def use_token(self, token: str) -> None:
        self._http.headers["authorization"] = f"Bearer {token}"

    def sign_up(self, email: str, password: str) -> None:
        data = self._post("/auth/sign-up", {"email": email, "password": password})
        self.use_token(data["accessToken"])

    def sign_in(self, email: str, password: str) -> None:
        data = self._post("/auth/sign-in", {"email": email, "password": password})
        self.use_token(data["accessToken"])

    def create_project(self, name: str) -> str:
        return str(self._post("/projects", {"name": name})["id"])

    def upload(self, project_id: str, clip: Path, *, role: str | None = None) -> Json:
        """Stream a clip up, with the transcript that lies beside it as a .txt, if any."""
        fields = {"role": role} if role else {}
        transcript = clip.with_suffix(".txt")
        if clip.suffix != ".txt" and transcript.is_file():
            fields["transcript"] = transcript.read_text(encoding="utf-8")
        with clip.open("rb") as file:
            asset: Json = self._send(
                "POST",
                f"/projects/{project_id}/assets/upload",
                data=fields,
                files={"file": (clip.name, file)},
                timeout=httpx2.Timeout(30, read=None, write=None),
            )
        return asset

    def asset(self, asset_id: str) -> Json:
        return dict(self._send("GET", f"/assets/{asset_id}"))

    def create_job(self, project_id: str, request: Json) -> Json:
        return dict(self._post(f"/projects/{project_id}/jobs", request))

    def job(self, job_id: str) -> Json:
        return dict(self._send("GET", f"/jobs/{job_id}"))

    def act(self, job_id: str, action: Json) -> Json:
        return dict(self._post(f"/jobs/{job_id}/actions", action))

    def cancel(self, job_id: str) -> None:
        self._post(f"/jobs/{job_id}/cancel", {})

    def outputs(self, job_id: str) -> list[Json]:
        return list(self._send("GET", f"/jobs/{job_id}/outputs"))

    def manifest(self, job_id: str) -> Json:
        """Of an ended job; it is put together just after the end, so we may have to ask again."""
        deadline = time.monotonic() + _MANIFEST_WAIT_S
        while True:
            try:
                return dict(self._send("GET", f"/jobs/{job_id}/manifest"))
            except ApiProblem as problem:
                if problem.code != "manifest_not_ready" or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def follow(self, job_id: str) -> Iterator[Json]:
        """The job at each change, until it ended; a broken stream is picked up where it broke.

        Gives up, with code `unreachable`, on a system that has not answered for a minute.
        """
        job: Json = {}
        heard = time.monotonic()
        while job.get("status") not in ENDED:
            try:
                for changed in self._changes(job_id, job):
                    job = changed
                    yield job
                    heard = time.monotonic()
            except httpx2.TransportError as error:
                if time.monotonic() - heard > _GIVE_UP_S:
                    raise ApiProblem("unreachable", f"no answer for a minute: {error}") from error
                time.sleep(_RECONNECT_S)

    def _changes(self, job_id: str, job: Json) -> Iterator[Json]:
        headers = {"last-event-id": str(job["revision"])} if job else {}
        with self._http.sse(f"/jobs/{job_id}/events", headers=headers) as events:
            self._check(events.response)
            for event in events:
                if event.event == "snapshot":
                    job = json.loads(event.data)
                elif event.event == "update":
                    job = job | json.loads(event.data)
                else:
                    return
                yield job

    def download(self, url: str, target: Path) -> None:
        """Whole or not at all: an interrupted download leaves no file of the target's name."""
        partial = target.with_name(target.name + ".part")
        with self._http.stream("GET", url) as response, partial.open("wb") as file:
            self._check(response)
            for chunk in response.iter_bytes():
                file.write(chunk)
        partial.replace(target)

    def _post(self, path: str, body: Json) -> Any:
        return self._send("POST", path, json=body)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        response = self._http.request(method, path, **options)
        self._check(response)
        return response.json()["data"]

    @staticmethod
    def _check(response: httpx2.Response) -> None:
        if response.is_success:
            return
        response.read()
        try:
            problem = response.json()
            raise ApiProblem(problem["code"], problem.get("detail") or problem["title"])
        except (ValueError, KeyError, TypeError):
            raise ApiProblem(f"http_{response.status_code}", response.text[:200]) from None
