"""Intervals against published vectors and against statsmodels."""

import math

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from services.insight.domain.intervals import Interval, moved_by, net_score, net_score_difference, net_score_error, newcombe, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (42, 50, 0.714858, 0.916626),
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (7, 9, 0.452589, 0.936775),
    ],
)
def test_wilson_gives_the_golden_interval(hits: int, n: int, low: float, high: float) -> None:
    found = wilson(hits / n, n)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)
    assert (found.method, found.level) == ("wilson", 0.95)


@pytest.mark.parametrize("n", [1, 2, 5, 30, 999])
def test_wilson_agrees_with_statsmodels_for_every_count(n: int) -> None:
    for hits in range(n + 1):
        low, high = proportion_confint(hits, n, method="wilson")
        found = wilson(hits / n, n)
        assert found.low == pytest.approx(low, abs=1e-12)
        assert found.high == pytest.approx(high, abs=1e-12)


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        ((66, 100), (80, 100), 0.016788, 0.257865),
        ((254, 385), (308, 385), 0.0777, 0.2014),
    ],
)
def test_newcombe_gives_the_golden_interval_of_a_difference(before: tuple[int, int], after: tuple[int, int], low: float, high: float) -> None:
    found = newcombe((before[0] / before[1], before[1]), (after[0] / after[1], after[1]))

    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(80, 100, 66, 100), (0, 10, 10, 10), (5, 7, 50, 70), (1, 1, 0, 1)])
def test_newcombe_agrees_with_statsmodels(k1: int, n1: int, k2: int, n2: int) -> None:
    low, high = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    found = newcombe((k2 / n2, n2), (k1 / n1, n1))

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(
    ("promoters", "passives", "detractors", "half"),
    [(60, 25, 15, 14.5024), (600, 250, 150, 4.5861), (12, 5, 3, 32.4284)],
)
def test_a_net_score_of_45_is_as_sure_as_its_answers_are_many(promoters: int, passives: int, detractors: int, half: float) -> None:
    n = promoters + passives + detractors
    found = net_score(promoters / n, detractors / n, n)

    assert (found.high - found.low) / 2 == pytest.approx(half, abs=1e-4)
    assert (found.high + found.low) / 2 == pytest.approx(45)


def test_the_golden_standard_error_of_a_net_score() -> None:
    assert net_score_error(0.60, 0.15, 100) == pytest.approx(7.3993, abs=1e-4)


def test_a_change_in_net_score_adds_both_errors() -> None:
    found = net_score_difference((0.60, 0.15, 100), (0.60, 0.15, 100))

    assert found.high == pytest.approx(14.5024 * math.sqrt(2), abs=1e-3)
    assert found.low == -found.high


@pytest.mark.parametrize(("share", "n"), [(0.5, 0), (1.2, 10), (-0.1, 10)])
def test_there_is_no_interval_of_nothing(share: float, n: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        wilson(share, n)


def test_a_difference_put_together_from_two_wilson_intervals_is_newcombes() -> None:
    before, after = (0.66, 100), (0.80, 100)

    assert moved_by((0.66, wilson(*before)), (0.80, wilson(*after))) == newcombe(before, after)
    assert moved_by((0.66, Interval(0.6, 0.7, "kaplan-meier", 0.95)), (0.80, wilson(*after))).method == "mover"
