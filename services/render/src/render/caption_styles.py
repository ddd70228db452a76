"""How captions look, in shares of the canvas, so that every size gets the same picture."""

from dataclasses import dataclass

from contracts.events import CaptionStyle
from render.geometry import Size

LINE_HEIGHT = 1.3
"""In ems."""


@dataclass(frozen=True)
class Style:
    weight: int
    wide_em: float
    """Font size for a wide canvas, in shares of its height."""
    tall_em: float
    """Font size for a tall canvas, in shares of its width."""
    outline: float
    """In ems, like `shadow`."""
    shadow: float
    capitals: bool = False
    follows: bool = False
    """The word being said is lit."""
    fills: bool = False
    """Words that were said stay lit."""


STYLES: dict[CaptionStyle, Style] = {
    "none": Style(600, 0.048, 0.056, 0.05, 0.05),
    "clean": Style(600, 0.048, 0.056, 0.05, 0.05),
    "bold": Style(850, 0.062, 0.080, 0.09, 0.05, capitals=True, follows=True),
    "karaoke": Style(750, 0.055, 0.070, 0.07, 0.05, follows=True, fills=True),
}
"""`none` burns nothing in; its files for players and editors look clean."""


@dataclass(frozen=True)
class Area:
    """Where captions may be, in pixels: clear of the edges and, if tall, of apps' buttons."""

    centre_x: float
    width: float
    bottom: float


def area(canvas: Size) -> Area:
    tall = canvas.height > canvas.width
    return Area(
        centre_x=canvas.width / 2,
        width=canvas.width * (0.82 if tall else 0.80),
        bottom=canvas.height * (0.75 if tall else 0.92),
    )


def em_pixels(style: Style, canvas: Size) -> float:
    if canvas.height > canvas.width:
        return style.tall_em * canvas.width
    return style.wide_em * canvas.height
