"""Captions as Advanced SubStation Alpha, which libass burns in and editors read."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from contracts.timeline import Brand
from render import fonts
from render.caption_layout import Page, PlacedWord
from render.caption_styles import Style
from render.geometry import Size

POP = 1.06
POP_MS = 90
UNSAID_ALPHA = "&H50&"

HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709
Language: {language}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Caption,{font},{size:.1f},{primary},{primary},&H00101010,&H90000000,\
0,0,0,0,100,100,0,0,1,{outline:.1f},{shadow:.1f},5,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def to_ass(
    pages: Sequence[Page], language: str, style: Style, brand: Brand, canvas: Size, em: float
) -> str:
    header = HEADER.format(
        width=canvas.width,
        height=canvas.height,
        language=language,
        font=_first_family(pages, language),
        size=_font_size(em),
        primary=_colour(brand.primary),
        outline=style.outline * em,
        shadow=style.shadow * em,
    )
    events = (event for page in pages for event in _events(page, language, style, brand))
    return header + "".join(f"{event}\n" for event in events)


def _first_family(pages: Sequence[Page], language: str) -> str:
    return fonts.family(fonts.runs(pages[0].text, language)[0][0])


def _font_size(em: float) -> float:
    """libass sizes by ascent plus descent."""
    return em * (fonts.ASCENT + fonts.DESCENT)


def _events(page: Page, language: str, style: Style, brand: Brand) -> Iterator[str]:
    words = [placed for line in page.lines for placed in line]
    if not style.follows:
        for placed in words:
            yield _event(page.start_us, page.end_us, placed, "", page.em, language)
        return
    lit = f"\\1c{_colour(brand.accent)}"
    pop = f"{lit}\\t(0,{POP_MS},\\fscx{POP * 100:.0f}\\fscy{POP * 100:.0f})"
    before = f"\\1a{UNSAID_ALPHA}" if style.fills else ""
    ends = [following.word.start_us for _, following in pairwise(words)] + [page.end_us]
    for placed, end in zip(words, ends, strict=True):
        start = max(placed.word.start_us, page.start_us)
        yield _event(page.start_us, start, placed, before, page.em, language)
        yield _event(start, end, placed, pop, page.em, language)
        yield _event(end, page.end_us, placed, lit if style.fills else "", page.em, language)


def _event(
    start_us: int, end_us: int, placed: PlacedWord, tags: str, em: float, language: str
) -> str:
    start, end = _clock(start_us), _clock(end_us)
    place = f"\\pos({placed.x:.1f},{placed.y:.1f})\\fs{_font_size(em):.1f}{tags}"
    text = _drawn(placed.word.text, language)
    return f"Dialogue: 0,{start},{end},Caption,,0,0,0,,{{{place}}}{text}"


def _drawn(text: str, language: str) -> str:
    """The text with its faces named, in reading order: libass puts it in the order of sight."""
    stretches = fonts.runs(text, language)
    return "".join(f"{{\\fn{fonts.family(face)}}}{_escaped(run)}" for face, run in stretches)


def _escaped(text: str) -> str:
    return text.replace("\\", "/").replace("{", "(").replace("}", ")")


def _colour(hexadecimal: str) -> str:
    red, green, blue = (hexadecimal.lstrip("#")[i : i + 2] for i in (0, 2, 4))
    return f"&H00{blue}{green}{red}".upper()


def _clock(us: int) -> str:
    hundredths = round(us / 10_000)
    seconds, hundredths = divmod(hundredths, 100)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{hundredths:02}"
