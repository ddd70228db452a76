"""Take selection on labelled cases: what stays of what was said."""

from typing import Any

import pytest

from storyboard.rules.sentences import sentences
from storyboard.rules.takes import select_takes

CASES = {
    "a false start goes": (
        ["So the thing is", "So the thing is that bridges connect people."],
        [1],
    ),
    "a word cut short is a false start too": (
        ["We went to the mark—", "We went to the market every day."],
        [1],
    ),
    "three tries leave the last": (
        ["My name is", "My name is Anna and", "My name is Anna and I build boats."],
        [2],
    ),
    "the last of equal takes stays": (
        ["We open in May every year.", "We open in May every year."],
        [1],
    ),
    "the fluent take beats the stumbling one": (
        ["We sell fresh bread here.", "We we sell uh fresh fresh bread here."],
        [0],
    ),
    "hesitation alone goes": (["Um, okay.", "Let us begin with the rice."], [1]),
    "calls for a retake go": (
        [
            "The rice is red.",
            "Sorry, let me start again.",
            "Okay, take two.",
            "The beans are green.",
        ],
        [0, 3],
    ),
    "a way of speaking stays": (
        ["We shall fight on the beaches.", "We shall fight on the landing grounds."],
        [0, 1],
    ),
    "a refrain after other things stays": (
        ["I have a dream.", "A.", "B b b.", "C c c.", "D d d.", "E e e.", "I have a dream."],
        [0, 1, 2, 3, 4, 5, 6],
    ),
    "two clauses that begin alike stay": (["We can go,", "we can stay."], [0, 1]),
    "words that only begin alike stay": (
        ["I like tea in the morning.", "I like to walk in the evening."],
        [0, 1],
    ),
    "if all is hesitation it is still judged": (["Um.", "Uh."], []),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_labelled_cases(studio: Any, case: str) -> None:
    texts, kept = CASES[case]
    said = sentences(studio.talk([(text, 1.5) for text in texts]))
    takes, dropped = select_takes(said, with_picture=frozenset())
    assert [said.index(take.sentence) for take in takes] == kept
    assert len(takes) + len(dropped) == len(said)
    assert all(drop.reason for drop in dropped)


DRAFTS = {
    "a halted start whose last word was misheard": (
        ["getting to face is", "getting to the easy part is the only thing we ever did there"],
        [1],
    ),
    "two short sentences that begin alike stay": (["i like my tea", "i like coffee more"], [0, 1]),
    "a cough is no word": (["we begin here today", "them", "and we end over there"], [0, 2]),
}


@pytest.mark.parametrize("case", DRAFTS, ids=str)
def test_drafts_of_words_are_wrong_in_their_own_ways(studio: Any, case: str) -> None:
    texts, kept = DRAFTS[case]
    said = sentences(studio.talk([(text, 1.0) for text in texts], quality="draft"))
    takes, _ = select_takes(said, with_picture=frozenset())
    assert [said.index(take.sentence) for take in takes] == kept


def test_the_first_take_on_request(studio: Any) -> None:
    said = sentences(studio.talk([("We open in May every year.", 1.0)] * 2))
    takes, _ = select_takes(said, first_take=True, with_picture=frozenset())
    assert takes[0].sentence == said[0]


def test_of_two_files_with_the_same_text_one_is_used(studio: Any) -> None:
    script = [("We open the gates in May every single year.", 1.0)]
    heard = studio.talk(script, "voice.wav", picture=False)
    seen = studio.talk(script, "camera.mp4")
    said = [*sentences(seen), *sentences(heard)]
    takes, _ = select_takes(said, with_picture=frozenset({seen.asset_id}))
    assert [take.sentence.source for take in takes] == [seen.asset_id]


def test_speech_without_words_is_never_judged(studio: Any) -> None:
    said = sentences(studio.talk([("one two", 1.0), ("one two", 1.0)], quality=None))
    takes, _ = select_takes(said, with_picture=frozenset())
    assert len(takes) == 2
