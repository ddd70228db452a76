"""What every service can be told by its environment; each service adds its own fields."""

from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET = 16


class ServiceSettings(BaseSettings):
    """Read from environment variables named like the fields, in upper case, without a prefix."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    service: str
    http_host: str = "127.0.0.1"
    http_port: int = 0
    log_format: Literal["json", "console"] = "json"
    log_level: str = "INFO"
    otlp_endpoint: str | None = None

    database_url: str
    kafka_bootstrap: str = "127.0.0.1:9092"
    fetch_max_wait_ms: int = 50
    session_timeout_ms: int = 6_000
    worker_concurrency: int = 1
    lease_seconds: float = 10
    relay_stuck_seconds: float = 15

    data_dir: Path = Field(validation_alias=AliasChoices("data_dir", "cinema_home"))
    object_store: Literal["disk", "s3"] = "disk"
    object_dir: Path | None = None
    public_url: str = "http://127.0.0.1:8080"
    signing_secret: SecretStr = SecretStr("")
    s3_endpoint: str = ""
    s3_public_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "cinema"
    s3_region: str = "us-east-1"
    s3_secure: bool = True

    @property
    def scratch_dir(self) -> Path:
        """Where this service keeps temporary files; see `chassis.scratch`."""
        return self.data_dir / "scratch" / self.service

    @property
    def disk_objects_dir(self) -> Path:
        """Where the disk store keeps its objects."""
        return self.object_dir or self.data_dir / "objects"

    @model_validator(mode="after")
    def _the_store_is_usable(self) -> Self:
        if self.object_store == "s3" and not self.s3_endpoint:
            raise ValueError("OBJECT_STORE=s3 needs S3_ENDPOINT")
        secret = self.signing_secret.get_secret_value()
        if self.object_store == "disk" and len(secret) < SHORTEST_SECRET:
            raise ValueError(f"SIGNING_SECRET needs {SHORTEST_SECRET} characters or more")
        return self
