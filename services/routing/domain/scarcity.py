"""What it costs the rest to use an agent: load per head of all the work that the agent's group could do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.routing.domain.eligibility import Policy, eligible_after

LOOK_BACK_S = 3600
"""Load is measured over this window."""
PRICE_FOR_S = 60
"""A price is kept for this long."""


@dataclass(frozen=True, slots=True)
class Load:
    """One class's work in Erlangs (arrivals per second times handle seconds)."""

    policy: Policy
    erlangs: float


@dataclass(frozen=True, slots=True)
class Group:
    """Agents with the same skills and levels, and how many of them are on shift."""

    key: str
    skills: Mapping[str, int]
    on_shift: int


def opportunities(loads: Sequence[Load], groups: Sequence[Group]) -> dict[str, float]:
    """Return per group key the sum of load over capacity of the classes it serves at once, as a share of the largest (0 to 1)."""
    prices = {group.key: 0.0 for group in groups}
    for load in loads:
        serving = [group for group in groups if eligible_after(load.policy, group.skills) == 0]
        capacity = sum(group.on_shift for group in serving)
        if capacity == 0:
            continue
        for group in serving:
            prices[group.key] += load.erlangs / capacity
    dearest = max(prices.values(), default=0.0)
    if dearest <= 0:
        return prices
    return {key: price / dearest for key, price in prices.items()}
