"""Where sentences begin and end."""

from typing import Any

import pytest

from contracts.artifacts import Span
from storyboard.rules.sentences import clauses, sentences


def said(footage: Any) -> list[str]:
    return [sentence.text for sentence in sentences(footage)]


def test_full_stops_end_sentences_even_without_a_pause(studio: Any) -> None:
    talk = studio.talk([("One thing is sure. Is it? Yes it is", 1.0)])
    assert said(talk) == ["One thing is sure.", "Is it?", "Yes it is"]
    assert [sentence.ended for sentence in sentences(talk)] == [True, True, False]


def test_titles_do_not_end_sentences(studio: Any) -> None:
    assert said(studio.talk([("Then Dr. Brown met Mr. White.", 1.0)])) == [
        "Then Dr. Brown met Mr. White."
    ]


def test_what_hangs_before_a_long_pause_is_a_sentence_that_was_not_ended(studio: Any) -> None:
    found = sentences(studio.talk([("The first thing", 1.5), ("The first thing is rice.", 1.0)]))
    assert [(one.text, one.ended) for one in found] == [
        ("The first thing", False),
        ("The first thing is rice.", True),
    ]


def test_a_sentence_that_is_begun_anew_is_two(studio: Any) -> None:
    talk = studio.talk([("An orbit is a fall that never", 0.8), ("An orbit is a fall.", 1.0)])
    assert said(talk) == ["An orbit is a fall that never", "An orbit is a fall."]
    talk = studio.talk([("We can go", 0.5), ("we can stay.", 1.0)])
    assert [one.ended for one in sentences(talk)] == [False, True]
    assert len(said(studio.talk([("I think that", 0.5), ("we can stay.", 1.0)]))) == 1


def test_a_sentence_that_starts_over_is_two_even_after_a_short_breath(studio: Any) -> None:
    script = [("Getting to space is", 0.5), ("getting to space is the easy part.", 1.0)]
    found = sentences(studio.talk(script))
    assert [(one.text, one.ended) for one in found] == [
        ("Getting to space is", False),
        ("getting to space is the easy part.", True),
    ]


def test_a_breath_alone_does_not_divide_a_sentence(studio: Any) -> None:
    assert len(said(studio.talk([("Getting to space", 0.5), ("is the easy part.", 1.0)]))) == 1


def test_draft_words_are_divided_by_silence_alone(studio: Any) -> None:
    script = [("ask not what your country", 0.4), ("can do for you", 0.9), ("ask what", 1.0)]
    found = sentences(studio.talk(script, quality="draft"))
    assert [one.text for one in found] == ["ask not what your country can do for you", "ask what"]
    assert {one.ended for one in found} == {None}


def test_speech_without_words_is_still_speech(studio: Any) -> None:
    talk = studio.talk([("some words here", 1.0), ("and more", 2.0)], quality=None)
    spans = [(one.start_us, one.end_us) for one in sentences(talk)]
    assert spans == [(span.start_us, span.end_us) for span in talk.speech]


def test_a_sentence_lasts_until_the_voice_falls_silent(studio: Any) -> None:
    talk = studio.talk([("It ends late.", 2.0)])
    longer = (
        Span(start_us=talk.speech[0].start_us - 50_000, end_us=talk.speech[0].end_us + 90_000),
    )
    heard = talk.analysis.model_copy(update={"speech": longer})
    (sentence,) = sentences(type(talk)(talk.asset_id, "a.mp4", "k", heard))
    assert (sentence.start_us, sentence.end_us) == (longer[0].start_us, longer[0].end_us)


@pytest.mark.parametrize("quality", ["model", "draft"])
def test_endless_speech_is_split_at_its_longest_breath(studio: Any, quality: str) -> None:
    script = [("and " * 40, 0.3), ("then " * 40, 0.32), ("so " * 40, 1.0)]
    found = sentences(studio.talk(script, quality=quality))
    assert [one.text.split()[0] for one in found] == ["and", "then", "so"]


def test_clauses_end_at_commas_and_breaths(studio: Any) -> None:
    talk = studio.talk([("Ask not what they can do, but do ask yourself", 0.35), ("what to do", 1)])
    (sentence,) = sentences(talk)
    parts = clauses(sentence.start_us, sentence.end_us, sentence.words)
    texts = [
        " ".join(w.text for w in talk.words_within(part.start_us, part.end_us)) for part in parts
    ]
    assert texts == ["Ask not what they can do,", "but do ask yourself", "what to do"]
