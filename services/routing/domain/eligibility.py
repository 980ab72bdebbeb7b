"""Who may serve a contact, and from which second of waiting on.

A policy is compiled once, when the contact is queued: a conjunction over (skill, level), and steps that loosen it with time. Steps only ever
loosen, so "may serve" is one threshold per (agent, policy): 0 at once, infinity never. Languages are skills named `lang:xx`.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LANGUAGE_PREFIX = "lang:"
"""No configured skill can carry it: a skill key has no colon. So a language is never relaxed."""

LANGUAGE_LEVEL = 2
"""Least level at which an agent serves in a language."""


STEP_PREFIX, PREFER_PREFIX = "policy:", "prefer:"
"""How an agent stands to a policy is a skill of such a name: what the steps want by level, what is preferred at 1. No configured skill can be so."""

UNDETERMINED = "und"
"""BCP 47 for a language that nobody could tell: then none is wanted."""


HELD_OUT = ":held-out"
"""Ends the key of a class whose contacts are routed as if nothing had been learned."""


@dataclass(frozen=True, slots=True)
class Step:
    """After `after_s` seconds of waiting `skill` is wanted only at `level`; level 0 drops it."""

    after_s: int
    skill: str
    level: int


@dataclass(frozen=True, slots=True)
class Policy:
    """What a contact wants from an agent, sorted by skill, and how that loosens, sorted by time."""

    requires: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    prefer: tuple[tuple[str, int], ...] = ()
    """Welcome, but not wanted."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One skill in which an agent is below what is wanted; `has` is 0 for a skill the agent lacks."""

    skill: str
    needs: int
    has: int


def language_skill(language: str) -> str:
    """Return the skill of a BCP 47 tag: the primary language alone (`de-AT` is served by whoever speaks German)."""
    return LANGUAGE_PREFIX + language.split("-", 1)[0].lower()


def compile_policy(
    queue_requires: Iterable[tuple[str, int]],
    own_requires: Iterable[tuple[str, int]],
    language: str | None,
    steps: Iterable[Step],
) -> Policy:
    """Join what the queue and the contact want; the higher level wins. Steps that name no wanted skill or tighten are left out."""
    wanted: dict[str, int] = {}
    for skill, level in (*queue_requires, *own_requires):
        wanted[skill] = max(level, wanted.get(skill, 0))
    if language is not None and language != UNDETERMINED:
        wanted[language_skill(language)] = LANGUAGE_LEVEL
    kept: list[Step] = []
    now_wanted = dict(wanted)
    for step in sorted(steps, key=lambda each: (each.after_s, each.skill)):
        if step.level < now_wanted.get(step.skill, 0):
            now_wanted[step.skill] = step.level
            kept.append(step)
    return Policy(requires=tuple(sorted(wanted.items())), steps=tuple(kept))


def requirement_at(policy: Policy, waited_s: float) -> dict[str, int]:
    """Return what is wanted after `waited_s` seconds."""
    wanted = dict(policy.requires)
    for step in policy.steps:
        if step.after_s <= waited_s:
            wanted[step.skill] = step.level
    return {skill: level for skill, level in wanted.items() if level > 0}


def shortfalls(requirement: Mapping[str, int], skills: Mapping[str, int]) -> list[Shortfall]:
    """Return every skill in which `skills` stays below `requirement`."""
    return [
        Shortfall(skill=skill, needs=level, has=skills.get(skill, 0)) for skill, level in sorted(requirement.items()) if skills.get(skill, 0) < level
    ]


def eligible_after(policy: Policy, skills: Mapping[str, int]) -> float:
    """Return the seconds of waiting from which an agent with these skills may serve: 0 at once, infinity never."""
    missing = {skill: level for skill, level in policy.requires if skills.get(skill, 0) < level}
    threshold = 0.0
    for step in policy.steps:
        if not missing:
            break
        if step.skill in missing and skills.get(step.skill, 0) >= step.level:
            del missing[step.skill]
            threshold = float(step.after_s)
    return math.inf if missing else threshold


def step_number(policy: Policy, waited_s: float) -> int:
    """Return how many steps are behind the contact."""
    return sum(1 for step in policy.steps if step.after_s <= waited_s)


def next_step_after(policy: Policy, waited_s: float) -> int | None:
    """Return the second of waiting at which the policy loosens next; None when it will not loosen any more."""
    return min((step.after_s for step in policy.steps if step.after_s > waited_s), default=None)


def class_key(queue: str, channel: str, policy: Policy, credit_s: int) -> str:
    """Name the class of contacts that are alike for the rule, so that only the oldest of each has to be looked at."""
    document = json.dumps([queue, channel, to_document(policy), credit_s], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(document.encode()).hexdigest()[:40]


def to_document(policy: Policy) -> dict[str, list[list[str | int]]]:
    """Return the policy as JSON for its row."""
    return {
        "requires": [[skill, level] for skill, level in policy.requires],
        "steps": [[step.after_s, step.skill, step.level] for step in policy.steps],
        **({"prefer": [[skill, level] for skill, level in policy.prefer]} if policy.prefer else {}),
    }


def from_document(document: Mapping[str, list[list[str | int]]]) -> Policy:
    """Read a policy back from its row."""
    return Policy(
        requires=tuple((str(skill), int(level)) for skill, level in document["requires"]),
        steps=tuple(Step(int(after_s), str(skill), int(level)) for after_s, skill, level in document["steps"]),
        prefer=tuple((str(skill), int(level)) for skill, level in document.get("prefer", ())),
    )
