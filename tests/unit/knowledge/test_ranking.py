"""BM25 per field, corrections, overlap, snippets, promotion."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.knowledge.domain.lifecycle import ArticleState, promoted_by_reuse
from services.knowledge.domain.ranking import K1, Corpus, idf, saturation
from services.knowledge.domain.similarity import overlap
from services.knowledge.domain.snippet import LENGTH, marked, snippet
from services.knowledge.domain.spelling import Spellings, allowed_edits, edit_distance, nearest


def test_a_rare_term_tells_more_than_one_that_every_article_has() -> None:
    corpus = Corpus(articles=100, title_length=5.0, text_length=50.0)
    assert idf(corpus, 1) == pytest.approx(math.log(1 + 99.5 / 1.5))
    assert 0 < idf(corpus, 100) < idf(corpus, 50) < idf(corpus, 1)


def test_repetition_counts_less_and_less_and_long_fields_are_discounted() -> None:
    assert saturation(0, 10, 10.0) == 0.0
    assert saturation(1, 10, 10.0) == pytest.approx(1.0)
    assert saturation(1000, 10, 10.0) == pytest.approx(K1 + 1, rel=0.01)
    assert saturation(1, 20, 10.0) < saturation(1, 5, 10.0)


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("router", "router", 0), ("router", "ruoter", 1), ("router", "routr", 1), ("router", "rooter", 1), ("abc", "ca", 3), ("kitten", "sitting", 3)],
)
def test_the_distance_counts_swapped_neighbours_once(left: str, right: str, distance: int) -> None:
    assert edit_distance(left, right, 5) == distance


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(1, 3))
def test_the_distance_is_symmetric_and_stops_at_the_limit(left: str, right: str, limit: int) -> None:
    whole = edit_distance(left, right, 20)
    assert edit_distance(right, left, 20) == whole
    assert edit_distance(left, right, limit) == min(whole, limit + 1)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_distance_is_that_of_whole_words_though_only_what_differs_is_looked_at(left: str, right: str) -> None:
    rows = {(-1, at): at + 1 for at in range(-1, len(right))} | {(at, -1): at + 1 for at in range(len(left))}
    for i, j in itertools.product(range(len(left)), range(len(right))):
        steps = [rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (left[i] != right[j])]
        if i and j and (left[i], left[i - 1]) == (right[j - 1], right[j]):
            steps.append(rows[i - 2, j - 2] + 1)
        rows[i, j] = min(steps)
    assert edit_distance(left, right, 20) == rows[len(left) - 1, len(right) - 1]


@given(st.lists(st.text("abcd", min_size=1, max_size=10), max_size=30), st.text("abcd", min_size=4, max_size=10), st.integers(0, 30))
def test_of_many_words_as_few_are_compared_as_may_be_meant_and_none_is_missed(words: list[str], typed: str, first: int) -> None:
    spellings, known = Spellings(), list(dict.fromkeys(words))
    spellings.take_in(known[:first])
    assert spellings.near(typed, known) == nearest(typed, known)


def test_short_words_are_never_corrected_and_long_ones_may_hold_two_errors() -> None:
    assert [allowed_edits("x" * length) for length in (3, 4, 7, 8)] == [0, 1, 1, 2]


def test_a_wrong_first_letter_counts_as_further_away_and_the_nearest_word_comes_first() -> None:
    assert nearest("ruter", ["router", "outer", "tuter", "rute"]) == ["router", "rute", "outer", "tuter"]
    assert nearest("uter", ["router", "tter"]) == []
    assert nearest("instalaton", ["instal", "installation", "instalation"]) == ["instalation", "installation"]


def test_overlap_weighs_rare_terms() -> None:
    weights = {"the": 0.1, "router": 2.0, "red": 2.0}
    assert overlap({"the", "router"}, {"the", "router"}, weights) == pytest.approx(1.0)
    assert overlap({"the", "router"}, {"the", "red"}, weights) == pytest.approx(0.1 / 4.1)
    assert overlap(set(), set(), weights) == 0.0


def test_a_snippet_marks_what_was_found_and_escapes_the_rest() -> None:
    assert (
        snippet("Press <Reset> twice & wait", "en", frozenset({"reset", "wait"})) == "Press &lt;<mark>Reset</mark>&gt; twice &amp; <mark>wait</mark>"
    )


def test_a_snippet_shows_the_stretch_with_most_of_the_words() -> None:
    text = "filler " * 100 + "the router blinks red " + "filler " * 100
    shown = snippet(text, "en", frozenset({"router", "red"}))
    assert "<mark>router</mark> blinks <mark>red</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < LENGTH + 60


def test_overlapping_bigrams_are_one_mark() -> None:
    assert snippet("重置路由器", "zh", frozenset({"路由", "由器"})) == "重置<mark>路由器</mark>"
    assert marked("abc", 0, 3, [("b", 1, 2)]) == "a<mark>b</mark>c"


@pytest.mark.parametrize(
    ("state", "colleagues", "open_flags", "has_resolution", "validated"),
    [
        (ArticleState.NOT_VALIDATED, 3, 0, True, True),
        (ArticleState.WORK_IN_PROGRESS, 3, 0, True, True),
        (ArticleState.NOT_VALIDATED, 2, 0, True, False),
        (ArticleState.NOT_VALIDATED, 3, 1, True, False),
        (ArticleState.WORK_IN_PROGRESS, 3, 0, False, False),
        (ArticleState.VALIDATED, 9, 0, True, False),
        (ArticleState.ARCHIVED, 9, 0, True, False),
    ],
)
def test_reuse_by_three_people_validates_an_unflagged_article(
    *, state: ArticleState, colleagues: int, open_flags: int, has_resolution: bool, validated: bool
) -> None:
    assert promoted_by_reuse(state, colleagues=colleagues, open_flags=open_flags, has_resolution=has_resolution) is validated
