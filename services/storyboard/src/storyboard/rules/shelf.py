"""The shelf of B-roll: stretches worth showing, best first, none twice before all were used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

from contracts.artifacts import Shot
from storyboard.footage import SECOND, Footage
from storyboard.rules.tokens import stems

STILL_US = 4 * SECOND
_STRETCH_US = 6 * SECOND
_SHORTEST_US = 3 * SECOND // 2
_MARGIN_US = 200_000
_IDEAL_MOTION = 0.3


@dataclass(frozen=True)
class Stretch:
    """A part of one shot; `about` is what its file's name says."""

    source: UUID
    filename: str
    start_us: int
    end_us: int
    quality: float
    about: frozenset[str] = frozenset()

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us


def shot_quality(shot: Shot) -> float:
    """0 to 1: sharp, moving but not shaking, neither black nor burnt out."""
    calm = 1 - min(1.0, abs(shot.motion - _IDEAL_MOTION) / 0.7)
    lit = 1 - min(1.0, abs(shot.brightness - 0.5) * 2) ** 4
    return round(0.5 * shot.sharpness + 0.25 * calm + 0.25 * lit, 4)


def stretches(footage: Footage, longest_us: int = _STRETCH_US) -> list[Stretch]:
    """The usable parts of its shots, best first; never across a cut of the footage's own."""
    about = stems(footage.filename.rsplit(".", 1)[0])
    if footage.is_still:
        return [Stretch(footage.asset_id, footage.filename, 0, STILL_US, 0.5, about)]
    found = [
        Stretch(footage.asset_id, footage.filename, start, end, shot_quality(shot), about)
        for shot in footage.shots
        for start, end in _parts(shot, longest_us)
    ]
    return sorted(found, key=lambda stretch: (-stretch.quality, stretch.start_us))


def _parts(shot: Shot, longest_us: int) -> Iterator[tuple[int, int]]:
    """Equal parts of a shot without its edges, where fades and shakes are."""
    margin = _MARGIN_US if shot.duration_us >= _SHORTEST_US + 2 * _MARGIN_US else 0
    start, length = shot.start_us + margin, shot.duration_us - 2 * margin
    count = max(1, -(-length // longest_us))
    for index in range(count):
        yield start + length * index // count, start + length * (index + 1) // count


class Shelf:
    """Hands out stretches: the file's name fits what is said, else one file after another."""

    def __init__(
        self, footage: Sequence[Footage], *, skip: int = 0, said: frozenset[str] = frozenset()
    ) -> None:
        """`said`: what the whole cut is about; a stretch that fits some of it waits for it."""
        rows = [stretches(one) for one in footage]
        turns = [one for row in zip_longest(*rows) for one in row if one is not None]
        usable = [one for one in turns if one.duration_us >= _SHORTEST_US]
        turn = skip % len(usable) if usable else 0
        self._stretches = usable[turn:] + usable[:turn]
        self._said = said
        self._used = dict.fromkeys(self._stretches, 0)

    def __bool__(self) -> bool:
        return bool(self._stretches)

    def fits(self, about: frozenset[str]) -> bool:
        """Whether an unused stretch is named after this."""
        least = min(self._used.values(), default=0)
        return any(one.about & about for one, used in self._used.items() if used == least)

    def take(self, about: frozenset[str]) -> Stretch:
        """The next one; raises ValueError when the shelf is empty."""
        order = {stretch: index for index, stretch in enumerate(self._stretches)}

        def rank(one: Stretch) -> tuple[int, bool, bool, int]:
            waits = bool(one.about & self._said)
            return self._used[one], not one.about & about, waits, order[one]

        chosen = min(self._stretches, key=rank)
        self._used[chosen] += 1
        return chosen

    def mark_used(self, source: UUID, start_us: int, end_us: int) -> None:
        """What is shown elsewhere already counts as used."""
        for stretch in self._stretches:
            if stretch.source == source and max(stretch.start_us, start_us) < min(
                stretch.end_us, end_us
            ):
                self._used[stretch] += 1
