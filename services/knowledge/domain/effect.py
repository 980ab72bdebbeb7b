"""Whether training changed outcomes: the learners' change beside the change of everybody else over the same days (difference in differences)."""

import math
from dataclasses import dataclass

from services.knowledge.domain.shares import Z

ENOUGH = 30
"""Contacts in each of the four groups below which nothing is said."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Change of the learners minus change of the others, in shares of resolved contacts, with its 95 % interval."""

    value: float
    low: float
    high: float


def effect(before: tuple[int, int], after: tuple[int, int], others_before: tuple[int, int], others_after: tuple[int, int]) -> Effect | None:
    """Return the effect; groups are (resolved, judged). None while a group is too small to say anything.

    The variance is the sum of the four binomial ones, each with one success and one failure added (Agresti and Caffo 2000), so that a group of only
    successes does not look certain.
    """
    groups = (after, before, others_after, others_before)
    if any(judged < ENOUGH for _, judged in groups):
        return None
    shares = [(yes + 1) / (judged + 2) for yes, judged in groups]
    value = (shares[0] - shares[1]) - (shares[2] - shares[3])
    half = Z * math.sqrt(sum(share * (1 - share) / (judged + 2) for share, (_, judged) in zip(shares, groups, strict=True)))
    return Effect(round(value, 6), round(value - half, 6), round(value + half, 6))
