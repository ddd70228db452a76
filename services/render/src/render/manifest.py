"""What an output is made of, by whom, and why: its manifest."""

from typing import Any

from contracts.events import OutputFacts
from contracts.timeline import Clip, Timeline


def output_manifest(
    timeline: Timeline, facts: OutputFacts, renderer: str, left_out: set[str]
) -> dict[str, Any]:
    """JSON. `left_out` are characters of captions that no font could draw."""
    tracks = {
        "picture": timeline.picture,
        "cutaways": timeline.cutaways,
        "voice": timeline.voice,
    }
    return {
        "kind": timeline.kind,
        "aspect_ratio": timeline.aspect_ratio,
        "reason": timeline.reason,
        "facts": facts.model_dump(mode="json"),
        "providers": timeline.provenance.model_dump(mode="json"),
        "renderer": renderer,
        "notes": [f"No font draws {''.join(sorted(left_out))}: left out"] if left_out else [],
        "sources": [_source(timeline, index) for index in range(len(timeline.sources))],
        "clips": [
            _clip(timeline, track, clip) for track, clips in tracks.items() for clip in clips
        ],
        "captions": {
            "style": timeline.captions.style,
            "language": timeline.captions.language,
            "groups": len(timeline.captions.groups),
        },
        "music": timeline.music and timeline.music.model_dump(mode="json"),
    }


def _source(timeline: Timeline, index: int) -> dict[str, Any]:
    source = timeline.sources[index]
    return {
        "asset_id": str(source.asset_id),
        "filename": source.filename,
        "sha256": source.sha256,
        "duration_us": source.media.duration_us,
    }


def _clip(timeline: Timeline, track: str, clip: Clip) -> dict[str, Any]:
    return {
        "track": track,
        "clip_id": clip.clip_id,
        "source": timeline.source_of(clip).filename,
        "at_us": clip.start_us,
        "in_us": clip.in_us,
        "out_us": clip.out_us,
        "scene": clip.scene,
        "transition": clip.transition.kind,
        "reason": clip.reason,
    }
