"""What a figure would be if everybody who was asked had answered as their group did: weights 1/probability of being asked, times asked / answered.

Sources: Särndal, Swensson and Wretman (1992, ch. 15) for response groups, Holt and Smith (1979) for the variance within groups,
Deming and Stephan (1940) for raking. With the same probability for everybody and values 0 and 1 this is `weighting.post_stratified`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.insight.domain.intervals import LEVEL, Interval, quantile
from services.insight.domain.statistics.weighting import rake

Vector = npt.NDArray[np.float64]


class SilentGroup(ValueError):
    """A group that was asked has no answer: nothing is known of it, so nothing may be said of the whole."""


@dataclass(frozen=True, slots=True)
class Answers:
    """`counts` answers of one value each: -1 (bad), 0 or 1 (good), or 0 and 1 for a share; `weights` are 1/probability, or 1."""

    values: Vector
    counts: Vector
    weights: Vector

    @property
    def n(self) -> int:
        """Return the number of answers."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A weighted mean with its normal interval, and what the answers are worth of an even sample (Kish)."""

    value: float
    interval: Interval
    n_effective: float


def _mean(answers: Answers, weights: Vector) -> float:
    return float((answers.counts * weights) @ answers.values / (answers.counts @ weights))


def _kish(answers: Answers, weights: Vector) -> float:
    return float((answers.counts @ weights) ** 2 / (answers.counts @ np.square(weights)))


def _squares(answers: Answers, weights: Vector, centre: float) -> float:
    """Return Σ w²(y - centre)²."""
    return float(answers.counts @ np.square(weights * (answers.values - centre)))


def _interval(value: float, error: float, method: str, least: float) -> Interval:
    half = quantile(LEVEL) * error
    return Interval(max(least, value - half), min(1.0, value + half), method, LEVEL)


def by_design(answers: Answers, *, least: float) -> Adjusted:
    """Return the Hájek mean with its linearised error; values lie between `least` and 1."""
    value = _mean(answers, answers.weights)
    error = _squares(answers, answers.weights, value) ** 0.5 / float(answers.counts @ answers.weights)
    return Adjusted(value, _interval(value, error, "hajek", least), _kish(answers, answers.weights))


def by_groups(answers: Answers, groups: Sequence[str], asked: Mapping[str, float], *, least: float) -> Adjusted:
    """Return the mean with each group counted as often as it was asked; `groups` names that of each value. Raises SilentGroup.

    The variance is Σ W_h² n_h/(n_h - 1) Σ w²(y - ȳ_h)² / (Σ w)²; a group with one answer counts as if it had two.
    """
    which = np.array(groups)
    wanted = {group: size for group, size in asked.items() if size > 0}
    if set(wanted) - set(groups):
        raise SilentGroup
    whole = sum(wanted.values())
    value, variance, weights = 0.0, 0.0, np.zeros_like(answers.weights)
    for group, size in wanted.items():
        mine = Answers(*(one[which == group] for one in (answers.values, answers.counts, answers.weights)))
        heard = float(mine.counts @ mine.weights)
        mean, part = _mean(mine, mine.weights), size / whole
        value += part * mean
        spread = _squares(mine, mine.weights, mean) / heard**2
        variance += part**2 * spread * mine.n / max(mine.n - 1, 1)
        weights[which == group] = mine.weights * size / heard
    return Adjusted(value, _interval(value, variance**0.5, "post_stratified", least), _kish(answers, weights))


def raked(answers: Answers, groups: Sequence[tuple[str, str]], asked: tuple[Mapping[str, float], Mapping[str, float]], *, least: float) -> Adjusted:
    """Return the mean with the groups of two attributes counted as often as they were asked, with a linearised error. Raises SilentGroup."""
    rows, columns = ([group for group, size in one.items() if size > 0] for one in asked)
    seed = np.zeros((len(rows), len(columns)))
    places = [(rows.index(row), columns.index(column)) for row, column in groups]
    for place, count, weight in zip(places, answers.counts, answers.weights, strict=True):
        seed[place] += count * weight
    try:
        table = rake(seed.tolist(), [asked[0][row] for row in rows], [asked[1][column] for column in columns])
    except ValueError as wrong:
        raise SilentGroup from wrong
    weights = answers.weights * np.array([table[place] / seed[place] for place in places])
    value = _mean(answers, weights)
    error = _squares(answers, weights, value) ** 0.5 / float(answers.counts @ weights)
    return Adjusted(value, _interval(value, error, "raked", least), _kish(answers, weights))
