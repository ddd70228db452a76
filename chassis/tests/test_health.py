import asyncio
import time

import httpx
from fastapi import FastAPI

from chassis.health import Facts, Health, Unhealthy, health_router


async def ask(health: Health, path: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(health_router(health))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


async def well() -> Facts:
    return {"rows": 3}


async def lagging() -> Facts:
    raise Unhealthy("events wait", rows=7)


async def stuck() -> Facts:
    await asyncio.sleep(60)
    return {}


async def broken() -> Facts:
    raise OSError("secret host name")


async def test_ready_when_all_is_well() -> None:
    health = Health()
    health.checks["relay"] = well
    answer = await ask(health, "/health/ready")
    assert answer.status_code == 200
    relay = answer.json()["checks"]["relay"]
    assert (relay["ok"], relay["rows"]) == (True, 3)


async def test_unready_with_the_reasons_and_in_time() -> None:
    health = Health(seconds=0.2)
    health.checks |= {"fine": well, "relay": lagging, "database": stuck, "bus": broken}
    began = time.monotonic()
    answer = await ask(health, "/health/ready")
    assert time.monotonic() - began < 1
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["fine"]["ok"]
    assert (checks["relay"]["reason"], checks["relay"]["rows"]) == ("events wait", 7)
    assert "no answer" in checks["database"]["reason"]
    assert checks["bus"]["reason"] == "OSError"
    assert "secret" not in answer.text


async def test_lives_whatever_the_checks_say() -> None:
    health = Health()
    health.checks["bus"] = broken
    assert (await ask(health, "/health/live")).status_code == 200
