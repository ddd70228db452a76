"""The finished cuts, beside each other in a folder."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from cinema.api import Api

Json = dict[str, Any]

_LONGEST_FIRST = ("cinematic", "vertical", "dialogue", "short", "hook")


def deliver(api: Api, job_id: str, folder: Path) -> list[Path]:
    """Download each completed cut, the captions and timeline of the longest, and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    outputs = [output for output in api.outputs(job_id) if output["status"] == "completed"]
    outputs.sort(key=lambda output: _LONGEST_FIRST.index(output["outputType"]))
    files = [
        _fetch(api, artifact, folder / f"{name}{Path(artifact['filename']).suffix}")
        for output, name in zip(outputs, _names(outputs), strict=True)
        for artifact in output["artifacts"]
        if artifact["kind"] == "video"
    ]
    if outputs:
        files += [
            _fetch(api, artifact, folder / artifact["filename"])
            for artifact in outputs[0]["artifacts"]
            if artifact["kind"] in ("captions", "timeline")
        ]
    return [*files, _write_manifest(api, job_id, folder / "manifest.json")]


def _names(outputs: list[Json]) -> list[str]:
    """cinematic, vertical, …; with the shape added where one kind comes in two."""
    kinds = Counter(output["outputType"] for output in outputs)
    return [
        kind
        if kinds[kind := output["outputType"]] == 1
        else f"{kind}-{output['aspectRatio'].replace(':', 'x')}"
        for output in outputs
    ]


def _fetch(api: Api, artifact: Json, target: Path) -> Path:
    api.download(artifact["url"], target)
    return target


def _write_manifest(api: Api, job_id: str, target: Path) -> Path:
    target.write_text(json.dumps(api.manifest(job_id), indent=2, ensure_ascii=False) + "\n")
    return target
