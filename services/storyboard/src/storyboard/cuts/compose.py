"""Compose: a draft gets its shape, its captions and its sound, and becomes a timeline."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.events import AspectRatio, JobRequested, OutputKind
from contracts.timeline import Captions, Clip, Music, Provenance, Source, Timeline
from storyboard.cuts.canvas import canvas, rate_of
from storyboard.cuts.captions import captions
from storyboard.cuts.draft import Draft, Piece
from storyboard.cuts.framing import Framing
from storyboard.edit import Edit
from storyboard.footage import Footage

_LEVEL_LIMIT_DB = 12.0
_UNDER_MUSIC_DB = -10.0


@dataclass(frozen=True)
class Shape:
    kind: OutputKind
    aspect: AspectRatio


def compose(
    draft: Draft,
    shape: Shape,
    job: JobRequested,
    edit: Edit,
    sources: Mapping[UUID, Footage],
    framing: Framing,
) -> Timeline:
    """`framing` is that of the shape's aspect ratio; its paths serve all of a job's cuts."""
    shown = _shown(draft, sources)
    gains = _gains(draft, sources)
    return Timeline(
        kind=shape.kind,
        aspect_ratio=shape.aspect,
        canvas=canvas(job.quality, shape.aspect),
        rate=rate_of(shown, sources),
        sources=_sources(draft, sources),
        picture=tuple(
            _picture(number, piece, framing, sources, gains[piece.segment.source])
            for number, piece in enumerate(draft.pieces, start=1)
        ),
        cutaways=_cutaways(draft, framing, sources),
        music=Music(source=draft.music) if draft.music else None,
        captions=Captions(
            style=job.caption_style,
            language=_language(draft, sources),
            groups=captions(draft, sources, shape.aspect),
        ),
        reason=draft.reason,
        provenance=_provenance(edit, draft, sources),
    )


def _shown(draft: Draft, sources: Mapping[UUID, Footage]) -> Counter[UUID]:
    shown: Counter[UUID] = Counter()
    for piece in draft.pieces:
        shown[piece.segment.source] += piece.segment.duration_us
    if not any(sources[source].media.video for source in shown):
        for overlay in draft.overlays:
            shown[overlay.source] += overlay.out_us - overlay.in_us
    return shown


def _picture(
    number: int, piece: Piece, framing: Framing, sources: Mapping[UUID, Footage], gain_db: float
) -> Clip:
    segment = piece.segment
    footage = sources[segment.source]
    start, end = segment.in_us, segment.out_us
    return Clip(
        clip_id=f"c{number:04d}",
        source=segment.source,
        start_us=piece.start_us,
        in_us=start,
        out_us=end,
        transform=framing.transform(footage, start, end, segment.zoom, inward=number % 2 == 1),
        transition=segment.transition,
        gain_db=gain_db,
        scene=piece.scene,
        reason=segment.reason,
    )


def _cutaways(draft: Draft, framing: Framing, sources: Mapping[UUID, Footage]) -> tuple[Clip, ...]:
    return tuple(
        Clip(
            clip_id=f"b{number:04d}",
            source=overlay.source,
            start_us=overlay.start_us,
            in_us=overlay.in_us,
            out_us=overlay.out_us,
            transform=framing.transform(
                sources[overlay.source],
                overlay.in_us,
                overlay.out_us,
                1.0,
                inward=number % 2 == 1,
            ),
            muted=True,
            scene=overlay.scene,
            reason=overlay.reason,
        )
        for number, overlay in enumerate(draft.overlays, start=1)
    )


def _gains(draft: Draft, sources: Mapping[UUID, Footage]) -> dict[UUID, float]:
    """Speakers are brought to the first one's loudness; the sound of a montage goes under music."""
    used = list(dict.fromkeys(piece.segment.source for piece in draft.pieces))
    talks = any(m.kind == "sentence" for piece in draft.pieces for m in piece.segment.moments)
    if not talks:
        return dict.fromkeys(used, _UNDER_MUSIC_DB if draft.music else 0.0)
    loudness = {source: sources[source].analysis.loudness for source in used}
    first = next((one.integrated_lufs for one in loudness.values() if one), 0.0)
    return {
        source: _level(first - one.integrated_lufs) if one else 0.0
        for source, one in loudness.items()
    }


def _level(gain_db: float) -> float:
    return round(min(max(gain_db, -_LEVEL_LIMIT_DB), _LEVEL_LIMIT_DB), 2)


def _used(draft: Draft) -> list[UUID]:
    used = [*(p.segment.source for p in draft.pieces), *(o.source for o in draft.overlays)]
    return list(dict.fromkeys([*used, *([draft.music] if draft.music else [])]))


def _sources(draft: Draft, sources: Mapping[UUID, Footage]) -> tuple[Source, ...]:
    return tuple(sources[source].as_source for source in _used(draft))


def _language(draft: Draft, sources: Mapping[UUID, Footage]) -> str:
    transcripts = (sources[p.segment.source].analysis.transcript for p in draft.pieces)
    return next((one.language for one in transcripts if one), "en")


def _provenance(edit: Edit, draft: Draft, sources: Mapping[UUID, Footage]) -> Provenance:
    used: Sequence[Footage] = [sources[source] for source in _used(draft)]
    heard = [one.analysis.transcript for one in used if one.analysis.transcript]
    words = dict.fromkeys(f"{one.provider} ({one.quality})" for one in heard)
    found = [f"{one.filename}: {note}" for one in used for note in one.analysis.notes]
    left_out = [f"left out: {one}" for one in edit.left_out]
    notes = dict.fromkeys([*edit.notes, *found, *left_out])
    return Provenance(director=edit.director, words=tuple(words), notes=tuple(notes))
