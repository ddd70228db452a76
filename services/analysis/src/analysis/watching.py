"""All that an asset's picture tells, from one decode."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from av.error import InvalidDataError

from analysis.faces import find_faces
from analysis.picture import look
from analysis.shots import ShotFinder
from analysis.tracks import Sighting, follow
from chassis.errors import Problem
from contracts.artifacts import FaceTrack, Shot, Span
from contracts.media import MediaInfo, VideoStream


class PictureUndecodable(Problem):
    code = "picture_undecodable"
    title = "No frame of the picture can be decoded"


@dataclass(frozen=True)
class Watched:
    shots: tuple[Shot, ...]
    faces: tuple[FaceTrack, ...]


def watch(
    source: Path, video: VideoStream, media: MediaInfo, on_progress: Callable[[float], None]
) -> Watched:
    """Shots and faces of a video; of a still image the faces. Raise PictureUndecodable."""
    finder = ShotFinder()
    sightings: list[Sighting] = []
    end_us = 0
    try:
        for seen in look(source, video):
            finder.see(seen)
            end_us = seen.at_us
            if seen.large is not None:
                sightings.append(Sighting(seen.at_us, find_faces(seen.large)))
                on_progress(min(1.0, seen.at_us / max(1, media.duration_us)))
    except (InvalidDataError, EOFError) as error:
        raise PictureUndecodable(str(error)) from error
    if not sightings:
        raise PictureUndecodable
    if media.kind == "image":
        return Watched((), follow(sightings[:1], [Span(start_us=0, end_us=1)]))
    shots = finder.shots(max(media.duration_us, end_us + 1))
    return Watched(shots, follow(sightings, shots))
