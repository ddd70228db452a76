"""The whole embedded system, started once, and a creator who uses it over the public API."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cinema.account import enter
from cinema.api import ENDED, Api
from cinema.sample.interview import INTERVIEW
from cinema.sample.shoot import make_shoot
from cinema.system.control import system
from cinema.system.home import Home

Json = dict[str, Any]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def url(home: Home) -> Iterator[str]:
    with system(home) as url:
        yield url


@pytest.fixture
def api(home: Home, url: str) -> Iterator[Api]:
    with Api(url) as api:
        enter(api, home.root, None)
        yield api


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A small interview with a false start and a long silence, and three cutaways."""
    return make_shoot(tmp_path_factory.mktemp("shoot"), lines=INTERVIEW[:8], height=360)


class Creator:
    """Someone who uploads clips and waits for cuts."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def start(self, clips: list[Path], **request: Any) -> Json:
        """The job, just created."""
        project = self.api.create_project(clips[0].stem)
        assets = [self.api.upload(project, clip)["id"] for clip in clips]
        return self.api.create_job(project, {"assetIds": assets, "quality": "720p"} | request)

    def wait_for(self, job_id: str, *statuses: str, seconds: float = 100) -> Json:
        """The job, once it has one of these statuses or has ended."""
        deadline = time.monotonic() + seconds
        while (job := self.api.job(job_id))["status"] not in {*statuses, *ENDED}:
            assert time.monotonic() < deadline, f"still {job['status']}: {job}"
            time.sleep(0.1)
        return job

    def direct(self, clips: list[Path], **request: Any) -> Json:
        """The job at its end."""
        return self.wait_for(self.start(clips, **request)["id"])


@pytest.fixture
def creator(api: Api) -> Creator:
    return Creator(api)
