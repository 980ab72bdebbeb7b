"""The words that policies may use, in the house's one language for rules (CEL): of agents for who may serve, of contacts for how urgent they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.kit.expressions import Attribute, Kind, Vocabulary
from services.routing.domain.eligibility import LANGUAGE_PREFIX, PREFER_PREFIX, STEP_PREFIX

AGENT = Vocabulary(
    [
        Attribute("agent.skills", Kind.attributes, 'level 1 to 5 by skill: `agent.skills["billing"] >= 3`; a missing skill is not met'),
        Attribute("agent.languages", Kind.attributes, 'level 1 to 5 by language: `agent.languages["es"] >= 2`'),
        Attribute("agent.team", Kind.text, "team; nothing when there is none"),
        Attribute("agent.site", Kind.text, "site; nothing when there is none"),
        Attribute("agent.vendor", Kind.text, "vendor; nothing when there is none"),
        Attribute("agent.time_zone", Kind.text, "IANA zone"),
    ]
)
CONTACT = Vocabulary(
    [
        Attribute("contact.channel", Kind.text, "voice, chat, email, message and others"),
        Attribute("contact.direction", Kind.text, "inbound or outbound"),
        Attribute("contact.language", Kind.text, "BCP 47 language; empty when not said"),
        Attribute("contact.topic", Kind.text, "what it is about; empty when not said"),
        Attribute("contact.of_a_case", Kind.yes_no, "belongs to a case"),
        Attribute("customer.known", Kind.yes_no, "is somebody whom we know"),
        Attribute("customer.tier", Kind.text, "standing; empty while unknown"),
        Attribute("customer.mood", Kind.text, "happy, neutral or unhappy; empty while unknown"),
    ]
)
MOST_STEPS = 5
"""Steps of one policy, the first included: they are kept as the levels of one skill."""


def agent_facts(agent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a policy may read of an agent."""
    skills = {key: level for key, level in agent["skills"].items() if not key.startswith(LANGUAGE_PREFIX)}
    languages = {key.removeprefix(LANGUAGE_PREFIX): level for key, level in agent["skills"].items() if key.startswith(LANGUAGE_PREFIX)}
    facts = {"agent.skills": skills, "agent.languages": languages}
    return facts | {f"agent.{name}": agent[name] or "" for name in ("team", "site", "vendor", "time_zone")}


def standing_of(agent: Mapping[str, Any], label: str, document: Mapping[str, Any]) -> dict[str, int]:
    """Return how an agent stands to one version of a policy, as levels of skills of its own.

    Who meets the first of n steps has level n, who meets only the second n - 1, and so on; who has what is preferred has that at 1.
    """
    facts, steps = agent_facts(agent), document["steps"]
    levels = {}
    for number, step in enumerate(steps):
        if step["require"] is None or AGENT.expression(step["require"]).judge(facts).met:
            levels[STEP_PREFIX + label] = len(steps) - number
            break
    if document["prefer"] is not None and AGENT.expression(document["prefer"]).judge(facts).met:
        levels[PREFER_PREFIX + label] = 1
    return levels


def credit_by(document: Mapping[str, Any], facts: Mapping[str, Any], most_s: int, grain_s: int) -> int:
    """Return the seconds of credit that a policy gives, rounded down to the grain; 0 when its rule cannot be answered."""
    if document["credit_s"] is None:
        return 0
    value = CONTACT.expression(document["credit_s"], Kind.whole).judge(facts).value
    return 0 if not isinstance(value, int) else max(0, min(most_s, value)) // grain_s * grain_s


def policy_skills(steps: Sequence[Any], label: str) -> tuple[tuple[str, int], list[tuple[int, str, int]]]:
    """Return what a policy wants as (skill, level), and its steps as (after_s, skill, level)."""
    skill, many = STEP_PREFIX + label, len(steps)
    return (skill, many), [(step["after_s"], skill, many - number) for number, step in enumerate(steps) if number > 0]
