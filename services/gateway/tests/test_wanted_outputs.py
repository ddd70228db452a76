"""Which outputs a request asks for."""

import pytest

from contracts.events import AspectRatio, OutputKind
from gateway.wanted_outputs import DEFAULT_KINDS, wanted_outputs

Wanted = list[tuple[OutputKind, AspectRatio]]


@pytest.mark.parametrize(
    ("kinds", "ratios", "wanted"),
    [
        (
            DEFAULT_KINDS,
            None,
            [("cinematic", "16:9"), ("vertical", "9:16"), ("short", "9:16"), ("hook", "9:16")],
        ),
        (["dialogue", "dialogue"], None, [("dialogue", "16:9")]),
        (["cinematic", "vertical"], ["9:16"], [("cinematic", "16:9"), ("vertical", "9:16")]),
        (["short", "cinematic"], ["16:9"], [("short", "16:9"), ("cinematic", "16:9")]),
        (
            ["cinematic", "hook"],
            ["16:9", "9:16"],
            [("cinematic", "16:9"), ("hook", "16:9"), ("hook", "9:16")],
        ),
    ],
)
def test_wanted_outputs(
    kinds: list[OutputKind], ratios: list[AspectRatio] | None, wanted: Wanted
) -> None:
    assert wanted_outputs(kinds, ratios) == wanted
