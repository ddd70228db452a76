"""Which outputs a request asks for."""

from collections.abc import Iterable, Sequence

from contracts.events import AspectRatio, OutputKind

DEFAULT_KINDS: tuple[OutputKind, ...] = ("cinematic", "vertical", "short", "hook")

OWN_SHAPE: dict[OutputKind, AspectRatio] = {"cinematic": "16:9", "vertical": "9:16"}
"""Kinds that a shape defines."""

USUAL_SHAPE: dict[OutputKind, AspectRatio] = {"short": "9:16", "hook": "9:16", "dialogue": "16:9"}


def wanted_outputs(
    kinds: Iterable[OutputKind], ratios: Sequence[AspectRatio] | None
) -> list[tuple[OutputKind, AspectRatio]]:
    """Each kind once per shape asked for, in the order given and without repeats.

    Cinematic is always 16:9 and vertical always 9:16. The others are made in every ratio of
    `ratios`, and without one as people watch them: short and hook 9:16, dialogue 16:9.
    """
    wanted = [(kind, ratio) for kind in kinds for ratio in _shapes(kind, ratios)]
    return list(dict.fromkeys(wanted))


def _shapes(kind: OutputKind, ratios: Sequence[AspectRatio] | None) -> Sequence[AspectRatio]:
    if kind in OWN_SHAPE:
        return [OWN_SHAPE[kind]]
    return ratios or [USUAL_SHAPE[kind]]
