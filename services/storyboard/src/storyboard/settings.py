"""What only the storyboard service can be told."""

from chassis.settings import ServiceSettings


class StoryboardSettings(ServiceSettings):
    service: str = "storyboard"
    http_port: int = 8104
