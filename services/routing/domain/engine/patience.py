"""How soon customers hang up, by queue: what I weighs a queue by, besides its service level.

A moment's delay of a queue costs those whom it drives away: θ of them for each who waits, θ being the rate of leaving. The cμ rule then reads
c = value · θ, and serves first where most would be lost for each second of an agent's time.
"""

import math
from collections.abc import Iterable

PRIOR = 20.0
"""So many leavers of its own a queue needs for its patience to count for as much as that of the house: the same as for handle times."""

KEPT = 0.9999
"""What is left of the patience seen so far after one more contact: about the last ten thousand are remembered."""

LEAST, MOST = 0.5, 2.0
"""Whose customers hardly ever leave (e-mail) shall wait, but not be forgotten."""


def patience_after(left: float, waited_s: float, wait_s: float, limit_s: float, *, leaves: bool) -> tuple[float, float]:
    """Return how many left and how long all waited together, after one more wait that is over: the contact was answered, or the customer left.

    What happens beyond the limit, where age alone decides, says nothing of what a moment costs before it (a call-back waits for hours).
    """
    if wait_s > limit_s:
        return KEPT * left, KEPT * waited_s + limit_s
    return KEPT * left + leaves, KEPT * waited_s + wait_s


def usual_hazard(seen: Iterable[tuple[float, float]]) -> float:
    """Return leavers per second of waiting of the whole house from (left, waited_s) of its queues; 0 when nobody has left yet.

    The geometric mean of the queues' rates, each weighed by its leavers: the logarithm of such a rate has the variance 1/left (Poisson). So queues
    that nobody leaves have no say, however long their contacts wait.
    """
    known = [(left, waited_s) for left, waited_s in seen if left > 0 and waited_s > 0]
    everybody = sum(left for left, _ in known)
    return math.exp(sum(left * math.log(left / waited_s) for left, waited_s in known) / everybody) if known else 0.0


def urgency_of(left: float, waited_s: float, usual: float) -> float:
    """Return θ of a queue over that of the house, shrunk to 1 by the leavers that it lacks (mean of the gamma that PRIOR leavers and these make)."""
    return min(MOST, max(LEAST, (left + PRIOR) / (waited_s * usual + PRIOR)))
