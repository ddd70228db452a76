"""What only render can be told."""

from chassis.settings import ServiceSettings


class RenderSettings(ServiceSettings):
    service: str = "render"
    http_port: int = 8105
    worker_concurrency: int = 2
