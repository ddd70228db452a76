"""What a job's outputs are made of: pieces of work that outputs share, named by their content."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from pydantic import TypeAdapter

from contracts.artifacts import Word
from contracts.timeline import Timeline
from render.caption_layout import LINGER_US
from render.chunks import Chunk, Leg, Track, plan_chunks
from render.encoding import CODING
from render.grid import Grid
from render.picture import picture_spans
from render.sound_plan import spine_sound

PartKind = Literal["picture", "sound"]

ALONE = "-"
"""Between a part's digest and the number of its leg that is a part of its own."""

_json = TypeAdapter(Any)


@dataclass(frozen=True)
class Share:
    """What an output has of a part: the leg's number, where it goes, and how long it is."""

    output_id: UUID
    leg: int
    start: int
    frames: int


@dataclass(frozen=True)
class Part:
    """`digest` is equal for equal results, whichever outputs they are for."""

    kind: PartKind
    digest: str
    shares: tuple[Share, ...]
    chunk: Chunk | None = None

    @property
    def leg_numbers(self) -> tuple[int, ...]:
        """Of the chunk's legs, in their order. Several outputs may share a leg."""
        return tuple(sorted({share.leg for share in self.shares}))

    def alone(self, leg: int) -> "Part":
        """One leg as a part of its own."""
        if self.chunk is None:
            raise ValueError("sound cannot be divided")
        chunk = Chunk(self.chunk.rate, (self.chunk.legs[leg],))
        shares = tuple(share for share in self.shares if share.leg == leg)
        return Part(self.kind, f"{self.digest}{ALONE}{leg}", shares, chunk)


@dataclass(frozen=True)
class Plan:
    """Parts that were planned together, and where the timelines lie that they are cut from."""

    timeline_keys: dict[UUID, str]
    parts: tuple[Part, ...]

    def part(self, digest: str) -> Part:
        """The part, or the leg of one, with this digest."""
        whole, _, leg = digest.partition(ALONE)
        part = next(part for part in self.parts if part.digest == whole)
        return part.alone(int(leg)) if leg else part


def plan_parts(timelines: Mapping[UUID, Timeline]) -> tuple[Part, ...]:
    """The same timelines give the same parts."""
    return (*_sounds(timelines), *_pictures(timelines))


def _pictures(timelines: Mapping[UUID, Timeline]) -> list[Part]:
    tracks = [
        Track(output, timeline.rate, picture_spans(timeline))
        for output, timeline in timelines.items()
    ]
    return [_picture(chunk, timelines) for chunk in plan_chunks(tracks)]


def _picture(chunk: Chunk, timelines: Mapping[UUID, Timeline]) -> Part:
    """Legs that look alike are one leg, which is coded once and shared."""
    legs: dict[str, Leg] = {}
    shares: list[Share] = []
    for leg in chunk.legs:
        look = _digest(_seen(leg, timelines[leg.output_id]))
        legs.setdefault(look, leg)
        shares.append(Share(leg.output_id, list(legs).index(look), leg.start, leg.frames))
    digest = _digest([CODING, str(chunk.rate), list(legs)])
    return Part("picture", digest, tuple(shares), Chunk(chunk.rate, tuple(legs.values())))


def _seen(leg: Leg, timeline: Timeline) -> list[object]:
    """All that decides how a leg looks, with times from its start."""
    grid = Grid(timeline.rate)
    spans = [
        replace(span, start=span.start - leg.start, end=span.end - leg.start) for span in leg.spans
    ]
    groups = [
        [(word.text, *_frames_from(leg.start, word, grid)) for word in group.words]
        for group in timeline.captions.groups
        if grid.frame(group.start_us) < leg.start + leg.frames
        and leg.start < grid.frame(group.end_us + LINGER_US)
    ]
    captions = [timeline.captions.style, timeline.captions.language, groups]
    return [spans, timeline.canvas, timeline.brand, captions, _contents(leg.spans, timeline)]


def _frames_from(start: int, word: Word, grid: Grid) -> tuple[int, int]:
    return grid.frame(word.start_us) - start, grid.frame(word.end_us) - start


def _sounds(timelines: Mapping[UUID, Timeline]) -> list[Part]:
    parts: dict[str, list[Share]] = {}
    for output, timeline in timelines.items():
        frames = Grid(timeline.rate).frame(timeline.duration_us)
        share = Share(output, 0, 0, frames)
        parts.setdefault(_digest(_heard(timeline)), []).append(share)
    return [Part("sound", digest, tuple(shares)) for digest, shares in parts.items()]


def _heard(timeline: Timeline) -> list[object]:
    """All that decides how an output sounds."""
    words = [[(word.start_us, word.end_us) for word in g.words] for g in timeline.captions.groups]
    return [
        str(timeline.rate),
        spine_sound(timeline),
        timeline.voice,
        timeline.music and [timeline.music, words],
        [timeline.loudness_lufs, timeline.true_peak_dbtp],
        [(source.asset_id, source.sha256) for source in timeline.sources],
    ]


def _contents(spans: Sequence[Any], timeline: Timeline) -> list[tuple[UUID, str]]:
    used = {span.source for span in spans}
    return [(one.asset_id, one.sha256) for one in timeline.sources if one.asset_id in used]


def _digest(value: object) -> str:
    canonical = json.dumps(_json.dump_python(value, mode="json"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
