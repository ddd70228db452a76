"""An output's captions in every form: burned in, and as files."""

from dataclasses import dataclass
from pathlib import Path

from contracts.timeline import Timeline
from render import fonts
from render.ass import to_ass
from render.caption_layout import Page, lay_out
from render.caption_styles import STYLES, area, em_pixels
from render.geometry import size_of
from render.subtitles import to_srt, to_vtt


@dataclass(frozen=True)
class CaptionFiles:
    ass: str
    srt: str
    vtt: str


def caption_files(timeline: Timeline) -> CaptionFiles | None:
    """None where nothing is said."""
    captions = timeline.captions
    pages = _pages(timeline)
    if not pages:
        return None
    style, canvas = STYLES[captions.style], size_of(timeline.canvas)
    em = em_pixels(style, canvas)
    return CaptionFiles(
        ass=to_ass(pages, captions.language, style, timeline.brand, canvas, em),
        srt=to_srt(pages),
        vtt=to_vtt(pages),
    )


def write_for_burning(timeline: Timeline, folder: Path) -> Path | None:
    """Blocking. Write the ASS file and, beside it in `fonts/`, its fonts; None for no captions."""
    captions = timeline.captions
    files = caption_files(timeline) if captions.style != "none" else None
    if files is None:
        return None
    style = STYLES[captions.style]
    path = folder / "captions.ass"
    (folder / "fonts").mkdir(parents=True)
    path.write_text(files.ass)
    shown = [
        placed.word.text for page in _pages(timeline) for line in page.lines for placed in line
    ]
    fonts.write_static_fonts(shown, captions.language, style.weight, folder / "fonts")
    return path


def left_out(timeline: Timeline) -> set[str]:
    """Characters that are not burned in, because no font has them."""
    texts = [word.text for group in timeline.captions.groups for word in group.words]
    return fonts.uncovered(texts, timeline.captions.language)


def _pages(timeline: Timeline) -> list[Page]:
    captions = timeline.captions
    style, canvas = STYLES[captions.style], size_of(timeline.canvas)
    return lay_out(
        captions.groups,
        captions.language,
        style,
        area(canvas),
        em_pixels(style, canvas),
        timeline.duration_us,
    )
