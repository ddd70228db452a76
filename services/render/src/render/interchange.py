"""The timeline as OpenTimelineIO, for Resolve, Premiere, Final Cut and their like."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from contracts.timeline import Clip, Timeline
from render.grid import SECOND_US, Grid

TRANSITIONS = {"dissolve": otio.schema.TransitionTypes.SMPTE_Dissolve}
NAMESPACE = "cinema"


def to_otio(timeline: Timeline) -> str:
    """JSON. Cutaways and voice lie on tracks of their own; markers say why each clip is there."""
    result = otio.schema.Timeline(
        name=f"{timeline.kind} {timeline.aspect_ratio}",
        metadata={NAMESPACE: {"reason": timeline.reason, **_provenance(timeline)}},
    )
    kinds = otio.schema.TrackKind
    tracks = [
        _spine(timeline, "Picture", kinds.Video),
        _over(timeline, timeline.cutaways, "Cutaways", kinds.Video),
        _spine(timeline, "Sound", kinds.Audio),
        _over(timeline, timeline.voice, "Voice", kinds.Audio),
        _music(timeline),
    ]
    result.tracks.extend(track for track in tracks if len(track))
    return str(result.to_json_string(indent=2))


def _provenance(timeline: Timeline) -> dict[str, Any]:
    return timeline.provenance.model_dump(mode="json")


def _time(frames: int, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(frames, float(rate))


def _range(start: int, end: int, rate: Fraction) -> Any:
    return otio.opentime.TimeRange(_time(start, rate), _time(end - start, rate))


def _spine(timeline: Timeline, name: str, kind: str) -> Any:
    """Clips end to end: OpenTimelineIO's transitions reach into both neighbours instead.

    A transition's overlap is halved between them; what is beyond stays as handles.
    """
    grid, track = Grid(timeline.rate), otio.schema.Track(name=name, kind=kind)
    clips = timeline.picture
    for index, clip in enumerate(clips):
        following = clips[index + 1] if index + 1 < len(clips) else None
        overlap = _overlap(clip, grid)
        if index and overlap:
            track.append(_transition(clip, overlap, timeline.rate))
        tail = _overlap(following, grid) if following else 0
        head = overlap // 2 if index else 0
        track.append(_clip(clip, timeline, head, tail - tail // 2))
    return track


def _overlap(clip: Clip, grid: Grid) -> int:
    return grid.frame(clip.start_us + clip.transition.duration_us) - grid.frame(clip.start_us)


def _transition(clip: Clip, overlap: int, rate: Fraction) -> Any:
    kind = TRANSITIONS.get(clip.transition.kind, otio.schema.TransitionTypes.Custom)
    return otio.schema.Transition(
        name=clip.transition.kind,
        transition_type=kind,
        in_offset=_time(overlap // 2, rate),
        out_offset=_time(overlap - overlap // 2, rate),
    )


def _clip(clip: Clip, timeline: Timeline, head: int = 0, tail: int = 0) -> Any:
    grid, rate = Grid(timeline.rate), timeline.rate
    start = grid.frame(clip.in_us)
    frames = grid.frame(clip.end_us) - grid.frame(clip.start_us)
    used = _range(start + head, start + frames - tail, rate)
    described = clip.model_dump(mode="json", include={"transform", "gain_db", "muted", "scene"})
    marker = otio.schema.Marker(
        name=clip.reason, marked_range=otio.opentime.TimeRange(used.start_time, _time(1, rate))
    )
    return otio.schema.Clip(
        name=clip.clip_id,
        media_reference=_reference(timeline, clip),
        source_range=used,
        markers=[marker],
        metadata={NAMESPACE: {**described, "reason": clip.reason}},
    )


def _reference(timeline: Timeline, clip: Clip) -> Any:
    source, grid = timeline.source_of(clip), Grid(timeline.rate)
    length = grid.frame(source.media.duration_us or clip.out_us)
    return otio.schema.ExternalReference(
        target_url=source.filename,
        available_range=_range(0, length, timeline.rate),
        metadata={NAMESPACE: {"asset_id": str(source.asset_id), "sha256": source.sha256}},
    )


def _over(timeline: Timeline, clips: Sequence[Clip], name: str, kind: str) -> Any:
    grid, track = Grid(timeline.rate), otio.schema.Track(name=name, kind=kind)
    until = 0
    for clip in clips:
        start = grid.frame(clip.start_us)
        if start > until:
            track.append(otio.schema.Gap(source_range=_range(0, start - until, timeline.rate)))
        track.append(_clip(clip, timeline))
        until = grid.frame(clip.end_us)
    return track


def _music(timeline: Timeline) -> Any:
    """The bed, once through or as long as the picture."""
    track = otio.schema.Track(name="Music", kind=otio.schema.TrackKind.Audio)
    music = timeline.music
    source = next((s for s in timeline.sources if music and s.asset_id == music.source), None)
    if music is None or source is None:
        return track
    length = min(source.media.duration_us or timeline.duration_us, timeline.duration_us)
    bed = Clip(
        clip_id="music",
        source=music.source,
        start_us=0,
        in_us=0,
        out_us=max(length, SECOND_US // 1000),
        gain_db=music.gain_db,
        reason="Music",
    )
    track.append(_clip(bed, timeline))
    return track
