"""Captions for players: SubRip and WebVTT."""

from collections.abc import Sequence
from html import escape

from render.caption_layout import Page


def to_srt(pages: Sequence[Page]) -> str:
    cues = (
        f"{number}\n{_clock(page.start_us, ',')} --> {_clock(page.end_us, ',')}\n{page.text}\n"
        for number, page in enumerate(pages, 1)
    )
    return "\n".join(cues)


def to_vtt(pages: Sequence[Page]) -> str:
    cues = (
        f"{_clock(page.start_us, '.')} --> {_clock(page.end_us, '.')}\n"
        f"{escape(page.text, quote=False)}\n"
        for page in pages
    )
    return "\n".join(["WEBVTT\n", *cues])


def _clock(us: int, point: str) -> str:
    milliseconds = round(us / 1000)
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"
