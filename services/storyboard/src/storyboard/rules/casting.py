"""Casting: which footage speaks, which is laid over it, which is heard beneath it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from contracts.events import MusicChoice
from storyboard.footage import SECOND, Footage

Part = Literal["a_roll", "narration", "b_roll", "music"]
_ENOUGH_US = 2 * SECOND
_ENOUGH_SHARE = 0.15
_PLENTY_US = 8 * SECOND
_ANY_US = SECOND // 3


@dataclass(frozen=True)
class Cast:
    """`reasons` says of every asset why it plays its part."""

    spine: tuple[Footage, ...]
    pictures: tuple[Footage, ...]
    music: Footage | None
    reasons: dict[UUID, str]


def cast(footage: Sequence[Footage], music: MusicChoice) -> Cast:
    ordered = in_order(footage)
    parts: dict[UUID, Part] = {}
    reasons: dict[UUID, str] = {}
    for one in ordered:
        parts[one.asset_id], reasons[one.asset_id] = _part(one, music)
    return Cast(
        spine=tuple(f for f in ordered if parts[f.asset_id] in ("a_roll", "narration")),
        pictures=tuple(f for f in ordered if parts[f.asset_id] == "b_roll"),
        music=_bed([f for f in ordered if parts[f.asset_id] == "music"], music),
        reasons=reasons,
    )


def in_order(footage: Sequence[Footage]) -> list[Footage]:
    """By number where the names count (take2 before take10); else as the creator gave them."""
    names = [re.sub(r"\.\w+$", "", one.filename) for one in footage]
    stems = {re.sub(r"\d+", "#", name.lower()) for name in names}
    if len(stems) == 1 and "#" in stems.pop():
        return sorted(footage, key=lambda one: _natural(one.filename))
    return list(footage)


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    pieces = re.findall(r"\d+|\D+", name.lower())
    return tuple((int(p), "") if p.isdigit() else (-1, p) for p in pieces)


def _part(one: Footage, music: MusicChoice) -> tuple[Part, str]:
    if music.mode == "asset" and one.asset_id == music.asset_id:
        return "music", "casting: chosen as the music"
    if one.role == "music":
        return "music", "casting: given as music"
    if one.role == "b_roll" and one.has_picture:
        return "b_roll", "casting: given as B-roll"
    if not one.has_picture:
        if one.speech_us >= _ANY_US:
            return "narration", f"casting: sound with {_seconds(one.speech_us)} of speech"
        return "music", "casting: sound without speech"
    if one.role == "a_roll" and one.speech_us >= _ANY_US:
        return "a_roll", f"casting: given as A-roll, {_seconds(one.speech_us)} of speech"
    if _speaks(one):
        return "a_roll", f"casting: a picture with {_seconds(one.speech_us)} of speech"
    return "b_roll", "casting: a picture in which hardly anyone speaks"


def _speaks(one: Footage) -> bool:
    enough = one.speech_us >= max(_ENOUGH_US, _ENOUGH_SHARE * one.duration_us)
    return enough or one.speech_us >= _PLENTY_US


def _bed(candidates: Sequence[Footage], music: MusicChoice) -> Footage | None:
    if music.mode == "asset":
        return next((one for one in candidates if one.asset_id == music.asset_id), None)
    return candidates[0] if candidates and music.mode == "auto" else None


def _seconds(duration_us: int) -> str:
    return f"{duration_us / SECOND:.1f} s"
