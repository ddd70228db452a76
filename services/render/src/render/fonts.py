"""Fonts for any language: which face has a character, how wide a text is, and small static files.

The faces are Noto's (SIL Open Font License), as two wheels carry them: variable in weight, one
file per script. libass knows no variable fonts, so what an output needs of them is cut out at one
weight, under names and with line metrics of our own.
"""

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import uharfbuzz as hb
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ASCENT, DESCENT = 0.95, 0.25
"""Every face gets these, in ems, so that all scripts sit on one line at one size."""

FIRST = "NotoSans[wght].ttf"
CJK = "NotoSansCJK-VF.otf.ttc"
CJK_NUMBERS = {"ja": 0, "ko": 1, "zh-hans": 2, "zh": 2, "zh-hant": 3, "zh-tw": 3, "zh-hk": 4}


@dataclass(frozen=True)
class Face:
    """A font file, or one font of a collection."""

    path: Path
    number: int = -1

    @cached_property
    def characters(self) -> frozenset[int]:
        with TTFont(self.path, fontNumber=self.number, lazy=True) as font:
            return frozenset(font.getBestCmap())

    def width(self, text: str, weight: int) -> float:
        """In ems."""
        font = _shaping_font(self, weight)
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(font, buffer)
        advance = sum(position.x_advance for position in buffer.glyph_positions or ())
        return float(advance / font.face.upem)


@cache
def _shaping_font(face: Face, weight: int) -> hb.Font:
    blob = hb.Blob.from_file_path(str(face.path))
    font = hb.Font(hb.Face(blob, max(face.number, 0)))
    font.set_variations({"wght": weight})
    return font


@cache
def faces(language: str) -> tuple[Face, ...]:
    """All faces, the likeliest first; Han characters look as the language writes them."""
    folder = Path(str(files("manimgx_fonts")))
    scripts = sorted(path for path in folder.glob("NotoSans*.ttf") if "Italic" not in path.name)
    scripts.sort(key=lambda path: (path.name != FIRST, "Symbols" in path.name))
    cjk = Path(str(files("manimgx_fonts_cjk"))) / CJK
    number = CJK_NUMBERS.get(language.lower(), CJK_NUMBERS.get(language.lower()[:2], 0))
    emoji = sorted(folder.glob("NotoEmoji*.ttf"))
    return (
        Face(scripts[0]),
        *([Face(cjk, number)] if language[:2] in {"ja", "ko", "zh"} else []),
        *(Face(path) for path in scripts[1:]),
        *(Face(path) for path in emoji),
        Face(cjk, number),
    )


def runs(text: str, language: str) -> list[tuple[Face, str]]:
    """The text in stretches of one face. What no face can draw is left out: never a box."""
    chosen: list[tuple[Face, str]] = []
    face: Face | None = None
    for character in text:
        if face is None or ord(character) not in face.characters:
            face = next((f for f in faces(language) if ord(character) in f.characters), None)
        if face is not None:
            chosen.append((face, character))
    return [(f, "".join(c for _, c in group)) for f, group in groupby(chosen, key=lambda p: p[0])]


def family(face: Face) -> str:
    """Its name in ASS; ours, so that no font of the machine can be taken for it."""
    name = face.path.name.split("[")[0].removesuffix("-VF.otf.ttc")
    return name.replace("Noto", "Cinema")


def write_static_fonts(texts: Iterable[str], language: str, weight: int, folder: Path) -> None:
    """Blocking, some 0.2 s. Write what these texts need of each face, at one weight."""
    needed: dict[Face, set[str]] = {}
    for text in texts:
        for face, run in runs(text, language):
            needed.setdefault(face, set()).update(run)
    for number, (face, characters) in enumerate(needed.items()):
        _cut_out(face, characters, weight).save(folder / f"{number}.ttf")


def _cut_out(face: Face, characters: set[str], weight: int) -> TTFont:
    reread = io.BytesIO()  # a subset CFF2 can only be made static once it was written
    with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
        options = subset.Options(layout_features=["*"], hinting=False, notdef_outline=True)
        options.name_IDs = ["*"]
        subsetter = subset.Subsetter(options)
        text = "".join(sorted(characters)) + " "
        forms = (unicodedata.normalize(form, text) for form in ("NFC", "NFKD"))  # shapers use both
        subsetter.populate(text="".join((text, *forms)))
        subsetter.subset(font)
        axis = next(axis for axis in font["fvar"].axes if axis.axisTag == "wght")
        weight = round(min(max(weight, axis.minValue), axis.maxValue))
        font.save(reread)
    static = instancer.instantiateVariableFont(TTFont(reread), {"wght": weight})
    _rename(static, family(face))
    _set_metrics(static)
    return static


def _rename(font: TTFont, name: str) -> None:
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in {0, 13, 14}]
    postscript = name.replace(" ", "")
    for identifier, value in ((1, name), (2, "Regular"), (3, name), (4, name), (6, postscript)):
        names.setName(value, identifier, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0


def _set_metrics(font: TTFont) -> None:
    em = font["head"].unitsPerEm
    ascent, descent = round(ASCENT * em), round(DESCENT * em)
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, -descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, descent


def width(text: str, language: str, weight: int) -> float:
    """Of a text in its faces, in ems."""
    return sum(face.width(run, weight) for face, run in runs(text, language))


def uncovered(texts: Sequence[str], language: str) -> set[str]:
    """Characters that no face can draw."""
    every = {character for text in texts for character in text if not character.isspace()}
    return {c for c in every if not any(ord(c) in face.characters for face in faces(language))}
