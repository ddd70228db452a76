"""The dialogue cut: speech only, tight, without cutaways or music."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from contracts.timeline import Transition
from storyboard.cuts.draft import Draft, laid
from storyboard.edit import SceneEdit, Segment
from storyboard.footage import Footage
from storyboard.rules.jumps import hide_jumps
from storyboard.rules.pacing import TIGHT, Spoken, lay_out


def dialogue(
    draft: Draft, sources: Mapping[UUID, Footage], spoken: Mapping[UUID, Spoken]
) -> Draft | None:
    """Every sentence of the cut with as little silence as speech bears; None without speech."""
    tight = [
        (segment, piece.scene)
        for piece in draft.pieces
        if piece.segment.moments[0].kind == "sentence"
        for segment in _tightened(piece.segment, spoken)
    ]
    if not tight:
        return None
    zoomed = _with_punch_ins([segment for segment, _ in tight], sources)
    pieces = laid(list(zip(zoomed, [scene for _, scene in tight], strict=True)))
    reason = "dialogue: every sentence kept, pauses cut down to a third of a second"
    return replace(draft, pieces=pieces, overlays=(), music=None, reason=reason)


def _tightened(segment: Segment, spoken: Mapping[UUID, Spoken]) -> list[Segment]:
    """Within the segment, so that all cuts of one job share what the renderer decodes."""
    return [
        part.model_copy(
            update={
                "in_us": max(part.in_us, segment.in_us),
                "out_us": min(part.out_us, segment.out_us),
                "transition": Transition(),
            }
        )
        for part in lay_out(segment.moments, spoken, TIGHT)
    ]


def _with_punch_ins(
    segments: Sequence[Segment], sources: Mapping[UUID, Footage]
) -> tuple[Segment, ...]:
    as_scene = SceneEdit(scene_id=UUID(int=0), number=1, segments=tuple(segments), reason="")
    return hide_jumps([as_scene], sources)[0].segments
