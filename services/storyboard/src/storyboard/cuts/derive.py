"""Derive: the timeline of every kind of output in every aspect ratio, from one director's cut."""

from collections.abc import Mapping, Sequence
from typing import get_args
from uuid import UUID

from contracts.base import ProblemInfo
from contracts.events import AspectRatio, JobRequested, OutputKind
from contracts.timeline import Timeline
from storyboard.cuts.compose import Shape, compose
from storyboard.cuts.dialogue import dialogue
from storyboard.cuts.draft import Draft, whole
from storyboard.cuts.framing import Framing
from storyboard.cuts.hook import hook
from storyboard.cuts.short import short
from storyboard.edit import Edit
from storyboard.footage import Footage
from storyboard.rules.director import spoken_in
from storyboard.rules.sentences import sentences

NO_SPEECH = ProblemInfo(code="no_speech", detail="Nobody speaks in this cut: no dialogue to make")
SHAPES = tuple(
    Shape(kind, aspect) for kind in get_args(OutputKind) for aspect in get_args(AspectRatio)
)


def derive(
    edit: Edit, job: JobRequested, footage: Sequence[Footage]
) -> dict[Shape, Timeline | ProblemInfo]:
    """All ten; a problem in place of what cannot be made."""
    sources = {one.asset_id: one for one in footage}
    drafts = _drafts(whole(edit), sources)
    framings = {aspect: Framing(aspect) for aspect in get_args(AspectRatio)}
    derived: dict[Shape, Timeline | ProblemInfo] = {}
    for shape in SHAPES:
        draft, framing = drafts[shape.kind], framings[shape.aspect]
        derived[shape] = compose(draft, shape, job, edit, sources, framing) if draft else NO_SPEECH
    return derived


def _drafts(everything: Draft, sources: Mapping[UUID, Footage]) -> dict[OutputKind, Draft | None]:
    speakers = {piece.segment.source for piece in everything.pieces}
    spine = [one for one in sources.values() if one.asset_id in speakers]
    said = [sentence for one in spine for sentence in sentences(one)]
    return {
        "cinematic": _because(everything, "cinematic: the director's cut"),
        "vertical": _because(everything, "vertical: the director's cut, reframed"),
        "short": short(everything, sources),
        "hook": hook(everything, sources),
        "dialogue": dialogue(everything, sources, spoken_in(spine, said)),
    }


def _because(draft: Draft, reason: str) -> Draft:
    return Draft(draft.pieces, draft.overlays, draft.music, reason)
