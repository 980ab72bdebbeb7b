"""How words are learned: what the solver minimises, and when a margin joins logistic regression."""

import numpy as np
import pytest

from services.feedback.domain.fitting import FEWEST_BESIDE, Lesson, fit
from services.feedback.domain.heads import Head
from services.feedback.domain.lecture import MARGIN_SAY, Lecture
from services.feedback.domain.solving import SQUARED_HINGE, solve
from services.feedback.domain.words import word_table

TOPICS = ("parcel late", "invoice wrong", "card blocked")


def some_texts(many: int) -> tuple[list[str], list[str]]:
    """Texts that name their topic, and now and then another one, too."""
    texts = [f"{TOPICS[at % 3]} order {at % 7}" + (f" not {TOPICS[(at + 1) % 3]}" if at % 5 == 0 else "") for at in range(many)]
    return texts, [TOPICS[at % 3] for at in range(many)]


def test_the_margin_that_is_learned_is_the_smallest_of_its_loss_and_its_weights() -> None:
    rows = np.array([[1.0], [-1.0]], dtype=np.float32)
    weights, bias = solve(rows, np.array([0, 1]), np.ones(2), 2, 1.0, rounds=400, loss=SQUARED_HINGE)
    # each class: 2 (1 - w)^2 + w^2 / 2 is smallest where 4 (1 - w) = w
    assert weights == pytest.approx(np.array([[0.8, -0.8]]), abs=2e-3)
    assert bias == pytest.approx(np.zeros(2), abs=1e-6)


def test_a_text_beyond_the_margin_has_no_say() -> None:
    rows = np.array([[1.0], [-1.0], [5.0]], dtype=np.float32)
    alone, _ = solve(rows[:2], np.array([0, 1]), np.ones(2), 2, 1.0, rounds=400, loss=SQUARED_HINGE)
    start = (alone, np.zeros(2, dtype=np.float32))
    beside, _ = solve(rows, np.array([0, 1, 0]), np.ones(3), 2, 1.0, rounds=400, start=start, loss=SQUARED_HINGE)
    assert beside == pytest.approx(alone, abs=2e-3)


def test_both_heads_of_words_are_one_table_of_weights() -> None:
    texts, labels = some_texts(60)
    lecture = Lecture(TOPICS, np.array([TOPICS.index(label) for label in labels]), np.ones(60), 20.0)
    table = word_table(texts)
    both, first = lecture.spell(table, margin=True), lecture.spell(table)
    assert first.margin is None
    assert both.margin is not None
    assert np.array_equal(first.together[0], both.likely[0])
    assert np.array_equal(both.together[0], both.likely[0] + MARGIN_SAY * both.margin[0])
    assert np.array_equal(both.together[1], both.likely[1] + MARGIN_SAY * both.margin[1])


def test_the_words_of_many_texts_are_learned_with_a_margin_too_and_always_alike() -> None:
    heads = []
    for many in (FEWEST_BESIDE, FEWEST_BESIDE - 1, FEWEST_BESIDE):
        texts, labels = some_texts(many)
        blank = np.zeros((many, 1), dtype=np.float32)
        heads.append(fit("driver", 2, "none", Lesson(blank, labels, texts=texts, by_words=True), strength=20.0))
    with_margin, without, again = heads
    assert with_margin.to_bytes() == again.to_bytes()
    assert with_margin.words is not None
    assert without.words is not None
    # what a margin adds is 1.5 of weights whose scores are about 1, so the words of a code speak more for it
    place, term = with_margin.classes.index("card blocked"), with_margin.words.vocabulary["blocked"]
    assert with_margin.words.weights[term, place] > without.words.weights[term, place]
    asked = ["my card is blocked", "the invoice is wrong", "parcel late again"]
    stored = Head.from_bytes(with_margin.to_bytes())
    found = [reading.code for reading in stored.read(np.zeros((3, 1), dtype=np.float32), asked)]
    assert found == ["card blocked", "invoice wrong", "parcel late"]
