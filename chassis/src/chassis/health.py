"""Whether this process lives, and whether it can do its work now."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

Facts = Mapping[str, Any]
Check = Callable[[], Awaitable[Facts]]

CHECK_SECONDS = 1.5


class Unhealthy(Exception):
    """A check's finding, with the facts that go into the report."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class Health:
    """Named checks, run at the same time, each bounded: a stuck one counts as failed."""

    def __init__(self, *, seconds: float = CHECK_SECONDS) -> None:
        self.checks: dict[str, Check] = {}
        self._seconds = seconds

    async def report(self) -> tuple[bool, dict[str, Facts]]:
        """Return whether all is well, and what each check found."""
        found = await asyncio.gather(*(self._run(check) for check in self.checks.values()))
        return all(facts["ok"] for facts in found), dict(zip(self.checks, found, strict=True))

    async def _run(self, check: Check) -> Facts:
        began = perf_counter()
        try:
            async with asyncio.timeout(self._seconds):
                facts = {"ok": True, **await check()}
        except Unhealthy as error:
            facts = {"ok": False, "reason": error.reason, **error.facts}
        except TimeoutError:
            facts = {"ok": False, "reason": f"no answer within {self._seconds} s"}
        except Exception as error:
            facts = {"ok": False, "reason": type(error).__name__}
        return {**facts, "milliseconds": round((perf_counter() - began) * 1000)}


def health_router(health: Health) -> APIRouter:
    """Return `/health/live` and `/health/ready`."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> dict[str, str]:
        """Answer as long as the event loop turns."""
        return {"status": "live"}

    @router.get("/ready")
    async def ready() -> JSONResponse:
        """Answer 200 when this process can do its work, 503 with the reasons when not."""
        well, checks = await health.report()
        status = "ready" if well else "unready"
        return JSONResponse({"status": status, "checks": checks}, 200 if well else 503)

    return router
