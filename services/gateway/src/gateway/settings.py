"""What the gateway can be told by its environment."""

from typing import Self

from pydantic import SecretStr, model_validator

from chassis.settings import SHORTEST_SECRET, ServiceSettings


class Settings(ServiceSettings):
    """`public_url` is where clients reach this service; signed URLs may lead there."""

    service: str = "gateway"
    http_port: int = 8080

    jwt_secret: SecretStr
    jwt_issuer: str = "cinema"
    jwt_audience: str = "cinema-api"
    token_seconds: int = 24 * 3600
    bcrypt_rounds: int = 12

    answer_seconds: float = 5
    """How long a write waits for the service that carries it out."""
    heartbeat_seconds: float = 15
    signed_url_seconds: int = 3600

    @model_validator(mode="after")
    def _the_secret_is_one(self) -> Self:
        if len(self.jwt_secret.get_secret_value()) < 2 * SHORTEST_SECRET:
            raise ValueError(f"JWT_SECRET needs {2 * SHORTEST_SECRET} characters or more")
        return self
