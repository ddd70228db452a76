"""Captions: readable in any script, within their area, on time; and drawn by libass as planned."""

import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.artifacts import Word
from contracts.events import CaptionStyle
from contracts.timeline import Canvas, Caption, Captions
from render import fonts
from render.caption_layout import MAX_LINES, Measure, Page, lay_out
from render.caption_styles import STYLES, area, em_pixels
from render.captions import caption_files, write_for_burning
from render.geometry import Size
from render.programs import ffmpeg_binary
from render.scripts import joined, visual_order

SENTENCES = {
    "en": "Ask not what your country can do for you, déjà vu — “quoted” 100 %!",
    "ru": "Привет, мир! Это проверка субтитров.",
    "el": "Γειά σου Κόσμε, αυτό είναι ένα τεστ",
    "ar": "مرحبا بالعالم، هذا اختبار رقم 15",
    "he": "שלום עולם, זה מבחן של כתוביות",
    "hi": "नमस्ते दुनिया, यह एक परीक्षण क्षत्रिय है",
    "bn": "ওহে বিশ্ব, এটি একটি পরীক্ষা",
    "ta": "வணக்கம் உலகம், இது ஒரு சோதனை",
    "te": "హలో ప్రపంచం, ఇది ఒక పరీక్ష",
    "th": "สวัสดีชาวโลก นี่คือการทดสอบคำบรรยาย",
    "km": "សួស្តីពិភពលោក",
    "my": "မင်္ဂလာပါ ကမ္ဘာလောက",
    "am": "ሰላም ልዑል ይህ ፈተና ነው",
    "ka": "გამარჯობა მსოფლიო",
    "hy": "Բարեւ աշխարհ",
    "ja": "吾輩は猫である。名前はまだ無い。",
    "ko": "안녕하세요 여러분, 자막 시험입니다",
    "zh": "今天天气很好，我们去公园玩！",
    "vi": "Xin chào thế giới, đây là một bài kiểm tra",
}
WIDE, TALL = Size(1920, 1080), Size(1080, 1920)


def caption(text: str, word_us: int = 300_000) -> Caption:
    return Caption(
        words=tuple(
            Word(start_us=i * word_us, end_us=(i + 1) * word_us, text=word)
            for i, word in enumerate(text.split())
        )
    )


def pages_of(text: str, language: str, canvas: Size, style: CaptionStyle = "clean") -> list[Page]:
    look = STYLES[style]
    em = em_pixels(look, canvas)
    return lay_out([caption(text)], language, look, area(canvas), em, 60_000_000)


@pytest.mark.parametrize("language", SENTENCES)
def test_every_character_of_every_script_has_a_glyph(language: str, tmp_path: Path) -> None:
    text = SENTENCES[language]
    assert fonts.uncovered([text], language) == set()
    fonts.write_static_fonts([text], language, 700, tmp_path)
    drawn: set[int] = set()
    for path in tmp_path.iterdir():
        with TTFont(path) as font:
            assert "fvar" not in font, "libass knows no variable fonts"
            drawn |= set(font.getBestCmap())
    assert {ord(character) for character in text} <= drawn


def test_what_no_font_has_is_left_out_and_said() -> None:
    assert fonts.uncovered(["a\U00010900"], "en") == {"\U00010900"}
    assert [run for _, run in fonts.runs("a\U00010900b", "en")] == ["ab"]


def test_han_characters_look_as_their_language_writes_them() -> None:
    chosen = {language: fonts.runs("直", language)[0][0] for language in ("ja", "zh", "ko")}
    assert len(set(chosen.values())) == 3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("abcdefg WÄ日本語ไทย", min_size=1, max_size=30), min_size=1, max_size=30))
def test_pages_fit_their_area_and_keep_every_word_in_order(words: list[str]) -> None:
    text = " ".join(words)
    if not text.split():
        return
    for canvas in (WIDE, TALL):
        pages = pages_of(text, "en", canvas)
        place, measure = area(canvas), Measure("en", STYLES["clean"].weight)
        shown = [placed for page in pages for line in page.lines for placed in line]
        assert "".join(p.word.text for p in shown) == "".join(text.split())
        assert all(len(page.lines) <= MAX_LINES for page in pages)
        assert all(a.end_us <= b.start_us for a, b in pairwise(pages))
        for page in pages:
            for line in page.lines:
                for placed in line:
                    half = measure.word(placed.word.text) * page.em / 2
                    assert placed.x - half >= place.centre_x - place.width / 2 - 1
                    assert placed.x + half <= place.centre_x + place.width / 2 + 1
                    assert placed.y < place.bottom


def test_words_of_a_right_to_left_line_run_from_the_right() -> None:
    [page] = pages_of("مرحبا بالعالم هذا", "ar", WIDE)
    xs = [placed.x for placed in page.lines[0]]
    assert xs == sorted(xs, reverse=True)


def test_mixed_directions_keep_their_runs() -> None:
    words = ["للنص", "مع", "iPhone", "15", "الآن"]
    seen = [words[place] for place in visual_order(words, right_to_left=True)]
    assert seen == ["الآن", "iPhone", "15", "مع", "للنص"]


def test_scripts_without_spaces_are_joined_without_spaces() -> None:
    assert joined(["今天", "天气"]) == "今天天气"
    assert joined(["Hello", "world"]) == "Hello world"
    assert joined(["안녕", "여러분"]) == "안녕 여러분"


def test_subtitle_files_say_the_words_at_their_times(media: Any, clip: Any, timeline: Any) -> None:
    source = media.film(seconds=3)
    edit = timeline(
        [source],
        [clip(source, 0, 0, 3)],
        captions=Captions(style="bold", groups=(caption("To be & not"),)),
    )
    files = caption_files(edit)
    assert files is not None
    assert files.srt == "1\n00:00:00,000 --> 00:00:01,600\nTo be & not\n"
    assert files.vtt.endswith("00:00:00.000 --> 00:00:01.600\nTo be &amp; not\n")
    assert "0:00:00.30,0:00:00.60,Caption" in files.ass
    assert "NOT" in files.ass, "the style has capitals, the words for players have none"


@pytest.mark.parametrize("style", ["clean", "bold", "karaoke"])
@pytest.mark.parametrize("language", ["en", "ar", "ja"])
def test_libass_draws_the_words_where_they_were_planned(
    style: str, language: str, media: Any, clip: Any, timeline: Any, tmp_path: Path
) -> None:
    """Ink lies in the planned lines' box, and the lit word is in the accent colour."""
    canvas = Canvas(width=960, height=540)
    source = media.film(seconds=8, name="film8.mp4")
    groups = (caption(SENTENCES[language], 400_000),)
    edit = timeline(
        [source],
        [clip(source, 0, 0, 8)],
        canvas=canvas,
        captions=Captions(style=style, language=language, groups=groups),
    )
    path = write_for_burning(edit, tmp_path / "c")
    assert path is not None
    command = [ffmpeg_binary(), "-v", "verbose", "-f", "lavfi", "-i", "color=gray:s=960x540:r=10"]
    ass = f"setpts=PTS+0.15/TB,ass={path}:fontsdir={path.parent / 'fonts'}"
    command += ["-vf", ass, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    assert b"not found" not in done.stderr
    picture = np.frombuffer(done.stdout, np.uint8).reshape(540, 960, 3).astype(int)
    ink = np.abs(picture - picture[5, 5]).sum(axis=2) > 60
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert rows.size
    assert rows.min() > 540 * 0.7
    assert rows.max() < 540 * 0.96
    assert columns.min() > 960 * 0.08
    assert columns.max() < 960 * 0.92
    lit = (picture[..., 0] > 200) & (picture[..., 1] > 150) & (picture[..., 2] < 90)
    assert lit.any() == (style != "clean")
