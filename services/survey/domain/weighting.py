"""From who answered to what everybody would say: design weights, post-stratification, and an interval that keeps its promise.

W_h is the share of cell h among all eligible, whether asked or not; within a cell the lot is the same for all, so its mean stands for it.
Source: Cochran, Sampling Techniques (1977), 5A.9; Kish (1965) for the design effect; the interval is Wilson's with the effective number.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from services.survey.domain.cells import Z95

LEAST_IN_CELL = 5
"""Smaller cells are pooled, the smallest first: a mean of two answers has no variance worth the name."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """One cell: how many were eligible, how many answered, how many of these were satisfied."""

    name: str
    population: int
    answered: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its interval."""

    value: float
    low: float
    high: float
    standard_error: float
    answered: int
    effective: float
    """The size of a simple random sample that would be as precise."""


def wilson(rate: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a rate from (effectively) `n` answers."""
    if n <= 0:
        return 0.0, 1.0
    z2 = Z95 * Z95
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def raw(strata: Sequence[Stratum]) -> Estimate | None:
    """Return the plain share among those who answered; None without answers."""
    answered, satisfied = sum(each.answered for each in strata), sum(each.satisfied for each in strata)
    if not answered:
        return None
    rate = satisfied / answered
    low, high = wilson(rate, answered)
    return Estimate(rate, low, high, math.sqrt(rate * (1 - rate) / answered), answered, float(answered))


def pooled(strata: Sequence[Stratum], least: int = LEAST_IN_CELL) -> list[Stratum]:
    """Return the strata with every small one joined to the next smallest, until all have `least` answers or one is left."""
    left = sorted((each for each in strata if each.population > 0), key=lambda each: (each.answered, each.name))
    while len(left) > 1 and left[0].answered < least:
        first, second, *rest = left
        joined = Stratum(
            f"{first.name}+{second.name}", first.population + second.population, first.answered + second.answered, first.satisfied + second.satisfied
        )
        left = sorted([joined, *rest], key=lambda each: (each.answered, each.name))
    return left


def weighted(strata: Sequence[Stratum], least: int = LEAST_IN_CELL) -> Estimate | None:
    """Return the post-stratified share; None without answers.

    Var = Σ W_h²·p_h(1-p_h)/(n_h-1). For the interval the rates in the variance are drawn towards one half ((s+1)/(n+2)), since a cell in
    which all are satisfied is not without doubt.
    """
    cells = [each for each in pooled(strata, least) if each.answered > 0]
    everybody = sum(each.population for each in cells)
    if not everybody:
        return None
    value = variance = careful = 0.0
    for each in cells:
        share, rate = each.population / everybody, each.satisfied / each.answered
        drawn = (each.satisfied + 1) / (each.answered + 2)
        value += share * rate
        variance += share**2 * rate * (1 - rate) / max(1, each.answered - 1)
        careful += share**2 * drawn * (1 - drawn) / max(1, each.answered - 1)
    answered = sum(each.answered for each in cells)
    middle = (value * answered + 1) / (answered + 2)
    effective = middle * (1 - middle) / careful if careful > 0 else float(answered)
    low, high = wilson(value, effective)
    return Estimate(value, low, high, math.sqrt(variance), answered, effective)


def kish_effective(weights: Sequence[float]) -> float:
    """Return (Σw)²/Σw²: how many equally weighted answers are worth as much."""
    squares = sum(weight * weight for weight in weights)
    return sum(weights) ** 2 / squares if squares else 0.0
