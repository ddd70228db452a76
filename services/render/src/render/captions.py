"""An output's captions in every form: burned in, and as files."""

from dataclasses import dataclass
from pathlib import Path

from contracts.timeline import Timeline
from render import fonts
from render.ass import to_ass
from render.caption_layout import Page, lay_out
from render.caption_styles import STYLES, Style, area, em_pixels
from render.geometry import size_of
from render.subtitles import to_srt, to_vtt


@dataclass(frozen=True)
class CaptionFiles:
    ass: str
    srt: str
    vtt: str


def caption_files(timeline: Timeline) -> CaptionFiles | None:
    """None where nothing is said. For players the words are as said, not in capitals."""
    plain = _pages(timeline, STYLES["none"])
    if not plain:
        return None
    return CaptionFiles(ass=_ass(timeline), srt=to_srt(plain), vtt=to_vtt(plain))


def _ass(timeline: Timeline) -> str:
    captions = timeline.captions
    style, canvas = STYLES[captions.style], size_of(timeline.canvas)
    em = em_pixels(style, canvas)
    pages = _pages(timeline, style)
    return to_ass(pages, captions.language, style, timeline.brand, canvas, em)


def write_for_burning(timeline: Timeline, folder: Path) -> Path | None:
    """Blocking. Write the ASS file and, beside it in `fonts/`, its fonts; None for no captions."""
    captions, style = timeline.captions, STYLES[timeline.captions.style]
    pages = _pages(timeline, style) if captions.style != "none" else []
    if not pages:
        return None
    (folder / "fonts").mkdir(parents=True)
    path = folder / "captions.ass"
    path.write_text(_ass(timeline))
    shown = [placed.word.text for page in pages for line in page.lines for placed in line]
    fonts.write_static_fonts(shown, captions.language, style.weight, folder / "fonts")
    return path


def left_out(timeline: Timeline) -> set[str]:
    """Characters that are not burned in, because no font has them."""
    texts = [word.text for group in timeline.captions.groups for word in group.words]
    return fonts.uncovered(texts, timeline.captions.language)


def _pages(timeline: Timeline, style: Style) -> list[Page]:
    captions, canvas = timeline.captions, size_of(timeline.canvas)
    em = em_pixels(style, canvas)
    return lay_out(
        captions.groups, captions.language, style, area(canvas), em, timeline.duration_us
    )
