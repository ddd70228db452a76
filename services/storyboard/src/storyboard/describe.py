"""A scene as a person reads it, put together from facts."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any
from uuid import UUID

from contracts.events import Scene
from storyboard.cuts.framing import is_screen
from storyboard.edit import SceneEdit, Segment
from storyboard.footage import Footage
from storyboard.rules.selection import clock, shortened

CLOSE_UP, MEDIUM = 0.42, 0.18
"""Height of the face, as a share of the picture's."""
_MOST = 4
_LONGEST_SCRIPT = 2000
"""Events stay small: so many reasons and letters per scene, the rest is in the timelines."""
_NAMES = {
    "close_up": "Speaker to camera, close-up",
    "medium": "Speaker to camera, medium shot",
    "wide": "Speaker in a wide shot",
    "screen": "Screen recording with a voice",
    "voice_over": "Voice-over",
    "b_roll": "Pictures without words",
    "still": "Still picture",
    "card": "Sound over a title card",
}


def describe(scene: SceneEdit, sources: Mapping[UUID, Footage]) -> Scene:
    """The scene of the storyboard; depends on nothing but this scene and its footage."""
    shot_type = _shot_type(scene, sources)
    used = [*(s.source for s in scene.segments), *(c.source for c in scene.cutaways)]
    return Scene(
        scene_id=scene.scene_id,
        number=scene.number,
        duration_us=scene.duration_us,
        description=_description(scene, sources, shot_type),
        script=shortened(_said(scene), _LONGEST_SCRIPT),
        shot_type=shot_type,
        transition=scene.segments[0].transition.kind,
        asset_ids=tuple(dict.fromkeys(used)),
        reason=scene.reason,
        metadata=_metadata(scene, sources),
    )


def _shot_type(scene: SceneEdit, sources: Mapping[UUID, Footage]) -> str:
    source = sources[scene.segments[0].source]
    talks = scene.segments[0].moments[0].kind == "sentence"
    if not source.has_picture:
        return "voice_over" if scene.cutaways else "card"
    if is_screen(source):
        return "screen"
    if not talks:
        return "still" if source.is_still else "b_roll"
    face = _face_height(scene.segments, sources)
    return "close_up" if face >= CLOSE_UP else "medium" if face >= MEDIUM else "wide"


def _face_height(segments: Sequence[Segment], sources: Mapping[UUID, Footage]) -> float:
    """The usual height of the largest face in these segments; 0 without faces."""
    largest: dict[tuple[UUID, int], float] = {}
    for segment in segments:
        for track in sources[segment.source].faces:
            for box in track.boxes:
                if segment.in_us <= box.at_us < segment.out_us:
                    key = (segment.source, box.at_us)
                    largest[key] = max(largest.get(key, 0.0), box.height)
    return median(largest.values()) if largest else 0.0


def _description(scene: SceneEdit, sources: Mapping[UUID, Footage], shot_type: str) -> str:
    parts = [f"{_NAMES[shot_type]}: {', '.join(_stretches(scene.segments, sources))}."]
    if scene.cutaways:
        shown = [
            f"{sources[c.source].filename} {clock(c.in_us)}–{clock(c.out_us)}"
            for c in scene.cutaways
        ]
        parts.append(f"{'Cutaways' if len(shown) > 1 else 'Cutaway'}: {', '.join(shown)}.")
    if said := _said(scene):
        parts.append(f"“{shortened(said, 80)}”")
    return " ".join(parts)


def _said(scene: SceneEdit) -> str:
    return " ".join(moment.text for moment in scene.moments if moment.text)


def _stretches(segments: Sequence[Segment], sources: Mapping[UUID, Footage]) -> Iterator[str]:
    """Each source once, from its first to its last frame in the scene."""
    for source in dict.fromkeys(segment.source for segment in segments):
        own = [segment for segment in segments if segment.source == source]
        cuts = f" in {len(own)} cuts" if len(own) > 1 else ""
        start, end = min(s.in_us for s in own), max(s.out_us for s in own)
        yield f"{sources[source].filename} {clock(start)}–{clock(end)}{cuts}"


def _metadata(scene: SceneEdit, sources: Mapping[UUID, Footage]) -> dict[str, Any]:
    """Why its pictures were chosen; all the rest is in the timelines."""
    return {
        "cuts": len(scene.segments),
        "reasons": list(dict.fromkeys(segment.reason for segment in scene.segments))[:_MOST],
        "cutaways": [
            {"filename": sources[one.source].filename, "at_us": one.at_us, "reason": one.reason}
            for one in scene.cutaways[:_MOST]
        ],
    }
