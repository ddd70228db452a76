"""The API: each module is one resource's endpoints, which translate and nothing else."""

from fastapi import APIRouter

from gateway.routes import (
    accounts,
    actions,
    assets,
    events,
    jobs,
    outputs,
    projects,
    scenes,
    uploads,
)
from gateway.schemas.base import ProblemDetails

BASE = "/api/v3"
PROBLEM = {
    "model": ProblemDetails,
    "description": "Why not: RFC 9457 problem details with a stable `code`",
}


def api_router() -> APIRouter:
    router = APIRouter(prefix=BASE, responses={"4XX": PROBLEM})
    for module in (accounts, projects, uploads, assets, jobs, actions, scenes, outputs, events):
        router.include_router(module.router)
    return router
