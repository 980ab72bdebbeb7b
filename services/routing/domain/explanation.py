"""The rule in sentences that a supervisor reads; figures are those that were stored with the decision."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.routing.domain.eligibility import LANGUAGE_PREFIX, STEP_PREFIX, Policy, Shortfall, eligible_after
from services.routing.domain.load import Limits


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the rule with its verdict."""

    condition: str
    met: bool
    sentence: str


def say_skill(skill: str) -> str:
    """Return a skill as words: `lang:de` is the language de."""
    if skill.startswith(STEP_PREFIX):
        return f"what policy {skill.removeprefix(STEP_PREFIX)} wants"
    return f"language {skill.removeprefix(LANGUAGE_PREFIX)}" if skill.startswith(LANGUAGE_PREFIX) else skill


def say_requirement(requirement: Mapping[str, int]) -> str:
    """Return what is wanted as words."""
    wanted = [f"{say_skill(skill)} at level {level}" for skill, level in sorted(requirement.items())]
    return " and ".join(wanted) or "no skill"


def say_agent_terms(terms: Mapping[str, Any], runner_up: Mapping[str, Any] | None) -> str:
    """Say why this agent got the contact."""
    sentence = (
        f"Resolves {terms['resolution']:.2f} at pace {terms['pace']:.2f} (+{terms['fit_term']:.3f}), "
        f"other work would miss this agent by {terms['opportunity']:.2f} ({terms['scarcity_term']:+.3f}), "
        f"idle for {terms['idle_s']:.0f} s (+{terms['idle_term']:.3f}): J = {terms['index']:.3f}"
    )
    if terms["after_s"] > 0:
        sentence += f", allowed since the requirement was relaxed after {terms['after_s']:.0f} s"
    if runner_up is None:
        return sentence + "; nobody else was free."
    return sentence + f"; runner-up {runner_up['agent']} with J = {runner_up['terms']['index']:.3f}."


def say_contact_terms(terms: Mapping[str, Any], others: int) -> str:
    """Say why the freed agent got this contact."""
    urgency = f"how soon its customers leave x{terms['urgency']:.2f}, " if "urgency" in terms else ""  # decisions up to index-2 had no such term
    sentence = (
        f"Waited {terms['waited_s']:.0f} s with {terms['credit_s']:.0f} s of credit (x{terms['waiting_factor']:.2f}), "
        f"queue's service-level debt x{terms['debt_factor']:.2f}, {urgency}weight x{terms['weight']:.2f}, "
        f"resolves {terms['resolution']:.2f} in {terms['expected_s']:.0f} s: I = {terms['index']:.5f}"
    )
    if terms["starving"]:
        sentence += ", first because it has waited beyond the queue's limit"
    if terms.get("planned_together"):
        return sentence + f", one pair of a plan for everybody free and {others + 1} waiting with the largest sum of I."
    return sentence + (f", best of {others + 1} waiting." if others else ", the only one waiting.")


def judge_load(limits: Limits, held: Sequence[str], channel: str) -> list[Condition]:
    """Judge whether one more contact of a channel fits beside those that are held (their channels), and whether it may interrupt them."""
    costs, most, interrupted_by = dict(limits[0]), limits[1], dict(limits[2])
    carried, cost = sum(costs.get(each, 1.0) for each in held), costs.get(channel, 1.0)
    keeping = sorted(each for each in {*held} - {channel} if channel not in interrupted_by.get(each, (channel,)))
    words = f"A contact of {channel} may not interrupt {' and '.join(keeping)}." if keeping else "Nothing that is held keeps this contact away."
    found = [Condition("interruption", not keeping, words)]
    if most < math.inf:
        found.append(Condition("load", carried + cost <= most, f"Carries {carried:g} of {most:g}; a contact of {channel} costs {cost:g}."))
    return found


def say_decision(outcome: str, terms: Mapping[str, Any], runners_up: list[dict[str, Any]], considered: int, requirement: Mapping[str, int]) -> str:
    """Say what one decision decided and why."""
    if outcome == "waiting":
        return f"Nobody with {say_requirement(requirement)} had a free place."
    if "fit_term" in terms:
        return say_agent_terms(terms, runners_up[0] if runners_up else None)
    return say_contact_terms(terms, considered - 1)


def say_waiting(requirement: Mapping[str, int], counts: Mapping[str, int], next_step_in_s: float | None) -> str:
    """Say why a contact still waits."""
    wanted = say_requirement(requirement)
    if counts["on_shift"] == 0:
        reason = "No agent is available."
    elif counts["skilled"] == 0:
        reason = f"None of the {counts['on_shift']} available agents has {wanted}."
    elif counts["free"] == 0:
        reason = f"All {counts['skilled']} available agents with {wanted} are occupied."
    else:
        reason = f"{counts['excluded']} of the {counts['skilled']} available agents with {wanted} let it pass and are not asked again yet."
    return reason if next_step_in_s is None else f"{reason} The requirement loosens in {next_step_in_s:.0f} s."


def judge_skills(policy: Policy, skills: Mapping[str, int], short: list[Shortfall], waited_s: float) -> Condition:
    """Judge whether an agent has what is wanted now, and whether that will come with time."""
    if not short:
        return Condition("skills", met=True, sentence="Has every skill that is wanted now.")
    missing = ", ".join(f"{say_skill(each.skill)} {each.has} of {each.needs}" for each in short)
    threshold = eligible_after(policy, skills)
    later = "and no relax step changes that" if threshold == float("inf") else f"until it has waited {threshold:.0f} s ({waited_s:.0f} s so far)"
    return Condition("skills", met=False, sentence=f"Below what is wanted: {missing}, {later}.")
