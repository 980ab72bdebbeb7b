"""Tails of the normal and the chi-squared distribution, and the logistic function, in closed form.

Whole degrees of freedom need no library of special functions, whose import alone takes 27 MiB of every process.
"""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]
_STANDARD = NormalDist()


def chi_squared_tail(degrees: int, chi: float) -> float:
    """Return P(χ² ≥ chi) for whole degrees of freedom ≥ 1: Abramowitz and Stegun (1964), 26.4.4 and 26.4.5.

    Each term of the sum is the one before times chi / k; both forms are exact but for rounding.
    """
    if chi <= 0:
        return 1.0
    odd = degrees % 2
    logarithm = -chi / 2 if not odd else -chi / 2 + 0.5 * math.log(2 * chi / math.pi)  # of the first term
    total = math.erfc(math.sqrt(chi / 2)) if odd else 0.0
    for k in range(2 + odd, degrees + 1, 2):
        total += math.exp(logarithm)
        logarithm += math.log(chi / k)
    return min(1.0, total)


def two_sided(z: ArrayLike) -> Vector:
    """Return P(|Z| ≥ |z|) of each score."""
    return np.array([math.erfc(abs(score) / math.sqrt(2)) for score in np.ravel(np.asarray(z, dtype=np.float64))])


def normal_quantile(p: float) -> float:
    """Return the z with P(Z ≤ z) = p, 0 < p < 1."""
    return _STANDARD.inv_cdf(p)


def logistic(x: ArrayLike) -> Vector:
    """Return 1 / (1 + exp(-x)) without overflow, exact in both tails; infinities give 0 and 1."""
    found: Vector = np.exp(-np.logaddexp(0.0, -np.asarray(x, dtype=np.float64)))
    return found
