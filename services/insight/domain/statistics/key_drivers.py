"""Which driver carries how much of the explained variance: Shapley (LMG), Johnson's relative weights, and how sure that is.

Sources: Lindeman, Merenda and Gold (1980); Grömping (2007); Johnson (2000). All from a correlation matrix, so rows are read once.
"""

from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
EXACT = 12
"""Up to here all subsets are taken; beyond, orders are drawn."""
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Importance:
    """One driver's share of R² by each method, with the bootstrap interval of the Shapley share, and its variance inflation."""

    key: str
    lmg: float
    low: float
    high: float
    johnson: float
    inflation: float


def r_squared(matrix: Vector, target: Vector, chosen: tuple[int, ...]) -> float:
    """Return the R² of a regression on the chosen predictors, from their correlations; a redundant predictor adds nothing."""
    if not chosen:
        return 0.0
    which = list(chosen)
    beta = np.linalg.lstsq(matrix[np.ix_(which, which)], target[which], rcond=None)[0]
    return float(beta @ target[which])


def lmg(matrix: Vector, target: Vector, *, seed: int = 0) -> Vector:
    """Return each predictor's mean gain in R² over all orders of entry; exact to 12 predictors, by seeded draws beyond."""
    p = len(target)
    if p > EXACT:
        return _drawn(matrix, target, seed)
    known = {chosen: r_squared(matrix, target, chosen) for size in range(p + 1) for chosen in combinations(range(p), size)}
    shares = np.zeros(p)
    for chosen, base in known.items():
        weight = factorial(len(chosen)) * factorial(p - len(chosen) - 1) / factorial(p) if len(chosen) < p else 0.0
        for one in set(range(p)) - set(chosen):
            shares[one] += weight * (known[tuple(sorted((*chosen, one)))] - base)
    return shares


def _drawn(matrix: Vector, target: Vector, seed: int) -> Vector:
    rng, p = np.random.default_rng(seed), len(target)
    shares = np.zeros(p)
    for _ in range(DRAWS):
        order, before = rng.permutation(p), 0.0
        for place, one in enumerate(order):
            after = r_squared(matrix, target, tuple(sorted(int(x) for x in order[: place + 1])))
            shares[one] += after - before
            before = after
    return shares / DRAWS


def johnson(matrix: Vector, target: Vector) -> Vector:
    """Return relative weights: predictors are made orthogonal (Λ = R^½), and each gets back its part ε = Λ²β²."""
    values, vectors = np.linalg.eigh(matrix)
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    beta = np.linalg.lstsq(root, target, rcond=None)[0]
    found: Vector = np.square(root) @ np.square(beta)
    return found


def correlations(predictors: Vector, outcome: Vector) -> tuple[Vector, Vector]:
    """Return the predictors' correlation matrix and their correlations with the outcome; a constant correlates with nothing."""
    data = np.column_stack([predictors, outcome])
    centred = data - data.mean(axis=0)
    spread = np.sqrt(np.square(centred).sum(axis=0))
    scaled = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    full = scaled.T @ scaled
    np.fill_diagonal(full, 1.0)
    return full[:-1, :-1], full[:-1, -1]


def importance(keys: list[str], predictors: Vector, outcome: Vector, *, draws: int = 200, seed: int = 0) -> list[Importance]:
    """Return every driver's importance, the strongest first, with a percentile bootstrap interval over the answers (seeded)."""
    matrix, target = correlations(predictors, outcome)
    shares, weights = lmg(matrix, target, seed=seed), johnson(matrix, target)
    inflation = np.diag(np.linalg.pinv(matrix))
    rng, n = np.random.default_rng(seed), len(outcome)
    again = np.empty((draws, len(keys)))
    for draw in range(draws):
        rows = rng.integers(0, n, n)
        again[draw] = lmg(*correlations(predictors[rows], outcome[rows]), seed=seed)
    low, high = np.quantile(again, [0.025, 0.975], axis=0) if draws else (shares, shares)
    found = [Importance(key, float(shares[i]), float(low[i]), float(high[i]), float(weights[i]), float(inflation[i])) for i, key in enumerate(keys)]
    return sorted(found, key=lambda one: (-one.lmg, one.key))
