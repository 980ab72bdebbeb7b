"""How sure we are of a share: Wilson for one, Newcombe for the difference of two, a normal interval for a net score.

Formulas: Wilson (1927), Newcombe (1998) method 10 (hybrid score). All shares are fractions between 0 and 1.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value lies, at `level` confidence, in the unit of the value; `method` names the formula."""

    low: float
    high: float
    method: str
    level: float


def quantile(level: float) -> float:
    """Return z so that a standard normal value lies within ±z with probability `level`."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(share: float, n: float, *, level: float = LEVEL) -> Interval:
    """Return the Wilson score interval of a share seen in `n` draws; `n` may be an effective, fractional number.

    Raises ValueError when `n` is not positive or the share is not between 0 and 1.
    """
    if n <= 0 or not 0 <= share <= 1:
        message = f"no interval for a share of {share} in {n} draws"
        raise ValueError(message)
    z = quantile(level)
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    low = 0.0 if share == 0 else max(0.0, centre - half)
    high = 1.0 if share == 1 else min(1.0, centre + half)
    return Interval(low=low, high=high, method="wilson", level=level)


def newcombe(before: tuple[float, float], after: tuple[float, float], *, level: float = LEVEL) -> Interval:
    """Return the interval of `after` minus `before`, each a (share, n); hybrid of the two Wilson intervals."""
    share_before, share_after = before[0], after[0]
    first, second = wilson(*before, level=level), wilson(*after, level=level)
    difference = share_after - share_before
    down = math.hypot(share_after - second.low, first.high - share_before)
    up = math.hypot(second.high - share_after, share_before - first.low)
    return Interval(low=difference - down, high=difference + up, method="newcombe", level=level)


def moved_by(before: tuple[float, Interval], after: tuple[float, Interval]) -> Interval:
    """Return the interval of `after` minus `before` from the interval of each (Newcombe's way for any two independent estimates: MOVER).

    Source: Zou and Donner (2008). For two Wilson intervals it is Newcombe's.
    """
    (was, first), (now, second) = before, after
    down = math.hypot(now - second.low, first.high - was)
    up = math.hypot(second.high - now, was - first.low)
    method = "newcombe" if first.method == second.method == "wilson" else "mover"
    return Interval(low=now - was - down, high=now - was + up, method=method, level=second.level)


def net_score_error(promoters: float, detractors: float, n: float) -> float:
    """Return the standard error of 100(P - D), in points, from the shares of promoters and detractors in `n` answers."""
    spread = promoters + detractors - (promoters - detractors) ** 2
    return 100 * math.sqrt(max(0.0, spread) / n)


def net_score(promoters: float, detractors: float, n: float, *, level: float = LEVEL) -> Interval:
    """Return the normal interval of a net promoter score in points, kept within -100 and 100."""
    value = 100 * (promoters - detractors)
    half = quantile(level) * net_score_error(promoters, detractors, n)
    return Interval(low=max(-100.0, value - half), high=min(100.0, value + half), method="normal", level=level)


def net_score_difference(
    before: tuple[float, float, float],
    after: tuple[float, float, float],
    *,
    level: float = LEVEL,
) -> Interval:
    """Return the interval of a change in net score, in points; each side is (promoters, detractors, n)."""
    value = 100 * ((after[0] - after[1]) - (before[0] - before[1]))
    half = quantile(level) * math.hypot(net_score_error(*before), net_score_error(*after))
    return Interval(low=value - half, high=value + half, method="normal", level=level)
