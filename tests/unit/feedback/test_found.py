"""How themes, spikes and slices are judged: known vectors, and promises about false alarms and small cells."""

import math

import numpy as np
import pytest
from scipy.special import betainc

from services.feedback.domain.finding import asked, terms
from services.feedback.domain.sentences import parts
from services.feedback.domain.slicing import Cell, shown
from services.feedback.domain.spikes import benjamini_hochberg, judge, proportion_trend, tail
from services.feedback.domain.themes import find, growth, matched
from services.kit.ids import new_id


def test_adjusted_chances_are_those_of_the_funnel_s_golden_vector() -> None:
    p = [math.erfc(abs(z) / math.sqrt(2)) for z in (-1.3882, 1.8790, -3.3370, 0.8090, 1.5993)]
    assert benjamini_hochberg(p) == pytest.approx([0.2064, 0.1506, 0.0042, 0.4185, 0.1829], abs=1e-4)


def test_the_tail_is_the_negative_binomial_s_and_without_unevenness_poisson_s() -> None:
    poisson = 1 - sum(math.exp(-3) * 3**k / math.factorial(k) for k in range(7))
    assert tail(7, 3.0, 0.0) == pytest.approx(poisson)
    geometric = (3 / 4) ** 7  # alpha 1 makes it geometric: the chance of k or more is (mean / (1 + mean)) to the k
    assert tail(7, 3.0, 1.0) == pytest.approx(geometric)
    for observed, mean, alpha in ((40, 3.0, 0.5), (900, 950.0, 0.02), (1100, 950.0, 0.001), (3000, 900.0, 1.5), (25, 0.02, 0.3)):
        size = 1 / alpha
        assert tail(observed, mean, alpha) == pytest.approx(betainc(observed, size, mean / (size + mean)), rel=1e-9)
    assert (tail(0, 3.0, 0.1), proportion_trend(20, 56, 7, 35), proportion_trend(1, 2, 0, 0)) == (1.0, (0.110375, 0.3537), (None, None))


def test_more_of_everything_is_no_spike_and_a_short_past_judges_nothing() -> None:
    calm, loud = [5, 6, 4, 5, 7, 5, 5] * 4, [5, 6, 4, 5, 7, 5, 5] * 4
    assert [one.alarm for one in judge({"a": [*calm, 25], "b": [*loud, 25]}, [*(2 * one for one in calm), 50])] == [False, False]
    told = judge({"a": [*calm, 5], "b": [*loud, 45]}, [*(2 * one for one in calm), 50])
    assert [(one.code, one.alarm) for one in told] == [("b", True), ("a", False)]
    assert judge({"a": [1] * 13 + [50]}, [1] * 13 + [50]) == []


def test_themes_are_told_apart_and_known_again_by_their_middle() -> None:
    lot = np.random.default_rng(1)
    middles = np.eye(3, 16, dtype=np.float32)
    rows = np.vstack([middles[place % 3] + lot.normal(0, 0.1, 16) for place in range(90)]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    words = ("lost luggage belt", "rude night porter", "cold soup again")
    texts = [f"{words[place % 3]} number {place}" for place in range(90)]
    found = find(rows, texts, [None] * 90)
    assert sorted(len(one.members) for one in found) == [30, 30, 30]
    assert {frozenset(one % 3 for one in heap.members) for heap in found} == {frozenset({0}), frozenset({1}), frozenset({2})}
    assert {"lost", "rude", "cold"} <= {word for heap in found for word in heap.words}
    before = [(new_id(), heap.middle) for heap in reversed(found)]
    assert matched(found, before) == [one for one, _ in reversed(before)]
    assert matched(found, [(new_id(), -found[0].middle)]) == [None, None, None]
    assert find(rows[:29], texts[:29], [None] * 29) == []
    assert (growth(13, 20, 7, 21), growth(0, 0, 7, 21)) == (2.0, 3.0)


def test_what_all_voices_about_one_product_share_is_no_theme() -> None:
    lot = np.random.default_rng(2)
    topic, brand = np.eye(2, 12, dtype=np.float32), np.eye(12, dtype=np.float32)[4:6]
    rows = np.vstack([topic[place % 2] + 3 * brand[place // 2 % 2] + lot.normal(0, 0.05, 12) for place in range(80)]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    texts = [f"voice {place}" for place in range(80)]
    products = [f"brand-{place // 2 % 2}" for place in range(80)]
    assert {frozenset(one % 2 for one in heap.members) for heap in find(rows, texts, products)} == {frozenset({0}), frozenset({1})}
    assert {frozenset(one // 2 % 2 for one in heap.members) for heap in find(rows, texts, [None] * 80)} == {frozenset({0}), frozenset({1})}


@pytest.mark.parametrize(
    ("sizes", "visible"),
    [((9, 6, 5, 2), 2), ((9, 6, 5), 3), ((9, 3, 3), 1), ((9, 2, 2), 0), ((4,), 0), ((9, 8, 4), 1), ((), 0)],
)
def test_a_hidden_cell_is_never_alone_nor_smaller_with_its_like_than_the_least(sizes: tuple[int, ...], visible: int) -> None:
    told = shown([Cell(str(place), voices=n) for place, n in enumerate(sizes)], 5)
    assert [seen for _, seen in told] == [True] * visible + [False] * (len(sizes) - visible)


def test_a_text_is_cut_into_parts_that_may_judge_different_things() -> None:
    text = "Der Mann am Telefon war sehr nett, aber die Erstattung dauert ewig! Ok. 客服很好，但是退款太慢了。"
    assert [text[one.start : one.end] for one in parts(text)] == [
        "Der Mann am Telefon war sehr nett", "die Erstattung dauert ewig!", "客服很好", "退款太慢了。",
    ]  # fmt: skip
    assert len(parts("This is a sentence. " * 50)) == 8
    assert parts("x" * 100_000)[0].start == 0


def test_words_are_kept_by_their_stems_and_asked_for_in_every_language() -> None:
    assert terms("The deliveries were rude, [PHONE]", "en") == ["the", "deliveri", "were", "rude"]
    assert set(terms("我的iPhone坏了", "zh")) == {"我的", "iphon", "坏了"}
    assert ["посылк"] == terms("Посылки", "ru") == asked("посылку")[0]
    assert "deliveri" in asked("delivery")[0]
    assert len(terms(" ".join(f"word{n}" for n in range(500)), "en")) == 200
