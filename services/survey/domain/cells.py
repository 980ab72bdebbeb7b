"""Cells of a sample: how many more asks a cell needs, when its figure is precise enough, and where the next asks help most."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

Z95 = 1.959963984540054
MOST_NAME = 200
UNTRIED_RATE = 0.5
"""Until a cell has answers its rate is taken as the worst case, at which the spread is largest (Cochran, Sampling Techniques, 4.7)."""


class CellAttribute(StrEnum):
    """What cells are made of; known when the contact ends, and not by the agent's choice of words."""

    SITE = "site"
    VENDOR = "vendor"
    TEAM = "team"
    QUEUE = "queue"
    CHANNEL = "channel"
    TOPIC = "topic"
    DEPARTMENT = "department"
    PRODUCT = "product"


class CellPlan(BaseModel):
    """How the sample is spread over cells; one of quota, half_width and budget at least."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    by: tuple[CellAttribute, ...] = Field(min_length=1, max_length=4)
    period_days: int = Field(default=30, ge=1, le=365)
    """After so many days all cells begin anew."""
    quota: int | None = Field(default=None, ge=1, le=1_000_000)
    """At most so many asks in a cell and period."""
    half_width: float | None = Field(default=None, gt=0, lt=0.5)
    """A cell stops asking when the half-width of its 95 % interval of the satisfied share is at most this."""
    least_answers: int = Field(default=10, ge=2, le=100_000)
    """Before so many answers no cell stops, however narrow its interval looks."""
    budget: int | None = Field(default=None, ge=1, le=100_000_000)
    """Asks in a period over all cells, spread by Neyman's rule; the lot of each cell follows from it."""
    first_share: float = Field(default=0.1, gt=0, le=1)
    """With a budget, the lot of a new cell until the first allocation."""
    least_share: float = Field(default=0.02, gt=0, le=1)
    """No cell is asked less than this while it asks at all, so that every inclusion probability stays above 0."""

    @model_validator(mode="after")
    def _must_limit_something(self) -> "CellPlan":
        if self.quota is None and self.half_width is None and self.budget is None:
            message = "say at least one of quota, half_width and budget"
            raise ValueError(message)
        if len(set(self.by)) != len(self.by):
            message = "an attribute is named twice"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class CellState:
    """What is known of a cell in its present period."""

    name: str
    eligible: int
    asked: int
    answered: int
    satisfied: int


def cell_name(by: Sequence[CellAttribute], facts: Mapping[str, object]) -> str:
    """Return the name of the cell that an occasion falls into; what is not known is a value of its own."""
    return ",".join(f"{attribute.value}={facts.get(attribute.value) or '-'}" for attribute in by)[:MOST_NAME]


def half_width(satisfied: int, answered: int) -> float:
    """Return half the length of Wilson's 95 % interval of a rate; 0.5 without any answer."""
    if answered == 0:
        return 0.5
    rate, z2 = satisfied / answered, Z95 * Z95
    return Z95 * math.sqrt(rate * (1 - rate) / answered + z2 / (4 * answered * answered)) / (1 + z2 / answered)


def is_precise(plan: CellPlan, answered: int, satisfied: int) -> bool:
    """Say whether a cell may stop asking."""
    return plan.half_width is not None and answered >= plan.least_answers and half_width(satisfied, answered) <= plan.half_width


def spread(state: CellState) -> float:
    """Return the standard deviation of one answer in the cell, by the rate with one answer of each kind added (never 0, worst case when untried)."""
    rate = (state.satisfied + 1) / (state.answered + 2) if state.answered else UNTRIED_RATE
    return math.sqrt(rate * (1 - rate))


def response_rate(state: CellState) -> float:
    """Return answers per ask, drawn towards one in two until there are some."""
    return (state.answered + 1) / (state.asked + 2)


def neyman(plan: CellPlan, states: Sequence[CellState], remaining: int) -> dict[str, float]:
    """Return the inclusion probability of each cell for what is left of the budget.

    Asks go to cells in proportion to N·S/√c (Neyman 1934 with costs: an answer costs 1/response rate asks), so the fewest asks give the
    narrowest overall interval. What a cell cannot use (probability 1) goes to the others. Precise cells get none.
    """
    shares = {state.name: 0.0 for state in states}
    open_cells = [state for state in states if not is_precise(plan, state.answered, state.satisfied)]
    left = float(max(0, remaining))
    while open_cells and left > 0:
        weights = {state.name: max(1, state.eligible) * spread(state) * math.sqrt(1 / response_rate(state)) for state in open_cells}
        total = sum(weights.values())
        full = [state for state in open_cells if left * weights[state.name] / total >= max(1, state.eligible)]
        if not full:
            for state in open_cells:
                shares[state.name] = max(plan.least_share, left * weights[state.name] / total / max(1, state.eligible))
            break
        for state in full:
            shares[state.name] = 1.0
            left -= max(1, state.eligible)
        open_cells = [state for state in open_cells if state not in full]
    for state in open_cells:
        shares[state.name] = max(shares[state.name], plan.least_share)
    return {name: min(1.0, share) for name, share in shares.items()}
