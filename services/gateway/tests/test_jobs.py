"""Jobs at the API, as the events of the other services make them go on."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import uuid7
from chassis.objects import ObjectStore
from contracts.base import ProblemInfo
from contracts.events import (
    AssetIngested,
    AssetRejected,
    JobCanceled,
    JobProgressed,
    JobRequested,
    OutputsRequested,
    ScenesGenerated,
)

FAILED = ProblemInfo(code="encoder_failed", detail="It did not encode")


async def test_a_job_is_asked_for_with_its_assets_and_outputs(creator: Any, published: Any) -> None:
    project_id = await creator.project()
    first = await creator.upload(project_id, "a.mp4", role="a_roll")
    second = await creator.upload(project_id, "b.mp4")
    job = await creator.post(
        f"/projects/{project_id}/jobs",
        {"output_types": ["cinematic", "hook"], "captionStyle": "bold", "brief": " Fast "},
        201,
    )
    assert (job["status"], job["progress"], job["stage"]) == ("pending", 0, "upload_ready")
    assert job["assetIds"] == [first["id"], second["id"]]
    (event,) = await published(JobRequested)
    assert [str(asset.asset_id) for asset in event.assets] == job["assetIds"]
    assert [asset.role for asset in event.assets] == ["a_roll", None]
    assert [(str(o.output_id), o.kind) for o in event.outputs] == [
        (o["id"], o["outputType"]) for o in job["outputs"]
    ]
    assert (event.brief, event.caption_style, event.review) == ("Fast", "bold", "auto")
    assert await creator.get(f"/jobs/{job['id']}") == job
    assert await creator.get(f"/projects/{project_id}/jobs") == [job]


async def test_the_music_goes_last_and_is_no_footage(creator: Any, published: Any) -> None:
    project_id = await creator.project()
    music = (await creator.upload(project_id, "song.mp3"))["id"]
    clip = (await creator.upload(project_id, "a.mp4"))["id"]
    wanted = {"musicMode": "asset", "musicAssetId": music}
    job = await creator.post(f"/projects/{project_id}/jobs", wanted, 201)
    assert job["assetIds"] == [clip, music]
    (event,) = await published(JobRequested)
    assert event.assets[1].role == "music"
    assert str(event.music.asset_id) == music


async def test_what_cannot_be_cut_is_refused(creator: Any, tell: Any) -> None:
    project_id = await creator.project()
    path = f"/projects/{project_id}/jobs"
    assert (await creator.post(path, {}, 422))["code"] == "no_assets"
    asset = await creator.upload(project_id)
    unknown = {"assetIds": [str(uuid7())]}
    assert (await creator.post(path, unknown, 422))["code"] == "asset_unknown"
    elsewhere = await creator.upload(await creator.project())
    foreign = {"assetIds": [elsewhere["id"]]}
    assert (await creator.post(path, foreign, 422))["code"] == "asset_unknown"
    not_right: list[Any] = [
        {"outputTypes": ["trailer"]},
        {"musicMode": "asset"},
        {"outputTypes": []},
    ]
    for wrong in not_right:
        assert (await creator.post(path, wrong, 422))["code"] == "invalid_request"
    await tell(
        AssetRejected(
            asset_id=asset["id"], project_id=project_id, user_id=creator.id, problem=FAILED
        )
    )
    named = {"assetIds": [asset["id"]]}
    assert (await creator.post(path, named, 422))["code"] == "asset_rejected"
    assert (await creator.post(path, {}, 422))["code"] == "no_assets"


async def test_a_key_makes_one_job_however_often_it_is_sent(creator: Any, published: Any) -> None:
    project_id = await creator.project()
    await creator.upload(project_id)
    path, headers = f"/projects/{project_id}/jobs", {"idempotency-key": "once"}
    answers = await asyncio.gather(
        *(creator.http.post(path, json={}, headers=headers) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len(await published(JobRequested)) == 1


async def test_a_job_goes_through_to_its_manifest(
    creator: Any, tell: Any, store: ObjectStore, others: Any, until: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic", "short"])
    services = others(creator, job)
    await tell(services.ingested())
    assert (await creator.get(f"/jobs/{job['id']}"))["status"] == "queued"
    await tell(services.analysed())
    seen = await creator.get(f"/jobs/{job['id']}")
    assert (seen["status"], seen["progress"]) == ("processing", 40)
    await tell(services.scenes(1, "approved"))
    await tell(services.approved())
    await tell(
        JobProgressed(
            job_id=services.job_id,
            step="rendering",
            percent=50,
            output_id=services.outputs[0].output_id,
        )
    )
    seen = await creator.get(f"/jobs/{job['id']}")
    assert (seen["status"], seen["stage"]) == ("rendering", "rendering")
    assert [output["progress"] for output in seen["outputs"]] == [50, 0]
    assert (await creator.get(f"/jobs/{job['id']}/manifest", 409))["code"] == "manifest_not_ready"

    await tell(services.rendered(0))
    await tell(services.rendered(1, FAILED))
    seen = await until(job["id"], "completed")
    assert seen["progress"] == 100
    assert [output["status"] for output in seen["outputs"]] == ["completed", "failed"]
    assert seen["outputs"][0]["durationSeconds"] == 2.5
    assert seen["outputs"][1]["error"] == {"code": FAILED.code, "detail": FAILED.detail}

    manifest = await creator.get(f"/jobs/{job['id']}/manifest")
    assert manifest["providers"]["director"] == "rules/1"
    assert manifest["providers"]["words"] == ["pocketsphinx/en-us"]
    assert manifest["providers"]["renderer"] == ["ffmpeg 9"]
    rendered, failed = manifest["outputs"]
    assert rendered["manifest"]["clips"] == [
        {"clipId": "1", "inUs": 0, "reason": "it says it best"}
    ]
    assert (failed["manifest"], failed["error"]["code"]) == (None, FAILED.code)
    assert [step["state"] for step in manifest["steps"]] == ["succeeded"] * 4
    assert manifest["sources"][0]["media"]["durationUs"] == 2_500_000


async def test_files_are_behind_signed_urls(
    creator: Any, tell: Any, store: ObjectStore, others: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    key = f"outputs/{services.outputs[0].output_id}/video.mp4"
    await store.put_bytes(key, b"a film", content_type="video/mp4")
    await tell(services.rendered(0))
    (output,) = await creator.get(f"/jobs/{job['id']}/outputs")
    assert [one["filename"] for one in output["artifacts"]] == [
        "cinematic.mp4",
        "manifest.json",
    ]
    del creator.http.headers["authorization"]
    assert output["url"].startswith("http://gateway/objects/")
    assert (await creator.http.get(output["url"])).content == b"a film"
    assert (await creator.http.get(output["url"] + "0")).status_code == 403


async def test_outputs_that_end_before_the_approval_is_heard_of(
    creator: Any, tell: Any, others: Any, until: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    await tell(services.rendered(0))
    await tell(services.approved())
    await tell(services.scenes(1, "approved"))
    seen = await until(job["id"], "completed")
    assert seen["storyboard"] == {"version": 1, "status": "approved", "director": "rules/1"}


async def test_failed_outputs_alone_are_rendered_again(
    creator: Any, tell: Any, others: Any, until: Any, published: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic", "short"])
    actions = f"/jobs/{job['id']}/actions"
    retry = {"action": "retry_outputs"}
    assert (await creator.post(actions, retry, 409))["code"] == "nothing_to_retry"
    services = others(creator, job)
    await tell(services.approved())
    await tell(services.rendered(0))
    await tell(services.rendered(1, FAILED))
    await until(job["id"], "completed")
    other = retry | {"outputIds": [str(services.outputs[0].output_id)]}
    assert (await creator.post(actions, other, 409))["code"] == "nothing_to_retry"
    seen = await creator.post(actions, retry)
    assert (seen["status"], seen["outputs"][1]["status"]) == ("rendering", "queued")
    (event,) = await published(OutputsRequested)
    assert event.outputs == (services.outputs[1],)
    await tell(services.rendered(1))
    seen = await until(job["id"], "completed")
    assert [output["status"] for output in seen["outputs"]] == ["completed", "completed"]
    manifest = await creator.get(f"/jobs/{job['id']}/manifest")
    assert [output["status"] for output in manifest["outputs"]] == ["completed", "completed"]


async def test_an_output_that_has_no_cut_fails_alone(
    creator: Any, tell: Any, others: Any, until: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic", "hook"])
    services = others(creator, job)
    problem = ProblemInfo(code="no_hook", detail="Nothing is said in it")
    await tell(services.approved(hook=problem))
    await tell(services.rendered(0))
    seen = await until(job["id"], "completed")
    assert seen["outputs"][1]["error"]["code"] == "no_hook"


async def test_a_job_of_which_nothing_was_made_has_failed(
    creator: Any, tell: Any, others: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    await tell(services.approved())
    await tell(services.rendered(0, FAILED))
    seen = await creator.get(f"/jobs/{job['id']}")
    assert (seen["status"], seen["error"]["code"]) == ("failed", FAILED.code)
    assert [step["state"] for step in seen["steps"]][2:] == ["failed", "pending"]
    manifest = await creator.get(f"/jobs/{job['id']}/manifest")
    assert manifest["outputs"][0]["error"]["code"] == FAILED.code


async def test_a_canceled_job_stays_so(
    creator: Any, tell: Any, others: Any, published: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    seen = await creator.post(f"/jobs/{job['id']}/cancel")
    assert (seen["status"], seen["outputs"][0]["status"]) == ("canceled", "canceled")
    (event,) = await published(JobCanceled)
    assert event.job_id == services.job_id
    for late in (
        services.analysed(),
        services.scenes(1, "review"),
        services.approved(),
        services.rendered(0),
    ):
        await tell(late)
    assert (await creator.get(f"/jobs/{job['id']}"))["status"] == "canceled"
    assert (await creator.post(f"/jobs/{job['id']}/cancel", {}, 409))["code"] == "job_ended"
    retry = {"action": "retry_outputs"}
    problem = await creator.post(f"/jobs/{job['id']}/actions", retry, 409)
    assert problem["code"] == "nothing_to_retry"
    assert (await creator.get(f"/jobs/{job['id']}/manifest"))["status"] == "canceled"


async def test_a_storyboard_that_cannot_be_made_fails_the_job(creator: Any, tell: Any) -> None:
    job = await creator.job()
    await tell(
        ScenesGenerated(
            job_id=job["id"],
            version=1,
            status="failed",
            director="rules/1",
            problem=ProblemInfo(code="no_usable_assets", detail="None of the files is a film"),
        )
    )
    seen = await creator.get(f"/jobs/{job['id']}")
    assert seen["status"] == "failed"
    assert seen["error"]["code"] == "no_usable_assets"
    manifest = await creator.get(f"/jobs/{job['id']}/manifest")
    assert manifest["error"]["code"] == "no_usable_assets"


async def test_news_of_what_is_not_known_is_no_failure(
    creator: Any, tell: Any, others: Any
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    stranger = others(creator, job | {"id": str(uuid7()), "assetIds": [str(uuid7())]})
    for event in (
        stranger.ingested(),
        stranger.analysed(),
        stranger.scenes(1, "review"),
        stranger.approved(),
        stranger.rendered(0),
        JobProgressed(job_id=stranger.job_id, step="edl", percent=1),
        JobProgressed(job_id=UUID(job["id"]), step="rendering", percent=9, output_id=uuid7()),
    ):
        await tell(event)
    assert await creator.get(f"/jobs/{job['id']}") == job


@pytest.mark.parametrize("late", [False, True])
async def test_a_revision_rises_with_what_can_be_seen_alone(
    creator: Any, tell: Any, others: Any, late: bool
) -> None:
    job = await creator.job(outputTypes=["cinematic"])
    services = others(creator, job)
    ingested: AssetIngested = services.ingested()
    await tell(ingested)
    assert (await creator.get(f"/jobs/{job['id']}"))["revision"] == 2
    if late:
        await tell(JobProgressed(job_id=services.job_id, step="analysis", percent=30))
    await tell(JobProgressed(job_id=services.job_id, step="analysis", percent=30))
    await tell(JobProgressed(job_id=services.job_id, step="analysis", percent=10))
    assert (await creator.get(f"/jobs/{job['id']}"))["revision"] == 3
