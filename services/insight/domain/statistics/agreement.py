"""Do two reviewers see the same? Cohen's κ (1960): agreement beyond chance, with Fleiss, Cohen and Everitt's (1969) standard error."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.insight.domain.intervals import LEVEL, Interval, quantile


@dataclass(frozen=True, slots=True)
class Agreement:
    """κ, the plain share of agreement, how many units both judged; κ is 1 when both always say one and the same thing."""

    kappa: float
    observed: float
    n: int
    interval: Interval


def cohens_kappa(first: Sequence[str], second: Sequence[str], *, level: float = LEVEL) -> Agreement:
    """Compare two reviewers over the same units; raises ValueError when there are none or the lists differ in length."""
    if not first or len(first) != len(second):
        raise ValueError("two reviewers are compared over the same units, at least one")
    kinds = {kind: place for place, kind in enumerate(sorted({*first, *second}))}
    table = np.zeros((len(kinds), len(kinds)))
    for one, other in zip(first, second, strict=True):
        table[kinds[one], kinds[other]] += 1
    n = len(first)
    share = table / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float(np.trace(share)), float(rows @ columns)
    if chance >= 1:
        return Agreement(1.0, observed, n, Interval(1.0, 1.0, "kappa", level))
    kappa = (observed - chance) / (1 - chance)
    half = quantile(level) * math.sqrt(_variance(share, kappa, chance) / n)
    return Agreement(kappa, observed, n, Interval(max(-1.0, kappa - half), min(1.0, kappa + half), "kappa", level))


def _variance(share: np.typing.NDArray[np.float64], kappa: float, chance: float) -> float:
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    both = columns[:, None] + rows[None, :]
    diagonal = np.diag(share)
    agree = float((diagonal * np.square(1 - (rows + columns) * (1 - kappa))).sum())
    apart = np.square(both) * share
    other = (1 - kappa) ** 2 * float(apart.sum() - np.trace(apart))
    rest = (kappa - chance * (1 - kappa)) ** 2
    return max(0.0, (agree + other - rest) / (1 - chance) ** 2)
