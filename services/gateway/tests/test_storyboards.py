"""A creator reads, approves, rejects and has redone."""

import asyncio
from typing import Any

import pytest

from contracts.base import ProblemInfo
from contracts.events import ScenesGenerated, StoryboardRequested

APPROVE = {"action": "approve_storyboard"}
REJECT = {"action": "reject_storyboard", "feedback": "Faster"}


@pytest.fixture
async def reviewed(creator: Any, tell: Any, others: Any) -> Any:
    """A job whose first storyboard awaits review, and the services that it talks to."""
    job = await creator.job(outputTypes=["cinematic"], review="required")
    services = others(creator, job)
    await tell(services.scenes(1, "review"))
    return services


async def asked(published: Any) -> StoryboardRequested:
    async with asyncio.timeout(5):
        while not (events := await published(StoryboardRequested)):
            await asyncio.sleep(0.01)
    event: StoryboardRequested = events[-1]
    return event


async def test_scenes_can_be_read(creator: Any, reviewed: Any) -> None:
    job = await creator.get(f"/jobs/{reviewed.job_id}")
    assert job["status"] == "storyboard_review"
    assert job["storyboard"] == {"version": 1, "status": "review", "director": "rules/1"}
    scenes = await creator.get(f"/jobs/{reviewed.job_id}/scenes")
    assert scenes == job["scenes"]
    assert (scenes[0]["sceneNumber"], scenes[0]["duration"]) == (1, 1.5)
    assert await creator.get(f"/jobs/{reviewed.job_id}/scenes/1") == scenes[0]
    assert (await creator.get(f"/jobs/{reviewed.job_id}/scenes/9", 404))["code"] == "not_found"


async def test_who_watches_a_job_hears_that_its_storyboard_awaits_review(
    creator: Any, tell: Any, others: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"], review="required")
    before = (await creator.get(f"/jobs/{job['id']}"))["revision"]
    await tell(others(creator, job).scenes(1, "review"))
    after = await creator.get(f"/jobs/{job['id']}")
    assert (after["status"], after["revision"]) == ("storyboard_review", before + 1)


async def test_an_approval_is_answered_when_there_is_something_to_render(
    creator: Any, tell: Any, published: Any, reviewed: Any
) -> None:
    answer = asyncio.create_task(creator.post(f"/jobs/{reviewed.job_id}/actions", APPROVE))
    request = await asked(published)
    assert (request.action, request.version) == ("approve", 1)
    await tell(reviewed.approved(request_id=request.request_id))
    job = await answer
    assert (job["status"], job["storyboard"]["status"]) == ("rendering", "approved")


async def test_a_rejection_is_answered_with_the_new_version(
    creator: Any, tell: Any, published: Any, reviewed: Any
) -> None:
    answer = asyncio.create_task(creator.post(f"/jobs/{reviewed.job_id}/actions", REJECT))
    request = await asked(published)
    assert (request.action, request.feedback) == ("reject", "Faster")
    await tell(reviewed.scenes(2, "review", request_id=request.request_id))
    job = await answer
    assert (job["status"], job["storyboard"]["version"]) == ("storyboard_review", 2)


async def test_what_takes_longer_is_told_as_such(
    creator: Any, tell: Any, published: Any, reviewed: Any
) -> None:
    actions = f"/jobs/{reviewed.job_id}/actions"
    wanted = {"action": "regenerate_scene", "scene_number": 1, "feedback": "Slower"}
    job = await creator.post(actions, wanted, 202)
    assert job["status"] == "processing"
    assert (await creator.post(actions, APPROVE, 409))["code"] == "storyboard_not_in_review"
    request = await asked(published)
    assert (request.action, request.scene_number) == ("regenerate_scene", 1)
    await tell(reviewed.scenes(2, "review", request_id=request.request_id))
    assert (await creator.get(f"/jobs/{reviewed.job_id}"))["status"] == "storyboard_review"


async def test_a_refusal_is_told_and_leaves_the_storyboard_in_review(
    creator: Any, tell: Any, published: Any, reviewed: Any
) -> None:
    wanted = {"action": "regenerate_all_scenes"}
    answer = asyncio.create_task(creator.post(f"/jobs/{reviewed.job_id}/actions", wanted, 409))
    request = await asked(published)
    await tell(
        ScenesGenerated(
            job_id=reviewed.job_id,
            version=1,
            status="failed",
            director="rules/1",
            problem=ProblemInfo(code="nothing_else", detail="There is no other take"),
            request_id=request.request_id,
        )
    )
    problem = await answer
    assert (problem["code"], problem["detail"]) == ("nothing_else", "There is no other take")
    assert (await creator.get(f"/jobs/{reviewed.job_id}"))["status"] == "storyboard_review"


async def test_what_cannot_be_asked(creator: Any, reviewed: Any) -> None:
    actions = f"/jobs/{reviewed.job_id}/actions"
    stale = await creator.post(actions, APPROVE | {"version": 7}, 409)
    assert stale["code"] == "storyboard_version_stale"
    scene = {"action": "regenerate_scene", "sceneNumber": 9}
    assert (await creator.post(actions, scene, 404))["code"] == "not_found"
    for wrong in ({"action": "reject_storyboard"}, {"action": "applaud"}, {}):
        assert (await creator.post(actions, wrong, 422))["code"] == "invalid_request"


async def test_an_action_cancels(creator: Any, reviewed: Any) -> None:
    job = await creator.post(f"/jobs/{reviewed.job_id}/actions", {"action": "cancel"})
    assert job["status"] == "canceled"
