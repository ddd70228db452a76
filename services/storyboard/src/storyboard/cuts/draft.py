"""A cut before it has a shape: the director's cut laid out in time, and parts of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.timeline import Transition
from storyboard.edit import Edit, Segment
from storyboard.footage import Footage
from storyboard.rules.cutaways import starts_of

_SHORTEST_OVERLAY_US = 700_000


@dataclass(frozen=True)
class Piece:
    """A segment at its place on the timeline."""

    segment: Segment
    scene: int
    start_us: int

    @property
    def end_us(self) -> int:
        return self.start_us + self.segment.duration_us

    def at(self, source_us: int) -> int:
        """Where a source time lies on the timeline."""
        return self.start_us + source_us - self.segment.in_us


@dataclass(frozen=True)
class Overlay:
    """A cutaway at its place on the timeline."""

    start_us: int
    source: UUID
    in_us: int
    out_us: int
    scene: int
    reason: str

    @property
    def end_us(self) -> int:
        return self.start_us + self.out_us - self.in_us


@dataclass(frozen=True)
class Draft:
    pieces: tuple[Piece, ...]
    overlays: tuple[Overlay, ...] = ()
    music: UUID | None = None
    reason: str = ""

    @property
    def duration_us(self) -> int:
        return self.pieces[-1].end_us


def whole(edit: Edit) -> Draft:
    """All of it."""
    segments = [(segment, scene.number) for scene in edit.scenes for segment in scene.segments]
    pieces = laid(segments)
    starts = {piece.scene: piece.start_us for piece in reversed(pieces)}
    overlays = tuple(
        Overlay(
            start_us=starts[scene.number] + cutaway.at_us,
            source=cutaway.source,
            in_us=cutaway.in_us,
            out_us=cutaway.out_us,
            scene=scene.number,
            reason=cutaway.reason,
        )
        for scene in edit.scenes
        for cutaway in scene.cutaways
    )
    return Draft(pieces, overlays, edit.music)


def laid(segments: Sequence[tuple[Segment, int]]) -> tuple[Piece, ...]:
    """Segments (with their scene's number) one after another.

    A transition that one of its clips is too short for becomes a cut; nothing precedes the first.
    """
    entered: list[tuple[Segment, int]] = []
    for segment, scene in segments:
        left_us = entered[-1][0].duration_us if entered else 0
        too_long = segment.transition.duration_us > min(left_us, segment.duration_us)
        change = {"transition": Transition()} if too_long else {}
        entered.append((segment.model_copy(update=change), scene))
    starts = starts_of([segment for segment, _ in entered])
    return tuple(
        Piece(segment, scene, start)
        for (segment, scene), start in zip(entered, starts, strict=True)
    )


@dataclass(frozen=True)
class Window:
    """A part of a draft: from a source time in one piece to one in the same or a later piece."""

    first: int
    in_us: int
    last: int
    out_us: int

    def length_in(self, draft: Draft) -> int:
        return draft.pieces[self.last].at(self.out_us) - draft.pieces[self.first].at(self.in_us)


def part(draft: Draft, window: Window, sources: Mapping[UUID, Footage]) -> Draft:
    """That part alone, with the cutaways that lie in it. Its first clip is entered by a cut."""
    chosen = []
    for index in range(window.first, window.last + 1):
        segment = draft.pieces[index].segment
        start = window.in_us if index == window.first else segment.in_us
        end = window.out_us if index == window.last else segment.out_us
        chosen.append((_trimmed(segment, start, end), draft.pieces[index].scene))
    pieces = laid(chosen)
    shift = draft.pieces[window.first].at(window.in_us)
    clipped = [_clipped(overlay, shift, pieces[-1].end_us) for overlay in draft.overlays]
    shown = [one for one in clipped if one is not None]
    return replace(draft, pieces=pieces, overlays=tuple(_without_flashes(shown, sources)))


def _without_flashes(
    overlays: Sequence[Overlay], sources: Mapping[UUID, Footage]
) -> Iterator[Overlay]:
    """What the window left too short of a cutaway: its neighbour goes on instead, if there is one
    and its source is long enough; else what lies beneath is shown."""
    long_enough = [one for one in overlays if one.end_us - one.start_us >= _SHORTEST_OVERLAY_US]
    for overlay in long_enough:
        before = next((o for o in overlays if o.end_us == overlay.start_us), None)
        after = next((o for o in overlays if o.start_us == overlay.end_us), None)
        source = sources[overlay.source]
        first, last = overlay.in_us, overlay.out_us
        if before is not None and before not in long_enough:
            first = max(first - (before.end_us - before.start_us), 0)
        if after is not None and after not in long_enough:
            longest = last + after.end_us - after.start_us
            last = longest if source.is_still else min(longest, source.duration_us)
        start = overlay.start_us - (overlay.in_us - first)
        yield replace(overlay, start_us=start, in_us=first, out_us=last)


def _trimmed(segment: Segment, start_us: int, end_us: int) -> Segment:
    within = tuple(m for m in segment.moments if m.start_us < end_us and start_us < m.end_us)
    change = {
        "in_us": start_us,
        "out_us": end_us,
        "moments": within or segment.moments[:1],
    }
    return segment.model_copy(update=change)


def _clipped(overlay: Overlay, shift_us: int, end_us: int) -> Overlay | None:
    start = max(overlay.start_us - shift_us, 0)
    end = min(overlay.end_us - shift_us, end_us)
    if end <= start:
        return None
    cut_off = start - (overlay.start_us - shift_us)
    first = overlay.in_us + cut_off
    return replace(overlay, start_us=start, in_us=first, out_us=first + end - start)
