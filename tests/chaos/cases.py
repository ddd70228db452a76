"""Which process is killed at which point of a job."""

import os
import random
from collections.abc import Sequence
from itertools import cycle
from typing import TypeVar

from tests.chaos.points import POINTS, Point

# What the busy service has started: a decoder, a listener, an encoder.
PROGRAM = "program"
VICTIMS = (
    *("gateway", "ingest", "analysis", "storyboard", "render"),
    *("broker", "postgres", "supervisor", PROGRAM),
)

T = TypeVar("T")

Case = tuple[str, Point]


def cases() -> list[Case]:
    """All with CHAOS_FULL=1; else some, of which every victim and every point is one. CHAOS_SEED
    chooses others."""
    everything = [(victim, point) for victim in VICTIMS for point in POINTS if fits(victim, point)]
    if os.environ.get("CHAOS_FULL") == "1":
        return everything
    return sample(random.Random(int(os.environ.get("CHAOS_SEED", "1"))))


def fits(victim: str, point: Point) -> bool:
    return victim != PROGRAM or point.busy is not None


def sample(chance: random.Random) -> list[Case]:
    victims = _shuffled(VICTIMS, chance)
    points = _shuffled(POINTS, chance)
    chosen: list[Case] = list(zip(victims, cycle(points)))
    return [
        (victim, point if fits(victim, point) else next(p for p in points if fits(victim, p)))
        for victim, point in chosen
    ]


def _shuffled(values: Sequence[T], chance: random.Random) -> list[T]:
    return chance.sample(values, len(values))
