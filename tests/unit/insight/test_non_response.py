"""Weights for who was asked and who answered, against statsmodels and against every answer written out one by one."""

import numpy as np
import pytest
import statsmodels.api as sm

from services.insight.domain.statistics.nonresponse import Answers, SilentGroup, by_design, by_groups, raked
from services.insight.domain.statistics.weighting import Stratum, post_stratified

CLOSE = 1e-9


def _drawn(seed: int, values: tuple[float, ...]) -> tuple[Answers, list[str], list[str], np.ndarray]:
    """Return answers by value, group and weight, two groupings of them, and how often each stands among the answers one by one."""
    dice = np.random.default_rng(seed)
    rows = [(value, first, second, weight) for value in values for first in "abc" for second in "xy" for weight in (1.0, 2.5, 8.0)]
    counts = dice.integers(1, 30, len(rows)).astype(float)
    answers = Answers(np.array([row[0] for row in rows]), counts, np.array([row[3] for row in rows]))
    return answers, [row[1] for row in rows], [row[2] for row in rows], np.repeat(np.arange(len(rows)), counts.astype(int))


def _regressed(values: np.ndarray, weights: np.ndarray, errors: str) -> tuple[float, float]:
    """Return mean and error of a weighted regression on nothing but a constant: statsmodels' sandwich is the linearised variance."""
    found = sm.WLS(values, np.ones(len(values)), weights=weights).fit(cov_type=errors)
    return float(found.params[0]), float(found.bse[0])


@pytest.mark.parametrize("values", [(0.0, 1.0), (-1.0, 0.0, 1.0)])
def test_design_weights_agree_with_a_weighted_regression(values: tuple[float, ...]) -> None:
    for seed in range(30):
        answers, _, _, each = _drawn(seed, values)
        found = by_design(answers, least=values[0])
        mean, error = _regressed(answers.values[each], answers.weights[each], "HC0")
        half = (found.interval.high - found.interval.low) / 2
        weights = answers.weights[each]

        assert found.value == pytest.approx(mean, abs=CLOSE)
        assert half == pytest.approx(1.959963984540054 * error, abs=CLOSE)
        assert found.n_effective == pytest.approx(weights.sum() ** 2 / np.square(weights).sum(), rel=CLOSE)


@pytest.mark.parametrize("values", [(0.0, 1.0), (-1.0, 0.0, 1.0)])
def test_groups_counted_as_often_as_they_were_asked_agree_with_a_regression_in_each_group(values: tuple[float, ...]) -> None:
    asked = {"a": 700.0, "b": 200.0, "c": 100.0}
    for seed in range(30):
        answers, groups, _, each = _drawn(seed, values)
        found = by_groups(answers, groups, asked, least=values[0])
        one_by_one = np.array(groups)[each]
        value = variance = 0.0
        for group, size in asked.items():
            mine = each[one_by_one == group]
            mean, error = _regressed(answers.values[mine], answers.weights[mine], "HC1")
            value, variance = value + size / 1000 * mean, variance + (size / 1000 * error) ** 2

        assert found.value == pytest.approx(value, abs=CLOSE)
        assert (found.interval.high - found.interval.low) / 2 == pytest.approx(1.959963984540054 * variance**0.5, abs=CLOSE)


@pytest.mark.parametrize("values", [(0.0, 1.0), (-1.0, 0.0, 1.0)])
def test_raking_agrees_with_every_answer_scaled_until_both_margins_fit(values: tuple[float, ...]) -> None:
    asked = ({"a": 500.0, "b": 300.0, "c": 200.0}, {"x": 350.0, "y": 650.0})
    for seed in range(10):
        answers, first, second, each = _drawn(seed, values)
        found = raked(answers, list(zip(first, second, strict=True)), asked, least=values[0])
        weights = answers.weights[each].copy()
        for _ in range(200):
            for names, margin in zip((first, second), asked, strict=True):
                one_by_one = np.array(names)[each]
                for group, size in margin.items():
                    weights[one_by_one == group] *= size / weights[one_by_one == group].sum()
        mean, error = _regressed(answers.values[each], weights, "HC0")

        assert found.value == pytest.approx(mean, abs=CLOSE)
        assert (found.interval.high - found.interval.low) / 2 == pytest.approx(1.959963984540054 * error, abs=CLOSE)
        assert found.n_effective == pytest.approx(weights.sum() ** 2 / np.square(weights).sum(), rel=CLOSE)


def test_without_design_weights_groups_are_the_published_post_stratification() -> None:
    answers = Answers(np.array([1.0, 0.0, 1.0, 0.0]), np.array([40.0, 10.0, 90.0, 60.0]), np.ones(4))
    found = by_groups(answers, ["gold", "gold", "silver", "silver"], {"gold": 7000, "silver": 3000}, least=0.0)
    known = post_stratified([Stratum(7000, 50, 40), Stratum(3000, 150, 90)])

    assert (round(found.value, 2), round(found.interval.low, 4), round(found.interval.high, 4)) == (0.74, 0.6581, 0.8219)
    assert (found.value, found.interval.low, found.interval.high) == pytest.approx((known.value, known.interval.low, known.interval.high))
    assert found.n_effective == pytest.approx(96.1538, abs=1e-4)


def test_of_a_group_that_is_silent_nothing_is_said() -> None:
    answers = Answers(np.array([1.0, 0.0]), np.array([5.0, 5.0]), np.ones(2))
    with pytest.raises(SilentGroup):
        by_groups(answers, ["a", "a"], {"a": 10, "b": 10}, least=0.0)
    with pytest.raises(SilentGroup):
        raked(answers, [("a", "x"), ("a", "x")], ({"a": 10, "b": 10}, {"x": 20}), least=0.0)
