"""How English words are spoken, in the ARPAbet of the acoustic model that pocketsphinx carries."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pocketsphinx import get_model_path

ACOUSTIC_MODEL = get_model_path("en-us/en-us")
DICTIONARY = get_model_path("en-us/cmudict-en-us.dict")

_VARIANT = re.compile(r"\(\d+\)$")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

# Rough letter-to-sound rules for names and new words, the longest spelling first. An aligner needs
# about the right sounds in about the right number, not the right word.
_SPELLINGS = {
    "tion": "SH AH N", "sion": "ZH AH N", "ough": "AO", "augh": "AO", "eigh": "EY", "igh": "AY",
    "tch": "CH", "dge": "JH", "sch": "SH", "sh": "SH", "ch": "CH", "th": "TH", "ph": "F",
    "wh": "W", "ck": "K", "ng": "NG", "qu": "K W", "gh": "G", "kn": "N", "wr": "R", "ee": "IY",
    "ea": "IY", "oo": "UW", "ou": "AW", "ow": "OW", "oi": "OY", "oy": "OY", "ai": "EY",
    "ay": "EY", "ei": "EY", "ey": "IY", "ie": "IY", "oa": "OW", "au": "AO", "aw": "AO",
    "ew": "UW", "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER", "a": "AE",
    "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH",
    "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "o": "OW", "p": "P", "q": "K", "r": "R",
    "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W", "x": "K S", "y": "IY", "z": "Z",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(_SPELLINGS, key=len, reverse=True)))
_DOUBLED = re.compile(r"([bcdfgklmnprstz])\1")
_SILENT_E = re.compile(r"(?<=[^aeiou]{1})e$")
_PART = re.compile(r"[a-z']+|\d")


def pronunciations(words: Iterable[str]) -> dict[str, list[str]]:
    """Phones of each lower-case word: by dictionary, else part by part, else by spelling.

    A word of which nothing can be spoken (another script) is left out.
    """
    parts = {word: list(_parts(word)) for word in words}
    known = _look_up({*parts, *(part for each in parts.values() for part in each)})
    spoken = {word: known.get(word) or _compose(parts[word], known) for word in parts}
    return {word: phones for word, phones in spoken.items() if phones}


def _look_up(wanted: set[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    with Path(DICTIONARY).open(encoding="utf-8") as lines:
        for line in lines:
            entry, _, phones = line.strip().partition(" ")
            word = _VARIANT.sub("", entry)
            if word in wanted:
                found[word].append(phones)
    return found


def _parts(word: str) -> Iterator[str]:
    for part in _PART.findall(word):
        yield _DIGITS[int(part)] if part.isdigit() else part


def _compose(parts: list[str], known: dict[str, list[str]]) -> list[str]:
    phones = [known[part][0] if part in known else _spell(part) for part in parts]
    return [" ".join(filter(None, phones))] if any(phones) else []


def _spell(word: str) -> str:
    plain = _SILENT_E.sub("", _DOUBLED.sub(r"\1", word))
    return " ".join(_SPELLINGS[spelling] for spelling in _SPELLING.findall(plain))
