"""The gateway on a real database, without a broker: events are handed to its handlers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from chassis.database import Database
from chassis.migrate import upgrade
from chassis.objects import ObjectStore
from chassis.worker import Worker
from contracts.events import EVENTS, Event
from gateway.composition import Gateway
from gateway.finish_job import finishing_tasks
from gateway.handlers import handlers
from gateway.main import MIGRATIONS, create_app
from gateway.settings import Settings

Json = dict[str, Any]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "database_url": database_url,
            "data_dir": tmp_path,
            "public_url": "http://gateway",
            "signing_secret": "s" * 32,
            "jwt_secret": "j" * 32,
            "bcrypt_rounds": 4,
            "answer_seconds": 0.3,
            "heartbeat_seconds": 0.2,
        }
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """All of the gateway but its bus and its relay."""
    await upgrade(settings.database_url, MIGRATIONS)
    app = create_app(settings)
    gateway: Gateway = app.state.gateway
    tasks = finishing_tasks(gateway.database, gateway.store)
    worker = Worker(database=gateway.database, tasks=tasks, poll_seconds=1)
    await gateway.feed.start()
    await worker.start()
    yield app
    await worker.stop()
    await gateway.feed.stop()
    await gateway.database.dispose()


@pytest.fixture
def gateway(app: FastAPI) -> Gateway:
    part: Gateway = app.state.gateway
    return part


@pytest.fixture
def store(gateway: Gateway) -> ObjectStore:
    return gateway.store


@dataclass
class Creator:
    """A signed-in user at the API. Answers are unwrapped; a failed call raises AssertionError."""

    http: httpx.AsyncClient
    id: UUID = field(default_factory=lambda: UUID(int=0))

    async def get(self, path: str, status: int = 200) -> Any:
        return _data(await self.http.get(path), status)

    async def post(self, path: str, body: Json | None = None, status: int = 200) -> Any:
        return _data(await self.http.post(path, json=body or {}), status)

    async def project(self) -> str:
        return str((await self.post("/projects", {"name": "A film"}, 201))["id"])

    async def upload(self, project_id: str, name: str = "clip.mp4", **fields: str) -> Json:
        answer = await self.http.post(
            f"/projects/{project_id}/assets/upload",
            files={"file": (name, b"moving pictures", "video/mp4")},
            data=fields,
        )
        return dict(_data(answer, 201))

    async def job(self, **wanted: Any) -> Json:
        """A job with one asset that is still being taken in."""
        project_id = await self.project()
        await self.upload(project_id)
        return dict(await self.post(f"/projects/{project_id}/jobs", wanted, 201))


def _data(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()["data"] if answer.is_success else answer.json()


Join = Callable[[str], Awaitable[Creator]]


@pytest.fixture
async def join(app: FastAPI) -> AsyncIterator[Join]:
    clients: list[httpx.AsyncClient] = []

    async def join(name: str) -> Creator:
        transport = httpx.ASGITransport(app)
        http = httpx.AsyncClient(transport=transport, base_url="http://gateway/api/v3")
        clients.append(http)
        account = {"email": f"{name}@example.com", "password": "correct horse"}
        session = (await http.post("/auth/sign-up", json=account)).json()["data"]
        http.headers["authorization"] = f"Bearer {session['accessToken']}"
        return Creator(http, UUID(session["user"]["id"]))

    yield join
    for http in clients:
        await http.aclose()


@pytest.fixture
async def creator(join: Join) -> Creator:
    return await join("ada")


Tell = Callable[[Event], Awaitable[None]]


@pytest.fixture
def tell(gateway: Gateway) -> Tell:
    """Hand an event to its handler, as the bus does."""

    async def tell(event: Event) -> None:
        _, handler = handlers.by_topic[event.topic]
        async with gateway.database.transaction() as tx:
            await handler(event, tx)

    return tell


Published = Callable[[type[Event]], Awaitable[list[Any]]]


@pytest.fixture
def published(gateway: Gateway) -> Published:
    """The events of a kind that went to the outbox, in order."""

    async def published(kind: type[Event]) -> list[Any]:
        async with gateway.database.read() as session:
            rows = await session.scalars(
                text("SELECT payload::text FROM outbox WHERE topic = :topic ORDER BY seq"),
                {"topic": kind.topic},
            )
            return [EVENTS[kind.topic].model_validate_json(row) for row in rows]

    return published


async def eventually(look: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await look():
            await asyncio.sleep(0.02)


@pytest.fixture
def database(gateway: Gateway) -> Database:
    return gateway.database
