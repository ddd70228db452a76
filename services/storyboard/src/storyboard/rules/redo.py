"""Redo: another version of a whole storyboard or of one of its scenes, always visibly different."""

from collections.abc import Sequence
from uuid import UUID

from contracts.events import JobRequested
from storyboard.edit import Edit, SceneEdit
from storyboard.footage import Footage
from storyboard.problems import SceneNotFound
from storyboard.rules.casting import cast
from storyboard.rules.cutaways import place_cutaways
from storyboard.rules.director import direct, places, spoken_in, topics
from storyboard.rules.jumps import hide_jumps
from storyboard.rules.montage import montage
from storyboard.rules.pacing import PUNCH_IN, lay_out, pace_of
from storyboard.rules.selection import as_wished
from storyboard.rules.sentences import sentences
from storyboard.rules.shelf import Shelf
from storyboard.wishes import Wishes

_TRIES = 6
_OF_THE_WHOLE = {"length": 1.0, "target_us": None, "start_with": "", "leave_out": ()}
"""Wishes that chose among all sentences; a single scene was chosen by them already."""


def redo_all(
    job: JobRequested, footage: Sequence[Footage], old: Edit, feedback: str, *, version: int
) -> Edit:
    """Direct again with what the feedback asks for; with the rest varied until it shows."""
    wishes, understood = old.wishes.heard(feedback)
    for variation in range(wishes.variation, wishes.variation + _TRIES):
        varied = wishes.model_copy(update={"variation": variation})
        new = direct(job, footage, varied, version=version)
        if _looks(new.scenes) != _looks(old.scenes):
            break
    else:
        new = new.model_copy(update={"scenes": tuple(_closer(new.scenes))})
    return _with_notes(new, feedback, understood)


def redo_scene(
    job: JobRequested, footage: Sequence[Footage], old: Edit, number: int, feedback: str
) -> Edit:
    """Direct one scene again; the others stay as they are, to the byte."""
    scene = next((one for one in old.scenes if one.number == number), None)
    if scene is None:
        raise SceneNotFound(f"there is no scene {number}, the last is {len(old.scenes)}")
    lasting = old.wishes.model_copy(update=_OF_THE_WHOLE)
    wishes, understood = lasting.heard(feedback)
    for variation in range(wishes.variation + 1, wishes.variation + 1 + _TRIES):
        varied = wishes.model_copy(update={"variation": variation})
        new = _scene_again(job, footage, old, scene, varied)
        if _looks([new]) != _looks([scene]):
            break
    else:
        new = _closer([new])[0]
    scenes = tuple(new if one.number == number else one for one in old.scenes)
    return _with_notes(old.model_copy(update={"scenes": scenes}), feedback, understood)


def _scene_again(
    job: JobRequested, footage: Sequence[Footage], old: Edit, scene: SceneEdit, wishes: Wishes
) -> SceneEdit:
    if scene.moments[0].kind == "shot":
        return _other_shots(footage, scene, wishes)
    parts = cast(footage, job.music)
    said = [sentence for one in parts.spine for sentence in sentences(one)]
    moments, _ = as_wished(list(scene.moments), wishes)
    segments = lay_out(moments, spoken_in(parts.spine, said), pace_of(wishes))
    entrance = {"transition": scene.segments[0].transition, "in_us": scene.segments[0].in_us}
    if moments[0] == scene.moments[0]:
        segments[0] = segments[0].model_copy(update=entrance)
    if moments[-1] == scene.moments[-1]:
        segments[-1] = segments[-1].model_copy(update={"out_us": scene.segments[-1].out_us})
    shelf = _shelf_beside(parts.pictures, old, wishes)
    sources = {one.asset_id: one for one in footage}
    place = places(old.scenes)[scene.number - 1]
    cutaways = place_cutaways(segments, sources, shelf, wishes, place)
    redone = scene.model_copy(update={"segments": tuple(segments), "cutaways": cutaways})
    return hide_jumps([redone], sources, tight_first=wishes.variation % 2 == 1)[0]


def _shelf_beside(pictures: Sequence[Footage], old: Edit, wishes: Wishes) -> Shelf:
    """Pictures that are already shown count as used, those of the redone scene too."""
    shelf = Shelf(pictures, skip=wishes.variation, said=topics(old.scenes))
    for scene in old.scenes:
        for cutaway in scene.cutaways:
            shelf.mark_used(cutaway.source, cutaway.in_us, cutaway.out_us)
    return shelf


def _other_shots(footage: Sequence[Footage], scene: SceneEdit, wishes: Wishes) -> SceneEdit:
    """Of the same files other shots, or the same ones in another rhythm; not longer than before."""
    own = {segment.source for segment in scene.segments}
    if not any(one.has_picture for one in footage if one.asset_id in own):
        return scene
    limit = min(scene.length_us, wishes.target_us or scene.length_us)
    varied = wishes.model_copy(update={"target_us": limit})
    segments = montage([one for one in footage if one.asset_id in own], varied)
    entrance = scene.segments[0].transition
    if entrance.duration_us <= segments[0].duration_us // 2:
        segments[0] = segments[0].model_copy(update={"transition": entrance})
    return scene.model_copy(update={"segments": tuple(segments)})


Looks = tuple[tuple[UUID, int, int, float, int], ...]


def _looks(scenes: Sequence[SceneEdit]) -> Looks:
    """What a viewer could tell two versions apart by."""
    cut = [(s.source, s.in_us, s.out_us, s.zoom, -1) for c in scenes for s in c.segments]
    laid = [(c.source, c.in_us, c.out_us, 1.0, c.at_us) for s in scenes for c in s.cutaways]
    return tuple(cut + laid)


def _closer(scenes: Sequence[SceneEdit]) -> list[SceneEdit]:
    """Nothing else is left to vary: the framing is, between full and slightly closer."""
    first, *rest = scenes
    segment = first.segments[0]
    zoom = PUNCH_IN if segment.zoom == 1.0 else 1.0
    framed = segment.model_copy(update={"zoom": zoom})
    return [first.model_copy(update={"segments": (framed, *first.segments[1:])}), *rest]


def _with_notes(edit: Edit, feedback: str, understood: Sequence[str]) -> Edit:
    if not feedback:
        return edit
    heard = "; ".join(understood) or "nothing that the rules know, so it is varied"
    note = f"feedback “{feedback[:200]}”: {heard}"
    return edit.model_copy(update={"notes": (*edit.notes, note)})
