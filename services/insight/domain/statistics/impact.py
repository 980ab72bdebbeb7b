"""Did the change do it? Difference in differences and interrupted series, with errors that allow for good and bad weeks (HAC).

Sources: Newey and West (1987) with Bartlett weights and the rule 4(T/100)^(2/9); Kiefer and Vogelsang (2005) for critical values that
know the bandwidth: at ordinary lengths the normal 1.96 covers too little.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.insight.domain.intervals import LEVEL, Interval

Vector = npt.NDArray[np.float64]
LEAST_POINTS = 4
KIEFER_VOGELSANG = (1.9600, 2.9694, 0.4160, -0.5324)
"""Two-sided 95 % critical value as a polynomial of bandwidth / length, Bartlett kernel."""


@dataclass(frozen=True, slots=True)
class Slope:
    """One coefficient with its HAC standard error, and the 95 % interval from the bandwidth-aware critical value."""

    value: float
    error: float
    interval: Interval


def lags(points: int) -> int:
    """Return Newey and West's bandwidth for a series of this length."""
    return int(4 * (points / 100) ** (2 / 9))


def hac(x: Vector, y: Vector, bandwidth: int) -> tuple[Vector, Vector]:
    """Return least-squares coefficients and their Newey-West covariance, scaled by T/(T - k) for short series."""
    points, columns = x.shape
    bread = np.linalg.inv(x.T @ x)
    beta: Vector = bread @ x.T @ y
    moments = x * (y - x @ beta)[:, None]
    meat = moments.T @ moments
    for lag in range(1, bandwidth + 1):
        crossed = moments[lag:].T @ moments[:-lag]
        meat += (1 - lag / (bandwidth + 1)) * (crossed + crossed.T)
    return beta, bread @ meat @ bread * (points / (points - columns))


def critical(bandwidth: int, points: int) -> float:
    """Return the 95 % critical value for a Bartlett kernel that is (bandwidth + 1) / points of the series wide."""
    width = (bandwidth + 1) / points
    return sum(factor * width**power for power, factor in enumerate(KIEFER_VOGELSANG))


def _slope(beta: Vector, covariance: Vector, which: int, bandwidth: int, points: int, method: str) -> Slope:
    value, error = float(beta[which]), math.sqrt(max(0.0, float(covariance[which, which])))
    half = critical(bandwidth, points) * error
    return Slope(value, error, Interval(value - half, value + half, method, LEVEL))


def difference_in_differences(treated: Vector, control: Vector, change: int) -> Slope:
    """Return how much more the treated series moved than the control at point `change`: what both have in common falls out.

    Raises ValueError when the series differ in length or a side of the change has fewer than four points.
    """
    _check(len(treated), change)
    if len(treated) != len(control):
        raise ValueError("both series must have the same points in time")
    gap = treated - control
    points = len(gap)
    after = (np.arange(points) >= change).astype(np.float64)
    bandwidth = lags(points)
    beta, covariance = hac(np.column_stack([np.ones(points), after]), gap, bandwidth)
    return _slope(beta, covariance, 1, bandwidth, points, "difference_in_differences")


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A segmented regression: the jump at the change, and how the slope per point differs after it."""

    level: Slope
    trend: Slope


def interrupted_series(values: Vector, change: int) -> Interrupted:
    """Fit value = a + b·t + c·after + d·after·(t - change); raises ValueError when a side has fewer than four points."""
    points = len(values)
    _check(points, change)
    time = np.arange(points, dtype=np.float64)
    after = (time >= change).astype(np.float64)
    bandwidth = lags(points)
    x = np.column_stack([np.ones(points), time, after, after * (time - change)])
    beta, covariance = hac(x, values, bandwidth)
    level = _slope(beta, covariance, 2, bandwidth, points, "interrupted_series")
    return Interrupted(level, _slope(beta, covariance, 3, bandwidth, points, "interrupted_series"))


def _check(points: int, change: int) -> None:
    if change < LEAST_POINTS or points - change < LEAST_POINTS:
        raise ValueError(f"at least {LEAST_POINTS} points on each side of the change are needed")
