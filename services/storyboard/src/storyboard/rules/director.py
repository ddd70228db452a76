"""The rule-based director: from footage and wishes to the director's cut."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from contracts.events import JobRequested
from storyboard.edit import Edit, SceneEdit, Segment
from storyboard.footage import SECOND, Footage
from storyboard.problems import NothingUsable
from storyboard.rules.casting import Cast, cast
from storyboard.rules.cutaways import Place, place_cutaways
from storyboard.rules.jumps import hide_jumps
from storyboard.rules.montage import montage, montage_scenes, sound_only
from storyboard.rules.pacing import Spoken, lay_out, pace_of
from storyboard.rules.scenes import group_scenes, scene_id
from storyboard.rules.selection import Selection, select
from storyboard.rules.sentences import Sentence
from storyboard.rules.shelf import Shelf
from storyboard.rules.tokens import stems
from storyboard.wishes import Wishes

DIRECTOR = "rules/1"
Grouped = Sequence[tuple[Sequence[Segment], str]]


def direct(job: JobRequested, footage: Sequence[Footage], wishes: Wishes, *, version: int) -> Edit:
    """Make the director's cut. The same input gives the same cut; raises NothingUsable."""
    parts = cast(footage, job.music)
    chosen = select(parts.spine, wishes)
    grouped = _talk(parts, chosen, wishes) if chosen.moments else _without_speech(parts, wishes)
    scenes = [
        SceneEdit(
            scene_id=scene_id(job.job_id, version, number),
            number=number,
            segments=tuple(segments),
            reason=why,
        )
        for number, (segments, why) in enumerate(grouped, start=1)
    ]
    if chosen.moments:
        scenes = _with_pictures(scenes, parts, wishes)
    return Edit(
        director=DIRECTOR,
        scenes=tuple(scenes),
        music=parts.music.asset_id if parts.music and wishes.music else None,
        wishes=wishes,
        left_out=(*chosen.left_out, *_silence(scenes, parts.spine, chosen)),
        notes=_notes(parts, job, wishes),
    )


def spoken_in(spine: Iterable[Footage], said: Sequence[Sentence]) -> dict[UUID, Spoken]:
    """What may not be cut into, per source."""
    return {
        one.asset_id: Spoken(
            starts=tuple(s.start_us for s in said if s.source == one.asset_id),
            ends=tuple(s.end_us for s in said if s.source == one.asset_id),
            duration_us=one.duration_us,
            has_picture=one.has_picture,
        )
        for one in spine
    }


def topics(scenes: Sequence[SceneEdit]) -> frozenset[str]:
    return stems(" ".join(moment.text for scene in scenes for moment in scene.moments))


def places(scenes: Sequence[SceneEdit]) -> list[Place]:
    """The opening shows who speaks, and so do the strongest sentence and the last words."""
    moments = [moment for scene in scenes for moment in scene.moments]
    strongest = max(moments, key=lambda moment: (moment.score, -moment.start_us))
    keep_seen = frozenset({strongest} if len(moments) > 2 else ())
    return [
        Place(opens=index == 0, closes=index == len(scenes) - 1, keep_seen=keep_seen)
        for index in range(len(scenes))
    ]


def _talk(parts: Cast, chosen: Selection, wishes: Wishes) -> Grouped:
    spoken = spoken_in(parts.spine, chosen.said)
    return group_scenes(lay_out(chosen.moments, spoken, pace_of(wishes)))


def _without_speech(parts: Cast, wishes: Wishes) -> Grouped:
    silent = (*parts.pictures, *(one for one in parts.spine if one.has_picture))
    if silent:
        return list(montage_scenes(montage(silent, wishes)))
    sounds = [one for one in (*parts.spine, parts.music) if one is not None]
    if not sounds:
        raise NothingUsable("no asset has a picture or a sound that could be used")
    return list(montage_scenes(sound_only(sounds[0])))


def _with_pictures(scenes: Sequence[SceneEdit], parts: Cast, wishes: Wishes) -> list[SceneEdit]:
    footage = {one.asset_id: one for one in (*parts.spine, *parts.pictures)}
    shelf = Shelf(parts.pictures, skip=wishes.variation, said=topics(scenes))
    covered = [
        scene.model_copy(
            update={"cutaways": place_cutaways(scene.segments, footage, shelf, wishes, place)}
        )
        for scene, place in zip(scenes, places(scenes), strict=True)
    ]
    return hide_jumps(covered, footage, tight_first=wishes.variation % 2 == 1)


def _silence(scenes: Sequence[SceneEdit], spine: Sequence[Footage], chosen: Selection) -> list[str]:
    """One sentence on the silence that was taken out."""
    whole = sum(one.duration_us for one in spine)
    kept = sum(segment.duration_us for scene in scenes for segment in scene.segments)
    unused = sum(one.duration_us for one in chosen.said)
    unused -= sum(one.duration_us for one in chosen.moments)
    silence = whole - kept - unused
    return [f"{silence / SECOND:.1f} s of silence"] if chosen.moments and silence > SECOND else []


def _notes(parts: Cast, job: JobRequested, wishes: Wishes) -> tuple[str, ...]:
    everyone = [*parts.spine, *parts.pictures, *([parts.music] if parts.music else [])]
    notes = [f"{one.filename}: {parts.reasons[one.asset_id]}" for one in everyone]
    drafts = [
        one.filename
        for one in parts.spine
        if one.analysis.transcript and one.analysis.transcript.quality == "draft"
    ]
    if drafts:
        notes.append(f"words of {', '.join(drafts)} are a draft: their text may be wrong")
    if parts.music is None and job.music.mode != "none" and wishes.music:
        notes.append("no music: none was given, and none is made")
    return tuple(notes)
