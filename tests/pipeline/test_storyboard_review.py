"""A creator reads the storyboard before anything is rendered."""

from pathlib import Path
from typing import Any

import pytest

from cinema.api import ApiProblem

Json = dict[str, Any]


def test_nothing_is_rendered_before_the_storyboard_is_approved(
    creator: Any, shoot: list[Path]
) -> None:
    job = creator.start(shoot, outputTypes=["hook"], review="required")
    job = creator.wait_for(job["id"], "storyboard_review")
    assert job["status"] == "storyboard_review"
    assert job["scenes"]
    assert {output["status"] for output in job["outputs"]} == {"queued"}

    first = job["storyboard"]["version"]
    creator.api.act(job["id"], {"action": "reject_storyboard", "feedback": "shorter, no b-roll"})
    job = creator.wait_for(job["id"], "storyboard_review")
    assert job["storyboard"]["version"] == first + 1
    with pytest.raises(ApiProblem) as stale:
        creator.api.act(job["id"], {"action": "approve_storyboard", "version": first})
    assert stale.value.code == "storyboard_version_stale"

    creator.api.act(job["id"], {"action": "approve_storyboard"})
    job = creator.wait_for(job["id"])
    assert job["status"] == "completed"


def test_redoing_one_scene_leaves_the_others_as_they_were(creator: Any, shoot: list[Path]) -> None:
    job = creator.start(shoot, outputTypes=["hook"], review="required")
    before = creator.wait_for(job["id"], "storyboard_review")
    creator.api.act(
        job["id"], {"action": "regenerate_scene", "sceneNumber": 1, "feedback": "no b-roll"}
    )
    after = creator.wait_for(job["id"], "storyboard_review")
    assert after["storyboard"]["version"] > before["storyboard"]["version"]
    assert _readable(after["scenes"][1:]) == _readable(before["scenes"][1:])
    creator.api.cancel(job["id"])
    assert creator.wait_for(job["id"])["status"] == "canceled"


def _readable(scenes: list[Json]) -> list[tuple[Any, ...]]:
    return [(s["description"], s["script"], s["duration"], s["shotType"]) for s in scenes]
