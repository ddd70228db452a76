"""The gateway on a real database, without a broker: events are handed to its handlers."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import uuid7
from chassis.migrate import upgrade
from chassis.objects import ObjectStore
from chassis.worker import Worker
from contracts.base import ProblemInfo
from contracts.events import (
    EVENTS,
    AnalysisDone,
    Artifact,
    AssetIngested,
    AssetRejected,
    Cut,
    Event,
    OutputFacts,
    OutputRendered,
    OutputSpec,
    Scene,
    ScenesGenerated,
    StoryboardApproved,
)
from contracts.media import MediaInfo
from embedded.postgres import Postgres
from gateway.composition import Gateway
from gateway.finish_job import finishing_tasks
from gateway.handlers import handlers
from gateway.main import MIGRATIONS, create_app
from gateway.settings import Settings

Json = dict[str, Any]

SHA256 = "ab" * 32
MEDIA = MediaInfo.model_validate(
    {
        "kind": "video",
        "container": "mp4",
        "size_bytes": 15,
        "duration_us": 2_500_000,
        "video": {
            "index": 0,
            "codec": "h264",
            "width": 1080,
            "height": 1920,
            "rate": "30000/1001",
            "rotation": 90,
            "pixel_format": "yuv420p",
        },
        "audio": {
            "index": 1,
            "codec": "aac",
            "sample_rate": 48000,
            "channels": 2,
            "layout": "stereo",
        },
    }
)


@pytest.fixture(scope="session")
def migrated_url(postgres: Postgres) -> str:
    url = postgres.ensure_database("gateway_tests")
    asyncio.run(upgrade(url, MIGRATIONS))
    return url


@pytest.fixture
def settings(migrated_url: str, tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "database_url": migrated_url,
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
    app = create_app(settings)
    gateway: Gateway = app.state.gateway
    async with gateway.database.transaction() as tx:
        await tx.session.execute(text("TRUNCATE users, outbox, work, work_groups CASCADE"))
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
    id: UUID

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


SignUp = Callable[[httpx.AsyncClient, str], Awaitable[Creator]]


@pytest.fixture
def sign_up() -> SignUp:
    async def sign_up(http: httpx.AsyncClient, name: str) -> Creator:
        account = {"email": f"{name}@example.com", "password": "correct horse"}
        session = (await http.post("/auth/sign-up", json=account)).json()["data"]
        http.headers["authorization"] = f"Bearer {session['accessToken']}"
        return Creator(http, UUID(session["user"]["id"]))

    return sign_up


Join = Callable[[str], Awaitable[Creator]]


@pytest.fixture
async def join(app: FastAPI, sign_up: SignUp) -> AsyncIterator[Join]:
    """Sign up someone by name."""
    async with AsyncExitStack() as clients:

        async def join(name: str) -> Creator:
            transport = httpx.ASGITransport(app)
            http = httpx.AsyncClient(transport=transport, base_url="http://gateway/api/v3")
            return await sign_up(await clients.enter_async_context(http), name)

        yield join


@pytest.fixture
async def creator(join: Join) -> Creator:
    return await join("ada")


Tell = Callable[[Event], Awaitable[None]]


RENDER_MANIFEST = {
    "reason": "the whole talk",
    "providers": {"words": ["pocketsphinx/en-us"], "notes": []},
    "renderer": "ffmpeg 9",
    "clips": [{"clip_id": "1", "in_us": 0, "reason": "it says it best"}],
}


async def put_manifest(store: ObjectStore, event: OutputRendered) -> None:
    for artifact in event.artifacts:
        if artifact.kind == "manifest":
            data = json.dumps(RENDER_MANIFEST).encode()
            await store.put_bytes(artifact.key, data, content_type=artifact.content_type)


@pytest.fixture
def tell(gateway: Gateway) -> Tell:
    """Hand an event to its handler, as the bus does."""

    async def tell(event: Event) -> None:
        if isinstance(event, OutputRendered):
            await put_manifest(gateway.store, event)
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


Until = Callable[[str, str], Awaitable[Json]]


@pytest.fixture
def until(creator: Creator) -> Until:
    """Look at a job until it has this status."""

    async def until(job_id: str, status: str) -> Json:
        async with asyncio.timeout(5):
            while (job := await creator.get(f"/jobs/{job_id}"))["status"] != status:
                await asyncio.sleep(0.02)
        return dict(job)

    return until


@pytest.fixture
def database(gateway: Gateway) -> Database:
    return gateway.database


@dataclass(frozen=True)
class OtherServices:
    """What they say of a job with one asset, which is sound and 2.5 s long."""

    user_id: UUID
    project_id: UUID
    job_id: UUID
    asset_id: UUID
    outputs: tuple[OutputSpec, ...]

    def ingested(self) -> AssetIngested:
        return AssetIngested(
            asset_id=self.asset_id,
            project_id=self.project_id,
            user_id=self.user_id,
            filename="clip.mp4",
            sha256=SHA256,
            object_key=f"assets/{SHA256}",
            thumbnail_key=f"thumbs/{SHA256}.jpg",
            media=MEDIA,
        )

    def rejected(self, problem: ProblemInfo) -> AssetRejected:
        return AssetRejected(
            asset_id=self.asset_id,
            project_id=self.project_id,
            user_id=self.user_id,
            problem=problem,
        )

    def analysed(self, problem: ProblemInfo | None = None) -> AnalysisDone:
        return AnalysisDone(
            asset_id=self.asset_id,
            sha256=SHA256,
            filename="clip.mp4",
            object_key=f"assets/{SHA256}",
            media=MEDIA,
            problem=problem,
        )

    def scenes(
        self,
        version: int,
        status: Literal["review", "approved"],
        request_id: UUID | None = None,
    ) -> ScenesGenerated:
        scene = Scene(
            scene_id=uuid7(),
            number=1,
            duration_us=1_500_000,
            description="She greets",
            shot_type="close-up",
            transition="cut",
            asset_ids=(self.asset_id,),
            reason="it opens the talk",
        )
        return ScenesGenerated(
            job_id=self.job_id,
            version=version,
            status=status,
            director="rules/1",
            scenes=(scene,),
            request_id=request_id,
        )

    def approved(
        self, request_id: UUID | None = None, **problems: ProblemInfo
    ) -> StoryboardApproved:
        """With a timeline for each cut, but for the kinds that have a problem."""
        cuts = tuple(
            Cut(
                kind=spec.kind,
                aspect_ratio=spec.aspect_ratio,
                timeline_key=None if spec.kind in problems else f"storyboards/{spec.kind}.json",
                problem=problems.get(spec.kind),
            )
            for spec in self.outputs
        )
        return StoryboardApproved(
            job_id=self.job_id,
            project_id=self.project_id,
            user_id=self.user_id,
            version=1,
            cuts=cuts,
            outputs=self.outputs,
            request_id=request_id,
        )

    def rendered(self, number: int, problem: ProblemInfo | None = None) -> OutputRendered:
        spec = self.outputs[number]
        folder = f"outputs/{spec.output_id}"
        artifacts = (
            Artifact(
                kind="video",
                key=f"{folder}/video.mp4",
                filename=f"{spec.kind}.mp4",
                content_type="video/mp4",
                size_bytes=6,
            ),
            Artifact(
                kind="manifest",
                key=f"{folder}/manifest.json",
                filename="manifest.json",
                content_type="application/json",
                size_bytes=2,
            ),
        )
        facts = OutputFacts(
            duration_us=2_500_000, width=1920, height=1080, rate=Fraction(30), size_bytes=6
        )
        return OutputRendered(
            job_id=self.job_id,
            output_id=spec.output_id,
            kind=spec.kind,
            aspect_ratio=spec.aspect_ratio,
            status="failed" if problem else "completed",
            artifacts=() if problem else artifacts,
            facts=None if problem else facts,
            problem=problem,
        )


@pytest.fixture
def others() -> Callable[[Creator, Json], OtherServices]:
    """What the other services say of a job, or of an asset that no job uses."""

    def others(creator: Creator, thing: Json) -> OtherServices:
        return OtherServices(
            user_id=creator.id,
            project_id=UUID(thing["projectId"]),
            job_id=UUID(thing["id"]),
            asset_id=UUID(thing.get("assetIds", [thing["id"]])[0]),
            outputs=tuple(
                OutputSpec(
                    output_id=output["id"],
                    kind=output["outputType"],
                    aspect_ratio=output["aspectRatio"],
                )
                for output in thing.get("outputs", ())
            ),
        )

    return others
