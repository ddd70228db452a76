from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analysis.alignment import align, tokens
from contracts.artifacts import Span, Word

VOCABULARY = ("we", "cut", "the", "long", "film", "today")


def heard(*texts: str, start: int = 0) -> list[Word]:
    """One word every 400 ms, each 300 ms long."""
    times = (start + i * 400_000 for i in range(len(texts)))
    return [Word(text=t, start_us=at, end_us=at + 300_000) for t, at in zip(texts, times)]  # noqa: B905


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_us=start_ms * 1000, end_us=end_ms * 1000)


def said(text: str, words: list[Word], speech: list[Span]) -> list[str]:
    return [word.text for word in align(tokens(text), words, speech).words]


def test_punctuation_and_case_stay_with_the_words() -> None:
    assert [token.text for token in tokens("“Well,” he said — no? … ¡Ya!")] == [
        "“Well,”",
        "he",
        "said —",
        "no? …",
        "¡Ya!",
    ]
    assert [token.key for token in tokens("Don’t COLD-hearted")] == ["don't", "coldhearted"]


def test_recognised_words_keep_their_times() -> None:
    aligned = align(tokens("We cut."), heard("we", "cut"), [span(0, 800)])
    assert [(w.text, w.start_us) for w in aligned.words] == [("We", 0), ("cut.", 400_000)]
    assert (aligned.placed, aligned.missing) == (0, 0)


def test_a_word_heard_wrongly_is_placed_where_it_was() -> None:
    aligned = align(tokens("We cut film"), heard("we", "cot", "film"), [span(0, 1200)])
    wrong = aligned.words[1]
    assert (wrong.text, wrong.confidence, aligned.placed) == ("cut", 0.5, 1)
    assert 300_000 <= wrong.start_us < wrong.end_us <= 800_000


def test_placed_words_keep_to_the_speech() -> None:
    words = [*heard("we"), *heard("film", start=5_000_000)]
    aligned = align(
        tokens("We cut film"), words, [span(0, 300), span(2000, 2600), span(5000, 5300)]
    )
    placed = aligned.words[1]
    assert (placed.start_us, placed.end_us) == (2_000_000, 2_600_000)


def test_words_without_room_were_not_said() -> None:
    aligned = align(tokens("We really never cut"), heard("we", "cut"), [span(0, 700)])
    assert ([w.text for w in aligned.words], aligned.missing) == (["We", "cut"], 2)


def test_a_false_start_that_the_text_leaves_out_is_kept() -> None:
    words = heard("we", "cut", "we", "cut", "the", "film")
    assert said("We cut the film.", words, [span(0, 2400)]) == [
        *("We", "cut", "We", "cut", "the", "film."),
    ]


def test_noise_between_the_words_is_not() -> None:
    words = heard("we", "today", "cut", "the", "film")
    assert said("We cut the film.", words, [span(0, 2000)]) == ["We", "cut", "the", "film."]


def test_a_text_of_which_nothing_was_recognised_is_spread_over_the_speech() -> None:
    aligned = align(tokens("мы режем фильм"), [], [span(1000, 1900), span(4000, 4900)])
    assert (len(aligned.words), aligned.placed) == (3, 3)
    assert aligned.words[0].start_us == 1_000_000
    assert aligned.words[-1].end_us == 4_900_000


@given(
    st.lists(st.sampled_from(VOCABULARY), max_size=12),
    st.lists(st.sampled_from(VOCABULARY), max_size=12),
)
def test_words_never_overlap_and_none_is_lost(text: list[str], ear: list[str]) -> None:
    given_tokens = tokens(" ".join(text))
    aligned = align(given_tokens, heard(*ear), [span(0, 400 * len(ear) + 1)] if ear else [])
    times = [(word.start_us, word.end_us) for word in aligned.words]
    assert all(start < end for start, end in times)
    assert all(a[1] <= b[0] for a, b in pairwise(times))
    assert len(aligned.words) + aligned.missing >= len(text)
