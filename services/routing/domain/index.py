"""The index rule: which contact a freed agent takes, and which idle agent a contact gets. Every term is kept, so that it can be told.

Contact:  I = w · e^(κ·(target - SL)) · (1 + s·(W + credit)/T) · p / (pace·h + wrap);  waiting longer than the cap: oldest first.
Agent:    J = p/pace - 0.6·opportunity + 0.5·min(1, idle/300 s), the agents that need the fewest relax steps first.
p (resolution) and pace come from declared levels alone until outcomes are learned from.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from services.routing.domain.eligibility import Policy

RULE_VERSION = "index-1"
KAPPA = 4.0
"""Weight of the service-level debt; above 0 so that rare, long types are not taxed."""
SLOPE = 0.3
SCARCITY = 0.6
IDLE = 0.5
IDLE_FULL_S = 300.0
SERVICE_LEVEL_ALPHA = 0.02
NEUTRAL_LEVEL = 3
"""Assumed where a contact wants no skill at all: then nobody fits better than anybody else."""
HANDLE_PRIOR_WEIGHT = 20
"""Handled contacts that the configured handle time counts for against observed ones."""
LEAST_STARVATION_S = 300
STARVATION_TARGETS = 15


def resolution_prior(level: float) -> float:
    """Return the assumed probability that an agent of this level solves the contact (0.42 unskilled, 0.635 to 0.855 for 1 to 5)."""
    return 0.42 if level < 1 else min(0.58 + 0.055 * level, 0.95)


def pace_prior(level: float) -> float:
    """Return the assumed handle time relative to the class's mean (1.15 unskilled to 0.9 at level 5)."""
    return 1.15 - 0.05 * level


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one agent suits one policy: resolution probability and relative handle time."""

    resolution: float
    pace: float


def fit(policy: Policy, skills: Mapping[str, int]) -> Fit:
    """Average the priors over what the unrelaxed policy wants, so that a relaxed match is still worth less."""
    levels = [skills.get(skill, 0) for skill, _ in policy.requires] or [NEUTRAL_LEVEL]
    return Fit(
        resolution=sum(resolution_prior(level) for level in levels) / len(levels),
        pace=sum(pace_prior(level) for level in levels) / len(levels),
    )


@dataclass(frozen=True, slots=True)
class Demand:
    """The head of one class as the rule sees it. Seconds throughout; shares between 0 and 1."""

    contact_id: UUID
    waited_s: float
    credit_s: float
    weight: float
    sla_s: float
    sla_share: float
    service_level: float
    handle_s: float
    wrap_s: float
    starvation_s: float


@dataclass(frozen=True, slots=True)
class ContactTerms:
    """I, term by term."""

    index: float
    weight: float
    debt_factor: float
    waiting_factor: float
    resolution: float
    expected_s: float
    waited_s: float
    credit_s: float
    starving: bool

    def document(self) -> dict[str, float | bool]:
        """Return the terms as JSON for the decision."""
        return asdict(self)


def contact_terms(demand: Demand, suits: Fit) -> ContactTerms:
    """Compute I for one contact and the agent who became free."""
    debt = math.exp(KAPPA * (demand.sla_share - demand.service_level))
    waiting = 1 + SLOPE * (demand.waited_s + demand.credit_s) / demand.sla_s
    expected = suits.pace * demand.handle_s + demand.wrap_s
    return ContactTerms(
        index=demand.weight * debt * waiting * suits.resolution / expected,
        weight=demand.weight,
        debt_factor=debt,
        waiting_factor=waiting,
        resolution=suits.resolution,
        expected_s=expected,
        waited_s=demand.waited_s,
        credit_s=demand.credit_s,
        starving=demand.waited_s > demand.starvation_s,
    )


def rank_contacts(scored: Sequence[tuple[UUID, ContactTerms]]) -> list[tuple[UUID, ContactTerms]]:
    """Order contacts for one agent: the starving by age, then by I; ties by id, so that a replay gives the same answer."""

    def order(each: tuple[UUID, ContactTerms]) -> tuple[bool, float, str]:
        contact_id, terms = each
        return (not terms.starving, -terms.waited_s if terms.starving else -terms.index, str(contact_id))

    return sorted(scored, key=order)


@dataclass(frozen=True, slots=True)
class AgentTerms:
    """J, term by term. `after_s`: from which second of waiting this agent may serve the contact."""

    index: float
    fit_term: float
    resolution: float
    pace: float
    opportunity: float
    scarcity_term: float
    idle_s: float
    idle_term: float
    after_s: float

    def document(self) -> dict[str, float]:
        """Return the terms as JSON for the decision."""
        return asdict(self)


def agent_terms(suits: Fit, *, opportunity: float, idle_s: float, after_s: float) -> AgentTerms:
    """Compute J for one idle agent; `opportunity` (0 to 1) says how much the agent's other work would miss them."""
    fit_term = suits.resolution / suits.pace
    scarcity = -SCARCITY * opportunity
    idle = IDLE * min(1.0, max(idle_s, 0.0) / IDLE_FULL_S)
    return AgentTerms(
        index=fit_term + scarcity + idle,
        fit_term=fit_term,
        resolution=suits.resolution,
        pace=suits.pace,
        opportunity=opportunity,
        scarcity_term=scarcity,
        idle_s=idle_s,
        idle_term=idle,
        after_s=after_s,
    )


def rank_agents(scored: Sequence[tuple[UUID, AgentTerms]]) -> list[tuple[UUID, AgentTerms]]:
    """Order agents for one contact: fewest relax steps first, then J; ties by id."""
    return sorted(scored, key=lambda each: (each[1].after_s, -each[1].index, str(each[0])))


def service_level_after(level: float, *, in_time: bool) -> float:
    """Return the exponentially weighted service level after one more contact."""
    return level + SERVICE_LEVEL_ALPHA * ((1.0 if in_time else 0.0) - level)


def expected_handle_s(configured_s: float, handled: int, handled_s: float) -> float:
    """Shrink the observed mean handle time towards the configured one."""
    return (HANDLE_PRIOR_WEIGHT * configured_s + handled_s) / (HANDLE_PRIOR_WEIGHT + handled)


def starvation_cap_s(sla_s: float) -> float:
    """Return the waiting beyond which age alone decides: 300 s, or fifteen targets where the target is longer than 20 s."""
    return max(LEAST_STARVATION_S, STARVATION_TARGETS * sla_s)
