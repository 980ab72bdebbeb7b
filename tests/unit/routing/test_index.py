"""The index rule against a naive reference that scores everybody with the formula as it is written down."""

import math
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.eligibility import Policy, eligible_after, requirement_at, shortfalls
from services.routing.domain.index import (
    Demand,
    Fit,
    agent_terms,
    contact_terms,
    expected_handle_s,
    fit,
    rank_agents,
    rank_contacts,
    resolution_prior,
    service_level_after,
    starvation_cap_s,
)
from tests.unit.routing.test_eligibility import policies, skill_sets

CALM = settings(deadline=None, max_examples=60)


@dataclass(frozen=True)
class Waiting:
    """A waiting contact of the small world."""

    policy: Policy
    demand: Demand


@dataclass(frozen=True)
class Idle:
    """An idle agent of the small world."""

    agent_id: UUID
    skills: dict[str, int]
    idle_s: int
    opportunity: float


ids = st.integers(1, 10**6).map(lambda number: UUID(int=number))
demands = st.builds(
    Demand,
    contact_id=ids,
    waited_s=st.integers(0, 50).map(float),
    credit_s=st.sampled_from([0.0, 30.0, 90.0]),
    weight=st.sampled_from([1.0, 2.0]),
    sla_s=st.sampled_from([20.0, 60.0]),
    sla_share=st.just(0.8),
    service_level=st.sampled_from([0.6, 0.8, 1.0]),
    handle_s=st.sampled_from([100.0, 300.0]),
    wrap_s=st.sampled_from([0.0, 40.0]),
    starvation_s=st.sampled_from([30.0, 45.0]),
)
waiting = st.lists(st.builds(Waiting, policy=policies, demand=demands), max_size=6, unique_by=lambda each: each.demand.contact_id)
idle = st.builds(Idle, agent_id=ids, skills=skill_sets, idle_s=st.integers(0, 600), opportunity=st.sampled_from([0.0, 0.4, 1.0]))


def naive_fit(policy: Policy, skills: dict[str, int]) -> tuple[float, float]:
    levels = [skills.get(skill, 0) for skill, _ in policy.requires]
    if not levels:
        levels = [3]
    p = sum(0.42 if level == 0 else 0.58 + 0.055 * level for level in levels) / len(levels)
    return p, sum(1.15 - 0.05 * level for level in levels) / len(levels)


def naive_contact(agent: Idle, contacts: list[Waiting]) -> UUID | None:
    """Score every eligible contact by the written formula; the oldest of those beyond their limit goes first."""
    able = [each for each in contacts if not shortfalls(requirement_at(each.policy, each.demand.waited_s), agent.skills)]
    starving = [each for each in able if each.demand.waited_s > each.demand.starvation_s]
    best, best_score = None, -math.inf
    for each in sorted(starving or able, key=lambda one: str(one.demand.contact_id)):
        d = each.demand
        p, rho = naive_fit(each.policy, agent.skills)
        score = d.weight * math.exp(4 * (d.sla_share - d.service_level)) * (1 + 0.3 * (d.waited_s + d.credit_s) / d.sla_s)
        score = d.waited_s if starving else score * p / (rho * d.handle_s + d.wrap_s)
        if score > best_score:
            best, best_score = d.contact_id, score
    return best


def naive_agent(contact: Waiting, agents: list[Idle]) -> UUID | None:
    """Go through the seconds until somebody may serve; among these take the largest J."""
    for second in range(int(contact.demand.waited_s) + 1):
        able = [each for each in agents if not shortfalls(requirement_at(contact.policy, second), each.skills)]
        if able:
            scored = []
            for each in able:
                p, rho = naive_fit(contact.policy, each.skills)
                scored.append((p / rho + -0.6 * each.opportunity + 0.5 * min(1.0, each.idle_s / 300), each.agent_id))
            best = max(score for score, _ in scored)
            return min((agent_id for score, agent_id in scored if score == best), key=str)
    return None


@CALM
@given(idle, waiting)
def test_a_freed_agent_takes_the_contact_that_the_formula_ranks_first(agent: Idle, contacts: list[Waiting]) -> None:
    scored = [
        (each.demand.contact_id, contact_terms(each.demand, fit(each.policy, agent.skills)))
        for each in contacts
        if eligible_after(each.policy, agent.skills) <= each.demand.waited_s
    ]
    ranked = rank_contacts(scored)
    assert (ranked[0][0] if ranked else None) == naive_contact(agent, contacts)


@CALM
@given(st.builds(Waiting, policy=policies, demand=demands), st.lists(idle, max_size=6, unique_by=lambda each: each.agent_id))
def test_a_contact_gets_the_agent_whom_the_formula_ranks_first(contact: Waiting, agents: list[Idle]) -> None:
    scored = []
    for each in agents:
        after = eligible_after(contact.policy, each.skills)
        if after <= contact.demand.waited_s:
            suits = fit(contact.policy, each.skills)
            scored.append((each.agent_id, agent_terms(suits, opportunity=each.opportunity, idle_s=each.idle_s, after_s=after)))
    ranked = rank_agents(scored)
    assert (ranked[0][0] if ranked else None) == naive_agent(contact, agents)


@CALM
@given(idle, waiting)
def test_looking_at_the_oldest_of_each_class_is_enough(agent: Idle, contacts: list[Waiting]) -> None:
    """In a class everything but the waiting time is equal, so nobody but the oldest can rank first."""
    older = [Waiting(each.policy, _older(each.demand)) for each in contacts]
    heads = {each.demand.contact_id for each in older}
    picked = _pick(agent, [*contacts, *older])
    assert picked == _pick(agent, older)
    assert picked is None or picked in heads


def _older(demand: Demand) -> Demand:
    return replace(demand, contact_id=UUID(int=demand.contact_id.int + 10**7), waited_s=demand.waited_s + 1)


def _pick(agent: Idle, contacts: list[Waiting]) -> UUID | None:
    able = [each for each in contacts if eligible_after(each.policy, agent.skills) <= each.demand.waited_s]
    ranked = rank_contacts([(each.demand.contact_id, contact_terms(each.demand, fit(each.policy, agent.skills))) for each in able])
    return ranked[0][0] if ranked else None


@pytest.mark.parametrize(("level", "probability"), [(0, 0.42), (1, 0.635), (3, 0.745), (5, 0.855)])
def test_the_resolution_prior_grows_with_the_level(level: int, probability: float) -> None:
    assert round(resolution_prior(level), 3) == probability


def test_a_queue_behind_its_target_weighs_more() -> None:
    behind = Demand(UUID(int=1), 41.0, 0.0, 1.0, 20.0, 0.8, 0.71, 150.0, 0.0, 300.0)
    terms = contact_terms(behind, Fit(resolution=0.81, pace=1.0))
    assert round(terms.debt_factor, 4) == 1.4333
    assert round(terms.waiting_factor, 4) == 1.615
    assert round(terms.index, 4) == 0.0125
    assert terms.starving is False


def test_ties_are_broken_by_id_so_that_a_replay_gives_the_same_answer() -> None:
    same = Fit(resolution=0.7, pace=1.0)
    one, two = UUID(int=1), UUID(int=2)
    terms = agent_terms(same, opportunity=0.0, idle_s=0.0, after_s=0.0)
    assert [agent for agent, _ in rank_agents([(two, terms), (one, terms)])] == [one, two]


def test_idling_stops_counting_after_five_minutes_and_a_clock_behind_counts_nothing() -> None:
    suits = Fit(resolution=0.7, pace=1.0)
    bonuses = [agent_terms(suits, opportunity=0.0, idle_s=idle_s, after_s=0.0).idle_term for idle_s in (-5, 0, 150, 300, 9000)]
    assert bonuses == [0.0, 0.0, 0.25, 0.5, 0.5]


def test_service_level_handle_time_and_starvation_limit_follow_their_formulas() -> None:
    assert service_level_after(0.8, in_time=True) == pytest.approx(0.804)
    assert service_level_after(0.8, in_time=False) == pytest.approx(0.784)
    assert expected_handle_s(300, 0, 0) == 300
    assert expected_handle_s(300, 20, 20 * 100) == 200
    assert (starvation_cap_s(20), starvation_cap_s(10), starvation_cap_s(14_400)) == (300, 300, 216_000)
