"""What the supervisor tells every service. The names are those of the services' settings."""

import os

from cinema.system.home import Home
from cinema.system.service import ServiceSpec

# The gateway first: its address is the system's.
SERVICES = ("gateway", "ingest", "analysis", "storyboard", "render")


def service_specs(port: int) -> list[ServiceSpec]:
    """The five services, the API on `port`, or on a free port that is remembered if it is 0."""
    return [ServiceSpec(name, port if name == "gateway" else 0) for name in SERVICES]


def service_environment(
    home: Home, *, port: int, database_url: str, kafka_bootstrap: str, public_url: str
) -> dict[str, str]:
    """The user's own environment (keys of providers, FFMPEG_BINARY …) with ours on top."""
    secrets = {name.upper(): value for name, value in home.secrets().items()}
    return {
        **os.environ,
        **secrets,
        "CINEMA_HOME": str(home.root),
        "DATABASE_URL": database_url,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(port),
        "KAFKA_BOOTSTRAP": kafka_bootstrap,
        "OBJECT_DIR": str(home.root / "objects"),
        "PUBLIC_URL": public_url,
        "PYTHONUNBUFFERED": "1",
        "SESSION_TIMEOUT_MS": "2000",  # a service that was killed is missed by nobody for long
    }
