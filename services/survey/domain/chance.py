"""Could it be chance? Tail probabilities without a statistics package, so that the running service needs none."""

import math
from collections.abc import Sequence

_TERMS = 1000
_SMALL = 1e-15


def chi_square_tail(statistic: float, freedom: int) -> float:
    """Return P(X² ≥ statistic) with so many degrees of freedom: the regularised upper incomplete gamma Q(f/2, x/2).

    Series below the mean, Lentz's continued fraction above it (Press et al., Numerical Recipes, 6.2). Relative error under 1e-9.
    """
    if freedom < 1 or statistic <= 0:
        return 1.0
    a, x = freedom / 2, statistic / 2
    front = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for step in range(1, _TERMS):
            term *= x / (a + step)
            total += term
            if term < total * _SMALL:
                break
        return max(0.0, 1 - total * front)
    tiny = 1e-300
    b, c = x + 1 - a, 1 / tiny
    d = h = 1 / b
    for step in range(1, _TERMS):
        an = -step * (step - a)
        b += 2
        d = 1 / (an * d + b or tiny)
        c = b + an / c or tiny
        h *= d * c
        if abs(d * c - 1) < _SMALL:
            break
    return front * h


def normal_tails(z: float) -> float:
    """Return P(|Z| ≥ |z|) of a standard normal value."""
    return math.erfc(abs(z) / math.sqrt(2))


def rate_z(hits: int, probabilities_sum: float, variance_sum: float) -> float:
    """Return how many standard deviations the number of hits lies from what the recorded probabilities promise."""
    return 0.0 if variance_sum <= 0 else (hits - probabilities_sum) / math.sqrt(variance_sum)


def independence_p(groups: Sequence[tuple[int, float, float]]) -> tuple[float, int, float]:
    """Return (χ², degrees of freedom, p): whether groups differ more than by chance from the probabilities recorded for them.

    Each group is (hits, sum of probabilities, sum of variances); the expectation comes from the design, so no degree of freedom is lost.
    """
    used = [(hits, expected, variance) for hits, expected, variance in groups if variance > 0]
    statistic = sum((hits - expected) ** 2 / variance for hits, expected, variance in used)
    return statistic, len(used), chi_square_tail(statistic, len(used))


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Return the p-values after Benjamini and Hochberg (1995), in the order given: of what is called striking, at most that share is by chance."""
    count, least = len(p_values), 1.0
    found = [0.0] * count
    for rank, place in sorted(enumerate(sorted(range(count), key=lambda each: p_values[each])), reverse=True):
        least = min(least, p_values[place] * count / (rank + 1))
        found[place] = least
    return found
