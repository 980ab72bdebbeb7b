"""Are places really different, or is it chance? p-chart with Laney's correction, funnel limits, homogeneity, false-discovery control.

Sources: Shewhart's p-chart; Laney (2002) p-prime; Spiegelhalter (2005) funnel plots; Benjamini and Hochberg (1995).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.insight.domain.statistics.distributions import chi_squared_tail, normal_quantile, two_sided

Vector = npt.NDArray[np.float64]
MOVING_RANGE = 1.128
"""d2 of two neighbours: the mean moving range of standard normal values."""
WARN, ACT = 0.05, 0.002
"""Two-sided false-alarm rates of the 95 % and the 99.8 % funnel."""


@dataclass(frozen=True, slots=True)
class Place:
    """One site, vendor or team against the whole. `adjusted_p` controls the false-discovery rate over all places that were compared.

    `signal` is out (99.8 % limits, and the false-discovery rate agrees), look (95 % limits) or inside.
    """

    key: str
    good: int
    n: int
    share: float
    z: float
    p: float
    adjusted_p: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float
    signal: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """All places around the common share; `spread` is Laney's sigma, `inflation` what the limits were widened by (1: not at all)."""

    centre: float
    places: tuple[Place, ...]
    spread: float
    inflation: float
    homogeneity: float
    degrees: int
    p: float


def z_scores(good: Sequence[int], n: Sequence[int]) -> Vector:
    """Return (p_i - p̄) / √(p̄(1 - p̄)/n_i); all 0 when everybody or nobody is good."""
    k, size = np.asarray(good, dtype=np.float64), np.asarray(n, dtype=np.float64)
    centre = float(k.sum() / size.sum())
    sigma = np.sqrt(centre * (1 - centre) / size)
    if centre in {0.0, 1.0}:
        return np.zeros_like(size)
    scores: Vector = (k / size - centre) / sigma
    return scores


def p_limits(centre: float, n: float, sigmas: float = 3.0) -> tuple[float, float]:
    """Return p̄ ± sigmas·√(p̄(1 - p̄)/n), kept within 0 and 1."""
    half = sigmas * math.sqrt(centre * (1 - centre) / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def laney(scores: Sequence[float]) -> float:
    """Return Laney's sigma from the mean moving range of the z scores in their order; 1 when there are fewer than two."""
    found = np.asarray(scores, dtype=np.float64)
    return float(np.abs(np.diff(found)).mean() / MOVING_RANGE) if found.size > 1 else 1.0


def homogeneity(good: Sequence[int], n: Sequence[int]) -> tuple[float, int, float]:
    """Return χ², its degrees of freedom, and the probability of so much difference by chance alone."""
    scores = z_scores(good, n)
    chi, degrees = float(np.square(scores).sum()), len(scores) - 1
    return chi, degrees, chi_squared_tail(degrees, chi) if degrees > 0 else 1.0


def benjamini_hochberg(p: Sequence[float] | Vector) -> Vector:
    """Return adjusted probabilities: calling all below q wrong in at most a share q of the calls."""
    found = np.asarray(p, dtype=np.float64)
    if not found.size:
        return found
    order = np.argsort(found, kind="stable")
    ranked = found[order] * found.size / np.arange(1, found.size + 1)
    smallest = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    adjusted = np.empty_like(found)
    adjusted[order] = smallest
    return adjusted


def funnel(keys: Sequence[str], good: Sequence[int], n: Sequence[int], *, overdispersed: bool = True) -> Funnel:
    """Compare places with their common share. Places are taken in the order given, which Laney's spread depends on.

    With `overdispersed` the limits widen by Laney's sigma when it exceeds 1 and the places are not homogeneous: then real but
    ordinary differences between places do not all become alarms.
    """
    scores = z_scores(good, n)
    centre = sum(good) / sum(n)
    chi, degrees, p = homogeneity(good, n)
    found = verdicts([float(score) for score in scores], p, overdispersed=overdispersed)
    places = []
    for place, (key, k, size) in enumerate(zip(keys, good, n, strict=True)):
        z, adjusted = float(scores[place]), float(found.adjusted[place])
        inner, outer = p_limits(centre, size, found.warn), p_limits(centre, size, found.act)
        fact = (key, k, size, k / size, z, float(found.raw[place]), adjusted, *inner, *outer)
        places.append(Place(*fact, signal=signal_of(abs(z), found, adjusted)))
    return Funnel(centre, tuple(places), found.spread, found.inflation, chi, degrees, p)


LEAST_FOR_SPREAD = 8
"""Laney's spread of fewer places says more about one outlier than about ordinary differences, so it is shown and not used."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What z scores say together: `warn` and `act` are the sizes beyond which one is worth a look, or out."""

    spread: float
    inflation: float
    raw: Vector
    adjusted: Vector
    warn: float
    act: float


def verdicts(scores: Sequence[float], p: float, *, overdispersed: bool = True) -> Verdicts:
    """Judge z scores together, widening by Laney's sigma as `funnel` says; `p` is the probability that all places are alike."""
    spread = laney(scores)
    inflation = spread if overdispersed and spread > 1 and p < WARN and len(scores) >= LEAST_FOR_SPREAD else 1.0
    raw = two_sided(np.asarray(scores, dtype=np.float64) / inflation)
    warn, act = -normal_quantile(WARN / 2) * inflation, -normal_quantile(ACT / 2) * inflation
    return Verdicts(spread, inflation, raw, benjamini_hochberg(raw), warn, act)


def signal_of(size: float, found: Verdicts, adjusted: float) -> str:
    """Return out, look or inside for the size of a z score and its probability after false-discovery control."""
    if size > found.act and adjusted < WARN:
        return "out"
    return "look" if size > found.warn else "inside"
