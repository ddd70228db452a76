"""What a process that reads untrusted media may use at most. Linux and other Unixes."""

import resource

from pydantic import BaseModel

GRACE_SECONDS = 5


class Limits(BaseModel):
    memory_bytes: int = 6 << 30
    cpu_seconds: int = 120
    written_bytes: int = 64 << 20


def apply(limits: Limits) -> None:
    """Bind this process, for good. Too much time ends it with SIGXCPU."""
    _bind(resource.RLIMIT_AS, limits.memory_bytes)
    _bind(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + GRACE_SECONDS)
    _bind(resource.RLIMIT_FSIZE, limits.written_bytes)
    _bind(resource.RLIMIT_CORE, 0)


def _bind(kind: int, soft: int, hard: int | None = None) -> None:
    _, bound = resource.getrlimit(kind)
    most = soft if hard is None else hard
    if bound != resource.RLIM_INFINITY:
        soft, most = min(soft, bound), min(most, bound)
    resource.setrlimit(kind, (soft, most))
