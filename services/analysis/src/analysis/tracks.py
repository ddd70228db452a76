"""Follows faces from sample to sample within a shot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from analysis.faces import Face, overlap
from contracts.artifacts import FaceBox, FaceTrack, Span

LONGEST_GAP_US = 1_000_000
FARTHEST_FACES = 1.0
LARGEST_RATIO = 2.0
FEWEST_BOXES = 3
SURE_ONCE = 0.6


@dataclass(frozen=True)
class Sighting:
    """All faces found at one time."""

    at_us: int
    faces: Sequence[Face]


@dataclass
class _Track:
    seen: list[tuple[int, Face]] = field(default_factory=list)

    @property
    def last(self) -> tuple[int, Face]:
        return self.seen[-1]


def follow(sightings: Sequence[Sighting], shots: Iterable[Span]) -> tuple[FaceTrack, ...]:
    """Tracks of all shots, numbered from 1: those longest in the picture first within a shot.

    A face may be missed for a second; what is seen but for a moment, or never surely, is dropped.
    """
    kept: list[_Track] = []
    for shot in shots:
        inside = [each for each in sightings if shot.start_us <= each.at_us < shot.end_us]
        fewest = min(FEWEST_BOXES, len(inside))
        tracks = [track for track in _tracks(inside) if _lasting(track, fewest)]
        kept += sorted(tracks, key=lambda track: -len(track.seen))
    return tuple(_published(number, track) for number, track in enumerate(kept, 1))


def _tracks(sightings: Sequence[Sighting]) -> list[_Track]:
    tracks: list[_Track] = []
    for sighting in sightings:
        open_tracks = [t for t in tracks if sighting.at_us - t.last[0] <= LONGEST_GAP_US]
        for track, face in _assigned(open_tracks, sighting.faces):
            if track is None:
                track = _Track()
                tracks.append(track)
            track.seen.append((sighting.at_us, face))
    return tracks


def _assigned(tracks: Sequence[_Track], faces: Sequence[Face]) -> list[tuple[_Track | None, Face]]:
    """Each face with the track that it continues, the likeliest pairs first."""
    pairs = [
        (likeness(track.last[1], face), t, f)
        for t, track in enumerate(tracks)
        for f, face in enumerate(faces)
    ]
    taken: dict[int, int] = {}
    for score, t, f in sorted(pairs, reverse=True):
        if score > 0 and f not in taken and t not in taken.values():
            taken[f] = t
    return [(tracks[taken[f]] if f in taken else None, face) for f, face in enumerate(faces)]


def likeness(before: Face, now: Face) -> float:
    """Above 0 when it may be the same face: overlap counts most, then nearness for its size."""
    size = max(before.width, now.width)
    distance = max(
        abs(before.x + before.width / 2 - now.x - now.width / 2) / size,
        abs(before.y + before.height / 2 - now.y - now.height / 2) / max(before.height, now.height),
    )
    if distance > FARTHEST_FACES or size > LARGEST_RATIO * min(before.width, now.width):
        return 0.0
    return 1 + overlap(before, now) - distance / 2


def _lasting(track: _Track, fewest: int) -> bool:
    return len(track.seen) >= fewest and max(face.score for _, face in track.seen) >= SURE_ONCE


def _published(number: int, track: _Track) -> FaceTrack:
    return FaceTrack(
        track_id=number,
        boxes=tuple(
            FaceBox(
                at_us=at_us,
                x=round(face.x, 4),
                y=round(face.y, 4),
                width=round(face.width, 4),
                height=round(face.height, 4),
                score=round(face.score, 3),
            )
            for at_us, face in track.seen
        ),
    )
