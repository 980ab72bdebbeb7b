"""Weights that undo who was asked and who answered: post-stratification, raking, response classes, and what they cost in certainty.

Sources: Horvitz and Thompson (1952), Hájek (1971), Kish (1965) for the effective number, Deming and Stephan (1940) for raking,
Särndal, Swensson and Wretman (1992, ch. 5.7) for the linearised variance, Schouten, Cobben and Bethlehem (2009) for the R-indicator.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.insight.domain.intervals import LEVEL, Interval, quantile

Vector = npt.NDArray[np.float64]
ROUNDS = 1000
CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class Stratum:
    """`good` of `n` answers stand for `population` cases."""

    population: float
    n: int
    good: float


@dataclass(frozen=True, slots=True)
class Weighted:
    """A weighted share with its standard error and normal interval."""

    value: float
    error: float
    interval: Interval


def kish(weights: Sequence[float]) -> float:
    """Return the effective number of answers (Σw)²/Σw²; 0 when there are none."""
    values = np.asarray(weights, dtype=np.float64)
    squares = float(np.square(values).sum())
    return float(values.sum()) ** 2 / squares if squares else 0.0


def design_effect(weights: Sequence[float]) -> float:
    """Return n / effective n: how many answers the weights make one answer's worth."""
    worth = kish(weights)
    return len(weights) / worth if worth else math.nan


def post_stratified(strata: Sequence[Stratum], *, level: float = LEVEL) -> Weighted:
    """Return Σ W_h p_h with variance Σ W_h² p_h (1 - p_h) / (n_h - 1); a stratum with one answer counts as if it had two.

    Raises ValueError when a stratum with cases has no answer: nothing is known of it, so nothing may be said of the whole.
    """
    if any(one.n == 0 and one.population > 0 for one in strata):
        raise ValueError("a stratum without answers cannot be weighted up: join it with another")
    heard = [one for one in strata if one.n > 0]
    size = np.array([one.population for one in heard], dtype=np.float64)
    n = np.array([one.n for one in heard], dtype=np.float64)
    share = np.array([one.good for one in heard], dtype=np.float64) / n
    part = size / size.sum()
    value = float(part @ share)
    error = math.sqrt(float(np.square(part) @ (share * (1 - share) / np.maximum(n - 1, 1))))
    half = quantile(level) * error
    return Weighted(value, error, Interval(max(0.0, value - half), min(1.0, value + half), "post_stratified", level))


def rake(seed: Sequence[Sequence[float]], rows: Sequence[float], columns: Sequence[float]) -> Vector:
    """Scale a table until its rows and columns add up to the given totals (iterative proportional fitting).

    Raises ValueError when the totals differ, or when a wanted row or column has nothing to scale.
    """
    table: Vector = np.array(seed, dtype=np.float64)
    wanted_rows, wanted_columns = np.asarray(rows, dtype=np.float64), np.asarray(columns, dtype=np.float64)
    if not math.isclose(float(wanted_rows.sum()), float(wanted_columns.sum()), rel_tol=1e-9):
        raise ValueError("rows and columns must add up to the same total")
    if ((table.sum(axis=1) == 0) & (wanted_rows > 0)).any() or ((table.sum(axis=0) == 0) & (wanted_columns > 0)).any():
        raise ValueError("a row or column that is wanted is empty: join it with another")
    for _ in range(ROUNDS):
        table *= _factors(wanted_rows, table.sum(axis=1))[:, None]
        table *= _factors(wanted_columns, table.sum(axis=0))[None, :]
        if float(np.abs(table.sum(axis=1) - wanted_rows).max()) <= CLOSE * float(wanted_rows.sum()):
            return table
    raise ValueError("the totals cannot be reached from this table")


def _factors(wanted: Vector, found: Vector) -> Vector:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def linearised_error(good: Sequence[float], weights: Sequence[float]) -> float:
    """Return the standard error of a Hájek mean under independent sampling: √Σ w²(y - ȳ)² / Σw."""
    y, w = np.asarray(good, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    mean = float(w @ y / w.sum())
    return math.sqrt(float(np.square(w * (y - mean)).sum())) / float(w.sum())


def response_classes(eligible: Sequence[float], answered: Sequence[float]) -> Vector:
    """Return the factor of each class by which its answers stand for those who were asked and kept silent; 0 for a silent class."""
    asked, heard = np.asarray(eligible, dtype=np.float64), np.asarray(answered, dtype=np.float64)
    return _factors(asked, heard)


def r_indicator(eligible: Sequence[float], answered: Sequence[float]) -> float:
    """Return 1 - 2 SD of the classes' response rates: 1 when all classes answer alike, lower the more they differ."""
    asked, heard = np.asarray(eligible, dtype=np.float64), np.asarray(answered, dtype=np.float64)
    total = asked.sum()
    rate = heard / asked
    mean = float(heard.sum() / total)
    spread = float((asked * np.square(rate - mean)).sum() / max(total - 1, 1))
    return 1 - 2 * math.sqrt(spread)


def standardised_difference(eligible: float, of_eligible: float, answered: float, of_answered: float) -> float:
    """Return how far the share of a group among respondents is from its share among the eligible, in standard deviations (Austin 2009)."""
    first, second = eligible / of_eligible, answered / of_answered
    spread = math.sqrt((first * (1 - first) + second * (1 - second)) / 2)
    return (second - first) / spread if spread else 0.0
