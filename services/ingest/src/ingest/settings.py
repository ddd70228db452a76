"""What only ingest can be told."""

from chassis.settings import ServiceSettings
from ingest.limits import Limits


class IngestSettings(ServiceSettings):
    service: str = "ingest"
    http_port: int = 8102
    worker_concurrency: int = 2
    inspect_limits: Limits = Limits()
    inspect_timeout_seconds: float = 300
