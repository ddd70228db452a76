"""What only analysis can be told."""

from pydantic import Field

from chassis.settings import ServiceSettings


class AnalysisSettings(ServiceSettings):
    service: str = "analysis"
    http_port: int = 8103
    worker_concurrency: int = 1
    whisper_model: str | None = Field(
        None, description="A faster-whisper model's folder or name; it must be on this machine"
    )
