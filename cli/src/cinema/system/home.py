"""The folder that holds everything of one installation. It survives restarts and upgrades."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

import platformdirs
import psutil

from embedded.files import write_private

_SECRETS = ("signing_secret", "jwt_secret")


@dataclass(frozen=True)
class ServiceState:
    """One service as its supervisor last saw it."""

    pid: int | None
    port: int
    ready: bool
    restarts: int


@dataclass(frozen=True)
class State:
    """What a running supervisor tells others. `started` guards against a reused pid."""

    pid: int
    started: float
    url: str
    ready: bool
    services: dict[str, ServiceState] = field(default_factory=dict)

    def supervisor(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
        except psutil.NoSuchProcess:
            return None
        return process if process.create_time() == self.started else None


@dataclass(frozen=True)
class Home:
    root: Path

    @property
    def lock(self) -> Path:
        return self.root / "run" / "lock"

    @property
    def state_file(self) -> Path:
        return self.root / "run" / "state.json"

    def log(self, name: str) -> Path:
        return self.root / "logs" / f"{name}.log"

    def port_file(self, name: str) -> Path:
        return self.root / "run" / f"{name}.port"

    def secrets(self) -> dict[str, str]:
        """Made once, readable by their owner only; a later version's new ones are added."""
        path = self.root / "secrets.json"
        kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = [name for name in _SECRETS if name not in kept]
        if missing:
            kept |= {name: secrets.token_urlsafe(48) for name in missing}
            write_private(path, json.dumps(kept, indent=2))
        return kept

    def write_state(self, state: State) -> None:
        write_private(self.state_file, json.dumps(asdict(state), indent=2))

    def running(self) -> State | None:
        """The state of a supervisor that is alive on this home now."""
        try:
            found = json.loads(self.state_file.read_text())
        except FileNotFoundError:
            return None
        services = {name: ServiceState(**facts) for name, facts in found.pop("services").items()}
        state = State(**found, services=services)
        return state if state.supervisor() else None


def default_home() -> Path:
    """CINEMA_HOME, or the place where this user's programs keep their data."""
    named = os.environ.get("CINEMA_HOME")
    return Path(named).resolve() if named else platformdirs.user_data_path("cinema-ai")
