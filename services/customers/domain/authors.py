"""Who may have written a review that is signed with a name alone: a suggestion with its evidence, never a link.

Fellegi and Sunter's weights (JASA 64, 1969), as in `likeness`: what holds of a customer and would hold of the author with probability m, of any
customer with probability u, weighs log2(m / u) bits; what does not hold weighs log2((1 - m) / (1 - u)), which is below nought. One author is
among `records` customers, of whom each is as likely before anything is known.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MET, THERE, SIGNED = 0.9, 0.8, 0.9
"""m: how many authors had to do with us shortly before; how many of them at the place that they write about; how many sign with a name of theirs."""


class Sign(StrEnum):
    """What speaks for or against a customer as the author."""

    NAME = "name"
    SHORT_NAME = "short_name"
    MET = "met"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Weight:
    """One sign; `share` is how many of all customers it holds of (0 to 1)."""

    sign: Sign
    bits: float
    share: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Among:
    """How often something holds of customers drawn by lot."""

    holding: int
    seen: int

    @property
    def share(self) -> float:
        """The share, never 0 or 1 (Laplace's rule of succession)."""
        return (self.holding + 1) / (self.seen + 2)


def by_name(sign: Sign, holders: int, records: int) -> Weight:
    """Weigh that a customer has the name, as `holders` of `records` have."""
    share = max(holders, 1) / max(records, 1)
    return Weight(sign, math.log2(SIGNED / share), share, holds=True)


def by_fact(sign: Sign, among: Among, *, holds: bool) -> Weight:
    """Weigh that a customer had, or had not, to do with us shortly before, or at the place."""
    often = MET if sign is Sign.MET else THERE
    bits = math.log2(often / among.share) if holds else math.log2((1 - often) / (1 - among.share))
    return Weight(sign, bits, among.share, holds=holds)


def probability(weights: Iterable[Weight], records: int) -> float:
    """Return how likely the customer with these weights is the author."""
    bits = sum(one.bits for one in weights) - math.log2(max(records - 1, 1))
    return 1 / (1 + 2**-bits)
