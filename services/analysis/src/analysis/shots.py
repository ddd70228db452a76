"""Where the source was cut, and what each shot is like.

Hard cuts by the rolling average of PySceneDetect's AdaptiveDetector (a change that stands out of
its neighbourhood), on Y, U and V in place of hue, saturation and value. Black stretches, which
fades end in, stand as shots of their own. A slow dissolve is not found.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from analysis.picture import Look, Pixels
from contracts.artifacts import Shot, Span

WINDOW = 2
STANDS_OUT = 3.0
LEAST_CHANGE = 15.0
SHORTEST_SHOT_US = 300_000
SHORTEST_BLACK_US = 200_000
BLACK_BELOW = 20.0


@dataclass
class Changes:
    """Per frame: when, how much has changed (sum of three planes, 0–255 each), how bright."""

    at_us: "array[int]" = field(default_factory=lambda: array("q"))
    change: "array[float]" = field(default_factory=lambda: array("f"))
    luma: "array[float]" = field(default_factory=lambda: array("f"))


@dataclass(frozen=True)
class Sample:
    """What a larger frame says: variance of its Laplacian, change since the last, brightness."""

    at_us: int
    sharpness: float
    motion: float
    brightness: float


class ShotFinder:
    """Sees every frame in order, keeps some numbers of each, and tells the shots at the end."""

    def __init__(self) -> None:
        self._changes = Changes()
        self._samples: list[Sample] = []
        self._before: Pixels | None = None
        self._sampled: Pixels | None = None

    def see(self, look: Look) -> None:
        self._changes.at_us.append(look.at_us)
        self._changes.change.append(difference(look.tiny, self._before))
        self._changes.luma.append(float(look.tiny[0].mean()))
        self._before = look.tiny
        if look.large is not None:
            self._samples.append(self._sample(look.at_us, look.tiny, look.large))
            self._sampled = look.tiny

    def shots(self, end_us: int) -> tuple[Shot, ...]:
        spans = list(between(cuts(self._changes), end_us))
        return tuple(described(spans, self._samples))

    def _sample(self, at_us: int, tiny: Pixels, large: Pixels) -> Sample:
        motion = difference(tiny[:1], None if self._sampled is None else self._sampled[:1])
        grey = large.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
        return Sample(at_us, laplacian_variance(grey), motion / 255, float(grey.mean()) / 255)


def difference(planes: Pixels, before: Pixels | None) -> float:
    """Mean absolute difference of each plane, added up."""
    if before is None or before.shape != planes.shape:
        return 0.0
    return float(np.abs(planes.astype(np.int16) - before).mean(axis=(1, 2)).sum())


def laplacian_variance(grey: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    """Focus measure of Pech-Pacheco et al. (2000)."""
    if min(grey.shape) < 3:
        return 0.0
    middle = grey[1:-1, 1:-1]
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    return float((around - 4 * middle).var())


def cuts(changes: Changes) -> list[int]:
    """Times at which a new shot begins, ordered, no two closer than the shortest shot."""
    found: list[int] = []
    for at_us in sorted([*_hard_cuts(changes), *_black_edges(changes)]):
        if at_us - (found[-1] if found else 0) >= SHORTEST_SHOT_US:
            found.append(at_us)
    return found


def between(cuts_us: Sequence[int], end_us: int) -> Iterator[Span]:
    """The spans that cuts divide the source into; a remnant at its end belongs to the last."""
    inner = [at_us for at_us in cuts_us if at_us <= end_us - SHORTEST_SHOT_US]
    for start, end in pairwise([0, *inner, end_us]):
        yield Span(start_us=start, end_us=end)


def described(spans: Sequence[Span], samples: Sequence[Sample]) -> Iterator[Shot]:
    """Each span with the means of the samples in it, or of the one nearest to it."""
    groups = [_samples_of(span, samples) for span in spans]
    sharpness = [_mean([sample.sharpness for sample in group]) for group in groups]
    sharpest = max(sharpness, default=0.0) or 1.0
    for span, group, sharp in zip(spans, groups, sharpness, strict=True):
        yield Shot(
            start_us=span.start_us,
            end_us=span.end_us,
            sharpness=round(sharp / sharpest, 4),
            motion=round(_mean([sample.motion for sample in group[1:]]), 4),
            brightness=round(_mean([sample.brightness for sample in group]), 4),
        )


def _hard_cuts(changes: Changes) -> Iterator[int]:
    scores = changes.change
    for index, score in enumerate(scores):
        if score < LEAST_CHANGE:
            continue
        nearby = [*scores[max(0, index - WINDOW) : index], *scores[index + 1 : index + 1 + WINDOW]]
        if score >= STANDS_OUT * _mean(nearby):
            yield changes.at_us[index]


def _black_edges(changes: Changes) -> Iterator[int]:
    began: int | None = None
    for at_us, luma in zip(changes.at_us, changes.luma, strict=True):
        if luma < BLACK_BELOW and began is None:
            began = at_us
        elif luma >= BLACK_BELOW and began is not None:
            if at_us - began >= SHORTEST_BLACK_US:
                yield from (began, at_us)
            began = None
    if began is not None:
        yield began


def _samples_of(span: Span, samples: Sequence[Sample]) -> Sequence[Sample]:
    times = [sample.at_us for sample in samples]
    first, end = bisect_left(times, span.start_us), bisect_left(times, span.end_us)
    if first < end or not samples:
        return samples[first:end]
    return samples[max(0, bisect_right(times, span.start_us) - 1) :][:1]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
