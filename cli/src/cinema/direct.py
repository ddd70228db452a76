"""`cinema direct`: footage in, finished cuts out, all of it through the public API."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from cinema.api import Api
from cinema.delivery import deliver
from cinema.display import Display, display_for
from cinema.review import ask

Json = dict[str, Any]


@dataclass(frozen=True)
class Brief:
    """What the creator asks for. `music` is a file, or `auto` or `none`."""

    clips: tuple[Path, ...]
    text: str
    outputs: tuple[str, ...]
    caption_style: str
    music: str
    quality: str
    review: bool


class JobEndedWithoutCuts(click.ClickException):
    """Every output failed, or the storyboard could not be made; the reason is the message."""


def run_direct(
    api: Api, brief: Brief, folder: Path, console: Console, *, as_json: bool
) -> list[Path]:
    """Upload, direct, deliver. An interrupt cancels the job before it is passed on."""
    with display_for(console, quiet=as_json) as display:
        project = api.create_project(brief.clips[0].stem)
        request = _request(brief, *_upload(api, project, brief, display))
        job: Json = api.create_job(project, request)
        with _canceled_on_interrupt(api, job["id"], display):
            job = _see_through(api, job["id"], console, display)
        files = deliver(api, job["id"], folder)
    _report(job, files, console, as_json=as_json)
    return files


def _upload(api: Api, project: str, brief: Brief, display: Display) -> tuple[list[str], str | None]:
    """The ids of the clips, and of the music where a file is given."""
    ids = []
    for clip in brief.clips:
        display.say(f"uploading {clip.name}")
        ids.append(api.upload(project, clip)["id"])
    if brief.music in ("auto", "none"):
        return ids, None
    display.say(f"uploading {Path(brief.music).name}")
    return ids, api.upload(project, Path(brief.music), role="music")["id"]


def _request(brief: Brief, assets: list[str], music: str | None) -> Json:
    return {
        "assetIds": assets,
        "brief": brief.text,
        "outputTypes": list(brief.outputs),
        "captionStyle": brief.caption_style,
        "musicMode": "asset" if music else brief.music,
        "musicAssetId": music,
        "quality": brief.quality,
        "review": "required" if brief.review else "auto",
    }


@contextmanager
def _canceled_on_interrupt(api: Api, job_id: str, display: Display) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, click.Abort):
        display.say("canceling the job")
        api.cancel(job_id)
        raise


def _see_through(api: Api, job_id: str, console: Console, display: Display) -> Json:
    """Follow the job to its end; stop at every storyboard that waits for review."""
    reviewed = 0
    job: Json = {}
    for job in api.follow(job_id):
        display.show(job)
        version = (job["storyboard"] or {}).get("version", 0)
        if job["status"] == "storyboard_review" and version > reviewed:
            reviewed = version
            display.pause()
            _decide(api, job, console)
            display.resume()
    if job["status"] != "completed":
        reason = job["error"] or {"code": job["status"], "detail": "The job ended without cuts."}
        raise JobEndedWithoutCuts(f"{reason['detail']} [{reason['code']}]")
    return job


def _decide(api: Api, job: Json, console: Console) -> None:
    action = ask(console, job)
    if action is None:
        raise click.Abort
    api.act(job["id"], action | {"version": job["storyboard"]["version"]})


def _report(job: Json, files: list[Path], console: Console, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"job": job, "files": [str(file) for file in files]}))
        return
    for output in job["outputs"]:
        if output["status"] == "failed":
            error = output["error"]
            console.print(f"[red]{output['outputType']} failed:[/] {error['detail']}")
    for file in files:
        console.print(f"  {file}", highlight=False, soft_wrap=True)
