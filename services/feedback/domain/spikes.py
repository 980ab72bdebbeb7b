"""Days on which something was said more often than its own past explains, with a stated rate of false alarms.

A code's share of all voices, and how unevenly it usually falls, give what to expect on a day; more voices of every kind are so no spike. The tail
of the negative binomial distribution gives the chance of so many by accident; Benjamini and Hochberg 1995 bound the share of false alarms.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FALSE_ALARMS = 0.05
"""The share of alarms that may be false (false discovery rate)."""
FEWEST_DAYS = 14
DAYS_FOR_WEEKDAYS = 28
LEAST_EXPECTED, LEAST_COUNT = 1.0, 5
WEEK = 7
LIKELY = 0.99
AT_ONCE = 1024
NOTHING_MORE = 1e-17
CAUTION = 1.6
"""Eight weeks say little about how uneven a code is: taken so many times, simulated boards keep the promised rate of false alarms."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One code on one day. `p` is the chance of so many or more by accident, `q` the same after allowing for all codes that were looked at."""

    code: str
    observed: int
    expected: float
    p: float
    q: float

    @property
    def alarm(self) -> bool:
        """Whether somebody is told."""
        return self.q <= FALSE_ALARMS and self.observed >= LEAST_COUNT


def judge(counts: Mapping[str, Sequence[int]], totals: Sequence[int]) -> list[Judged]:
    """Judge the last day of each series against the days before; likeliest spike first.

    `counts` are voices a day by code, `totals` all voices of the same days; nothing is judged with less than 14 days of history with voices.
    """
    past = np.asarray(totals[:-1], dtype=np.float64)
    if int((past > 0).sum()) < FEWEST_DAYS:
        return []
    looked = [(code, int(series[-1]), _History.of(np.asarray(series[:-1], dtype=np.float64), past)) for code, series in sorted(counts.items())]
    usual = _alpha([one for _, _, one in looked])
    found = []
    for code, seen, history in looked:
        expected = history.share * float(totals[-1]) * history.factor
        spread = CAUTION * max(usual, _alpha([history])) + 1.0 / max(1.0, history.known)
        found.append((code, seen, expected, tail(seen, max(expected, LEAST_EXPECTED), spread)))
    adjusted = benjamini_hochberg([p for *_, p in found])
    judged = [Judged(code, seen, round(mean, 3), p, q) for (code, seen, mean, p), q in zip(found, adjusted, strict=True)]
    return sorted(judged, key=lambda one: (one.p, one.code))


@dataclass(frozen=True, slots=True)
class _History:
    """What the past of one code says: its share of all voices, on the weekday in question, and how unevenly."""

    share: float
    factor: float
    known: float
    excess: float
    """Sum of (count - mean)² - mean over the days."""
    squares: float
    """Sum of mean² over the days."""

    @classmethod
    def of(cls, series: np.ndarray, past: np.ndarray) -> "_History":
        known = float(series.sum())
        share = (known + 0.5) / (float(past.sum()) + 1.0)
        means, factor = share * past, 1.0
        if len(series) >= DAYS_FOR_WEEKDAYS:
            factors = _weekday_factors(series, means)
            means = means * factors[np.arange(len(series)) % WEEK]
            factor = float(factors[len(series) % WEEK])
        excess = float((((series - means) ** 2) - means).sum())
        return cls(share, factor, known, excess, float((means**2).sum()))


def _alpha(histories: Sequence[_History]) -> float:
    """Return the overdispersion (variance = mean + alpha mean²) by moments, all codes together or one alone; never below nought.

    A code alone says little about its own unevenness, so nobody is taken for more even than all are together.
    """
    squares = sum(one.squares for one in histories)
    return max(0.0, sum(one.excess for one in histories) / squares) if squares > 0 else 0.0


def _weekday_factors(series: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return seven factors, drawn towards 1 by ten voices each, so that a rare code has none."""
    weekday = np.arange(len(series)) % WEEK
    return np.array([(series[weekday == day].sum() + 10.0) / (means[weekday == day].sum() + 10.0) for day in range(WEEK)])


def tail(observed: int, mean: float, alpha: float) -> float:
    """Return the chance of `observed` or more: negative binomial with variance mean + alpha · mean², Poisson where alpha is nought.

    What is likely is taken from 1; a small chance is the sum of those of observed, observed + 1 … until the next adds nothing, so that it stays
    exact. A library of special functions would do the same, for 27 MiB of every process.
    """
    if observed <= 0:
        return 1.0
    none = -math.log1p(alpha * mean) / alpha if alpha > 0 else -mean
    fewer = _log_chances(0, observed + 1, none, mean, alpha)
    below = float(np.exp(fewer[:-1]).sum())
    if below < LIKELY:
        return 1.0 - below
    total, here, log_chance = 0.0, observed, float(fewer[-1])
    while True:
        chances = np.exp(_log_chances(here, AT_ONCE, log_chance, mean, alpha))
        total += float(chances[:-1].sum())
        if chances[-1] <= total * NOTHING_MORE:
            return total
        here, log_chance = here + AT_ONCE - 1, float(np.log(chances[-1]))


def _log_chances(first: int, many: int, start: float, mean: float, alpha: float) -> NDArray[np.float64]:
    """Return ln P of `first` and of those after it: each is the one before times (mean + n · alpha · mean) / ((n + 1)(1 + alpha · mean))."""
    counts = np.arange(first, first + many - 1)
    steps = np.log((mean + counts * (alpha * mean)) / ((counts + 1) * (1 + alpha * mean)))
    return start + np.concatenate([[0.0], np.cumsum(steps)])


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Return the adjusted p values: the smallest false discovery rate at which each would be an alarm."""
    order = sorted(range(len(p)), key=lambda at: p[at], reverse=True)
    adjusted, lowest = [1.0] * len(p), 1.0
    for rank, at in zip(range(len(p), 0, -1), order, strict=True):
        lowest = min(lowest, p[at] * len(p) / rank)
        adjusted[at] = lowest
    return adjusted


def proportion_trend(now: int, now_total: int, before: int, before_total: int) -> tuple[float | None, float | None]:
    """Return (p of the two-sided two-proportion z test, Cohen's h); None without voices on a side."""
    if not now_total or not before_total:
        return None, None
    first, second = now / now_total, before / before_total
    pooled = (now + before) / (now_total + before_total)
    error = math.sqrt(pooled * (1 - pooled) * (1 / now_total + 1 / before_total))
    p = 1.0 if error == 0 else math.erfc(abs(first - second) / error / math.sqrt(2))
    effect = 2 * math.asin(math.sqrt(first)) - 2 * math.asin(math.sqrt(second))
    return round(p, 6), round(effect, 4)
