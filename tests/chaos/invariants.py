"""What holds once everything has come to rest, whatever was killed on the way.

Read from the databases and the object store's folder, not from what services say of themselves.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import av
from tests.databases import Databases, Row

from cinema.system.home import Home
from contracts.topics import TOPICS

# Work that is done, by service and id.
Finished = dict[tuple[str, UUID], Row]

# What is told once, however often its teller was killed, and of what.
TOLD_ONCE = {
    "gateway": ("asset.submitted", "job.requested"),
    "ingest": ("asset.ingested",),
    "storyboard": ("scenes.generated", "storyboard.approved"),
    "render": ("output.rendered",),
}


def unrest(databases: Databases) -> list[Row]:
    """What is still to be done anywhere: work, events to publish, events to be handled."""
    work = databases.everywhere("SELECT kind, key FROM work WHERE state IN ('queued', 'leased')")
    events = databases.everywhere("SELECT topic, id FROM outbox WHERE published_at IS NULL")
    return work + events + _unheard(databases)


def _unheard(databases: Databases) -> list[Row]:
    sent = {
        (row["topic"], row["id"]) for row in databases.everywhere("SELECT topic, id FROM outbox")
    }
    heard = {(row["service"], row["id"]) for row in databases.everywhere("SELECT id FROM inbox")}
    receivers = {topic.name: topic.receivers for topic in TOPICS}
    return [
        {"service": service, "topic": topic, "unheard": event}
        for topic, event in sent
        for service in receivers.get(topic, ())
        if (service, event) not in heard
    ]


def assert_nothing_died(databases: Databases) -> None:
    assert databases.everywhere("SELECT kind, key, error FROM work WHERE state = 'dead'") == []
    letters = "SELECT topic, headers::text FROM outbox WHERE topic LIKE '%.dlq'"
    assert databases.everywhere(letters) == []


def assert_told_once(databases: Databases, job_id: UUID) -> None:
    """Two rows of the outbox with the same body are two tellings of the same fact."""
    for service, topics in TOLD_ONCE.items():
        for topic in topics:
            bodies = databases.rows(
                service, "SELECT payload::text AS body FROM outbox WHERE topic = $1", topic
            )
            said = Counter(_subject(json.loads(row["body"])) for row in bodies)
            assert not [subject for subject, times in said.items() if times > 1], topic
    assert (
        databases.value("storyboard", "SELECT count(*) FROM storyboards WHERE job_id = $1", job_id)
        == 1
    )


def _subject(body: dict[str, str]) -> str:
    return body.get("output_id") or body.get("asset_id") or body["job_id"]


def assert_outputs_are_there_once(databases: Databases, home: Home, job_id: UUID) -> None:
    """As render owns them, as the gateway shows them, and as they lie in the store."""
    owned = databases.rows(
        "render",
        "SELECT id, status, progress FROM job_outputs WHERE job_id = $1 ORDER BY id",
        job_id,
    )
    shown = databases.rows(
        "gateway",
        "SELECT id, status, progress, artifacts::text, facts::text FROM outputs"
        " WHERE job_id = $1 ORDER BY id",
        job_id,
    )
    for row in (*owned, *shown):
        assert (row["status"], row["progress"]) == ("completed", 100)
    assert [row["id"] for row in owned] == [row["id"] for row in shown]
    for output in shown:
        _assert_files_are_there_once(databases, home, output)


def _assert_files_are_there_once(databases: Databases, home: Home, output: Row) -> None:
    listed = "SELECT storage_path AS key FROM artifacts WHERE output_id = $1"
    owned = sorted(row["key"] for row in databases.rows("render", listed, output["id"]))
    shown = sorted(artifact["key"] for artifact in json.loads(output["artifacts"]))
    assert owned == shown == sorted(objects(home, f"outputs/{output['id']}/"))
    facts = json.loads(output["facts"])
    [video] = [key for key in owned if key.endswith(".mp4")]
    assert _seconds_played(link(home, video)) == round(facts["duration_us"] / 1e6, 1)


def _seconds_played(video: Path) -> float:
    """Every frame is decoded."""
    with av.open(str(video)) as container:
        rate = container.streams.video[0].average_rate
        frames = sum(1 for _ in container.decode(video=0))
    assert rate is not None
    return round(float(frames / rate), 1)


def assert_readers_agree_with_owners(databases: Databases, job_id: UUID) -> None:
    """The gateway's read models are what the owning services hold."""
    scenes = "SELECT id, scene_number, script FROM {} WHERE job_id = $1 ORDER BY scene_number"
    shown = databases.rows("gateway", scenes.format("scenes"), job_id)
    assert shown
    assert shown == databases.rows("storyboard", scenes.format("job_scenes"), job_id)
    states = databases.rows(
        "gateway",
        "SELECT a.id, a.status, a.sha256 FROM assets a JOIN job_assets j ON j.asset_id = a.id"
        " WHERE j.job_id = $1",
        job_id,
    )
    assert {row["status"] for row in states} == {"analysed"}
    stored = databases.rows(
        "ingest",
        "SELECT a.id, sha256 FROM assets a JOIN asset_blobs b ON b.id = a.blob_id"
        " WHERE a.id = ANY($1)",
        [row["id"] for row in states],
    )
    assert {(row["id"], row["sha256"]) for row in stored} == {
        (row["id"], row["sha256"]) for row in states
    }


def assert_nothing_is_left_over(databases: Databases, home: Home) -> None:
    """No scratch, no half-written object, no upload that was taken in, no chunk, no file of an
    output that did not complete, no lost blob."""
    left = [*home.root.glob("scratch/*/*"), *home.root.glob("objects/incoming/*")]
    assert left == []
    assert objects(home, "uploads/") == []
    assert objects(home, "render/") == []
    products = databases.rows("render", "SELECT storage_path AS key FROM artifacts")
    assert sorted(objects(home, "outputs/")) == sorted(row["key"] for row in products)
    linked = {link(home, key).resolve() for key in objects(home, "")}
    blobs = {path.resolve() for path in home.root.glob("objects/blobs/*/*")}
    assert blobs == linked


def objects(home: Home, prefix: str) -> list[str]:
    """Found by a walk that does not mind folders which go meanwhile."""
    root = home.root / "objects" / "objects"
    paths = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    keys = (path.relative_to(root).as_posix() for path in paths)
    return [key for key in keys if key.startswith(prefix)]


def link(home: Home, key: str) -> Path:
    return home.root / "objects" / "objects" / key


def finished(databases: Databases) -> Finished:
    """Work that is done, and when and at which attempt that was."""
    rows = databases.everywhere(
        "SELECT id, kind, key, attempt, fence, updated_at FROM work WHERE state = 'done'"
    )
    return {(row["service"], row["id"]): row for row in rows}


def assert_not_done_again(before: Finished, databases: Databases) -> None:
    after = finished(databases)
    assert {name: after.get(name) for name in before} == before


def assert_only_forward(seen: Iterable[Row]) -> None:
    """What a client saw of a job, in order: revision and progress never went back."""
    seen = list(seen)
    for column in ("revision", "progress", "steps", "outputs"):
        values = [row[column] for row in seen]
        assert values == sorted(values), column
