"""Has a share moved? The best split of a series into before and after, judged so that the false-alarm rate is what it says.

Given how many good answers there were in all, a series without a change is a draw without replacement; the alarm compares the best split with
the best splits of such draws, so nothing need be assumed about the baseline (a permutation test: exact up to the number of draws).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
LEAST_SIDE = 3
"""Points on each side of a change."""


@dataclass(frozen=True, slots=True)
class Change:
    """The likeliest moment of a change: `at` is the first point of the new level. It `alarms` when p is at or below the stated rate."""

    at: int
    before: float
    after: float
    statistic: float
    p: float
    false_alarm_rate: float
    alarms: bool


def _splits(good: Vector, n: Vector) -> Vector:
    """Return the squared score statistic of every allowed split, one row per series."""
    k, size = np.cumsum(good, axis=-1)[..., :-1], np.cumsum(n)[:-1]
    total_k, total_n = good.sum(axis=-1, keepdims=True), float(n.sum())
    centre = total_k / total_n
    expected = centre * size
    variance = centre * (1 - centre) * size * (total_n - size) / total_n
    squares: Vector = np.divide(np.square(k - expected), variance, out=np.zeros_like(k), where=variance > 0)
    return squares[..., LEAST_SIDE - 1 : len(n) - LEAST_SIDE]


def detect(good: Sequence[int], n: Sequence[int], *, rate: float = 0.05, seed: int = 0, draws: int = 999) -> Change | None:
    """Return the likeliest change of a series of shares; None when the series is shorter than six points or has no answers."""
    k, size = np.asarray(good, dtype=np.float64), np.asarray(n, dtype=np.float64)
    if len(size) < 2 * LEAST_SIDE or not size.sum():
        return None
    found = _splits(k, size)
    at = int(found.argmax())
    rng = np.random.default_rng(seed)
    drawn = rng.multivariate_hypergeometric(size.astype(np.int64), int(k.sum()), size=draws, method="marginals")
    nulls = _splits(drawn.astype(np.float64), size).max(axis=1)
    statistic = float(found[at])
    p = (1 + int((nulls >= statistic - 1e-9).sum())) / (draws + 1)
    first = at + LEAST_SIDE
    before = float(k[:first].sum() / max(size[:first].sum(), 1))
    after = float(k[first:].sum() / max(size[first:].sum(), 1))
    return Change(first, before, after, statistic, p, rate, p <= rate)
