"""Shares with their intervals."""

import math
from dataclasses import dataclass

Z = 1.959963984540054
"""Of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its 95 % Wilson interval (Wilson 1927); None where the whole is empty."""

    part: int
    whole: int
    share: float | None
    low: float | None
    high: float | None


def share(part: int, whole: int) -> Share:
    """Return part of whole with its interval."""
    if not whole:
        return Share(part, whole, None, None, None)
    p, z2 = part / whole, Z * Z
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = Z * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return Share(part, whole, round(p, 6), round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6))


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one share stands above another, with its 95 % interval; `shown` says whether it is told from nothing."""

    value: float
    low: float
    high: float
    shown: bool


def difference(one: Share, other: Share) -> Difference | None:
    """Return one minus other with Newcombe's hybrid score interval (Newcombe 1998, method 10); None where a whole is empty."""
    if one.share is None or other.share is None or one.low is None or one.high is None or other.low is None or other.high is None:
        return None
    value = one.share - other.share
    low = value - math.hypot(one.share - one.low, other.high - other.share)
    high = value + math.hypot(one.high - one.share, other.share - other.low)
    return Difference(round(value, 6), round(low, 6), round(high, 6), low > 0 or high < 0)
