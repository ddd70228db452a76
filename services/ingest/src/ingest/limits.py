"""What a process that reads untrusted media may use at most. Linux and other Unixes."""

import resource

from pydantic import BaseModel


class Limits(BaseModel):
    memory_bytes: int = 6 << 30
    cpu_seconds: int = 120
    written_bytes: int = 64 << 20


def apply(limits: Limits) -> None:
    """Bind this process, for good."""
    _bind(resource.RLIMIT_AS, limits.memory_bytes)
    _bind(resource.RLIMIT_CPU, limits.cpu_seconds)
    _bind(resource.RLIMIT_FSIZE, limits.written_bytes)
    _bind(resource.RLIMIT_CORE, 0)


def _bind(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
