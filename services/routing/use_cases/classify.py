"""The class of a contact: what it wants from agents under its queue and policy, and the seconds of credit that it and its customer have."""

from dataclasses import replace

from services.kit.db import UnitOfWork
from services.routing.domain.credit import GRAIN_S, MOST_S, total_credit_s
from services.routing.domain.eligibility import PREFER_PREFIX, Policy, Step, compile_policy
from services.routing.models import Contact, Queue, RoutingPolicy
from services.routing.repository import customers, policies, queues
from services.routing.use_cases.policy_words import credit_by, policy_skills


async def class_for(uow: UnitOfWork, queue: Queue, contact: Contact) -> str:
    """Return the class of this contact in `queue`, with the credit that it and its customer have now."""
    told = await policies.labelled(uow, contact.policy)
    own = [(str(skill), int(level)) for skill, level in contact.requires]
    steps = [Step(int(after_s), str(skill), int(level)) for after_s, skill, level in [*queue.relax, *contact.relax]]
    prefer = [(str(skill), int(level)) for skill, level in queue.prefer]
    if told is not None:
        wanted, loosened = policy_skills(told.document["steps"], policies.label(told))
        own, steps = [*own, wanted], [*steps, *(Step(*step) for step in loosened)]
        if told.document["prefer"] is not None:
            prefer.append((PREFER_PREFIX + policies.label(told), 1))
    policy = compile_policy([(str(skill), int(level)) for skill, level in queue.requires], own, contact.language, steps)
    policy = replace(policy, prefer=tuple(sorted(prefer)))
    return await class_with_credit(uow, queue.key, contact, policy, told)


async def class_with_credit(uow: UnitOfWork, queue_key: str, contact: Contact, policy: Policy, told: RoutingPolicy | None) -> str:
    """Return the class of a contact whose wants are compiled, with the credit that it has now."""
    return await queues.class_of(uow, queue_key, contact.channel, policy, await _credit_of(uow, contact, told), steered=contact.steered)


async def _credit_of(uow: UnitOfWork, contact: Contact, told: RoutingPolicy | None) -> int:
    known = await customers.standing(uow, contact.customer_id) if contact.customer_id else None
    tier, mood = (known.tier, known.mood) if known else (None, None)
    by_policy = 0
    if told is not None:
        facts = {
            "contact.channel": contact.channel,
            "contact.direction": contact.direction,
            "contact.language": contact.language or "",
            "contact.topic": contact.topic or "",
            "contact.of_a_case": contact.case_id is not None,
            "customer.known": contact.customer_id is not None,
            "customer.tier": tier or "",
            "customer.mood": mood or "",
        }
        by_policy = credit_by(told.document, facts, MOST_S, GRAIN_S)
    return min(MOST_S, total_credit_s(contact.asked_credit_s, mood=mood, tier=tier) + by_policy)
