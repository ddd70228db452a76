from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.objects import DiskStore, open_store
from chassis.objects.s3 import S3Store
from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "tester"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://localhost/tester")
    monkeypatch.setenv("CINEMA_HOME", str(tmp_path))
    monkeypatch.setenv("SIGNING_SECRET", "a secret of the tests")


def test_reads_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTTP_PORT", "8123")
    settings = Settings()
    assert (settings.service, settings.http_port) == ("tester", 8123)
    assert settings.scratch_dir == tmp_path / "scratch" / "tester"
    assert settings.disk_objects_dir == tmp_path / "objects"
    assert isinstance(open_store(settings), DiskStore)


def test_shows_no_secret() -> None:
    assert "a secret of the tests" not in repr(Settings())


def test_a_disk_store_needs_a_secret_to_sign_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNING_SECRET", "short")
    with pytest.raises(ValidationError, match="SIGNING_SECRET"):
        Settings()


def test_s3_needs_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBJECT_STORE", "s3")
    with pytest.raises(ValidationError, match="S3_ENDPOINT"):
        Settings()
    monkeypatch.setenv("S3_ENDPOINT", "127.0.0.1:9000")
    assert isinstance(open_store(Settings()), S3Store)


async def test_s3_urls_are_signed_for_the_name_that_clients_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "OBJECT_STORE": "s3",
        "S3_ENDPOINT": "s3:9000",
        "S3_PUBLIC_ENDPOINT": "media.example.com",
        "S3_ACCESS_KEY": "key",
        "S3_SECRET_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    url = await open_store(Settings()).signed_url("a/b", expires=timedelta(minutes=1))
    assert url.startswith("https://media.example.com/cinema/a/b?")
