"""Bring contacts and agents together until no eligible pair is left around what has just changed.

Before every event no available agent can serve a waiting contact; so after it only pairs with the changed contact or agent can exist, and
looking at these keeps the promise. The dispatch lock makes matching single-file: no two transactions can each miss what the other adds.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.routing.contract import ContactOffered
from services.routing.domain import index
from services.routing.domain.contact import ContactState, Trigger, is_routable
from services.routing.domain.eligibility import Policy, eligible_after, from_document, next_step_after, requirement_at, step_number
from services.routing.domain.reservation import ReservationStatus, cooled_down
from services.routing.models import Agent, Contact, Reservation, RoutingDecision
from services.routing.repository import agents, contacts, matching, queues
from services.routing.use_cases.price_scarcity import price_scarcity

LOOK_AGAIN = "look_again"
EXPIRE_OFFER = "expire_offer"
MOST_OFFERS = 50
"""Offers made to one agent in one transaction."""
SHOWN = 3


async def match_contact(uow: UnitOfWork, contact_id: UUID, trigger: Trigger) -> bool:
    """Offer a waiting contact to the best free agent, or note why it waits and when to look again."""
    contact = await contacts.any_contact(uow, contact_id)
    if contact.state != ContactState.WAITING or contact.waits_from > uow.now:
        return False
    await price_scarcity(uow)
    policy = await queues.policy_of(uow, contact)
    waited_s = _seconds(uow.now, contact.waits_from)
    requirement = sorted(requirement_at(policy, waited_s).items())
    free = await matching.free_agents(uow, contact, requirement)
    unasked = bool(free) or await matching.somebody_unasked(uow, contact, requirement)
    if not unasked:
        free = await matching.free_agents_again(uow, contact, requirement)
    ranked = index.rank_agents([(each.id, _agent_terms(uow, policy, each)) for each in free])
    names = {each.id: each.external_id for each in free}
    shown = [{"agent": names[agent_id], "agent_id": str(agent_id), "terms": terms.document()} for agent_id, terms in ranked]
    note = _decision(uow, contact_id, trigger, policy, waited_s) | {"considered": len(ranked)}
    for place, (agent_id, terms) in enumerate(ranked):
        if await agents.take_place(uow, agent_id, contact.channel):
            others = [each for number, each in enumerate(shown) if number != place][:SHOWN]
            await _offer(uow, contact, agent_id, note | {"terms": terms.document(), "runners_up": others})
            return True
    await uow.insert(RoutingDecision, note)
    await _look_again_later(uow, contact, policy, waited_s, unasked=unasked)
    return False


def _agent_terms(uow: UnitOfWork, policy: Policy, agent: matching.FreeAgent) -> index.AgentTerms:
    return index.agent_terms(
        index.fit(policy, agent.skills),
        opportunity=agent.opportunity,
        idle_s=_seconds(uow.now, agent.idle_since),
        after_s=eligible_after(policy, agent.skills),
    )


async def match_agent(uow: UnitOfWork, agent_id: UUID, trigger: Trigger) -> int:
    """Offer contacts to an agent while there is a free place and somebody waits whom the agent may serve; return how many."""
    agent = await agents.agent(uow, agent_id)
    if not is_routable(agent.activity):
        return 0
    for offers in range(MOST_OFFERS):
        free = [each.channel for each in await agents.channels_of(uow, agent_id) if each.used < each.maximum]
        heads = await matching.heads_for(uow, agent_id, free) if free else []
        candidates = {head.id: head for head in heads + await _heads_again(uow, agent, free)}
        scored = []
        for head in candidates.values():
            waited_s, policy = _seconds(uow.now, head.waits_from), from_document(head.policy)
            if eligible_after(policy, agent.skills) <= waited_s:
                scored.append((head.id, index.contact_terms(_demand(head, waited_s), index.fit(policy, agent.skills))))
        ranked = index.rank_contacts(scored)
        if not ranked or not await _offer_best(uow, agent_id, trigger, ranked, candidates):
            return offers
    return MOST_OFFERS


async def _offer_best(
    uow: UnitOfWork, agent_id: UUID, trigger: Trigger, ranked: list[tuple[UUID, index.ContactTerms]], heads: dict[UUID, matching.Head]
) -> bool:
    contact_id, terms = ranked[0]
    head = heads[contact_id]
    if not await agents.take_place(uow, agent_id, head.channel):
        return False
    others = [{"contact_id": str(other), "terms": each.document()} for other, each in ranked[1 : SHOWN + 1]]
    note = _decision(uow, contact_id, trigger, from_document(head.policy), terms.waited_s)
    note |= {"considered": len(ranked), "terms": terms.document(), "runners_up": others}
    await _offer(uow, await contacts.any_contact(uow, contact_id), agent_id, note)
    return True


async def _heads_again(uow: UnitOfWork, agent: Agent, channels: list[str]) -> list[matching.Head]:
    """Return the contacts that this agent let pass, everybody else was asked for, and the cool-down is over."""
    found = []
    for contact in await matching.passed_by(uow, agent.id, channels) if channels else []:
        mine = await contacts.exclusion(uow, contact.id, agent.id)
        queue = await queues.queue(uow, contact.queue or "")
        if mine is None or not cooled_down(mine.excluded_at, uow.now, timedelta(seconds=queue.cool_down_seconds)):
            continue
        policy = await queues.policy_of(uow, contact)
        requirement = sorted(requirement_at(policy, _seconds(uow.now, contact.waits_from)).items())
        head = await matching.head(uow, contact.id)
        if head is not None and not await matching.somebody_unasked(uow, contact, requirement):
            found.append(head)
    return found


def _demand(head: matching.Head, waited_s: float) -> index.Demand:
    return index.Demand(
        contact_id=head.id,
        waited_s=waited_s,
        credit_s=head.credit_s,
        weight=head.weight,
        sla_s=head.sla_seconds,
        sla_share=head.sla_share,
        service_level=head.service_level,
        handle_s=index.expected_handle_s(head.expected_handle_seconds, head.handled, head.handled_seconds),
        wrap_s=head.wrap_up_seconds,
        starvation_s=head.starvation_seconds,
    )


def _seconds(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds()


def _decision(uow: UnitOfWork, contact_id: UUID, trigger: Trigger, policy: Policy, waited_s: float) -> dict[str, Any]:
    return {
        "id": new_id(),
        "decided_at": uow.now,
        "contact_id": contact_id,
        "outcome": "waiting",
        "trigger": trigger.value,
        "rule": index.RULE_VERSION,
        "agent_id": None,
        "reservation_id": None,
        "step": step_number(policy, waited_s),
        "waited_s": waited_s,
        "requirement": requirement_at(policy, waited_s),
        "considered": 0,
        "terms": {},
        "runners_up": [],
    }


async def _offer(uow: UnitOfWork, contact: Contact, agent_id: UUID, note: dict[str, Any]) -> None:
    """Write the offer, its reason and its end in one go; the place is already taken."""
    agent = await agents.agent(uow, agent_id)
    queue = await queues.queue(uow, contact.queue or "")
    reservation_id = new_id()
    expires_at = uow.now + timedelta(seconds=queue.offer_seconds)
    row = {"id": reservation_id, "contact_id": contact.id, "agent_id": agent_id, "channel": contact.channel, "version": 1}
    row |= {"status": ReservationStatus.PENDING.value, "reason": None, "created_at": uow.now, "expires_at": expires_at, "closed_at": None}
    await uow.insert(Reservation, row)
    await uow.insert(RoutingDecision, note | {"outcome": "offered", "agent_id": agent_id, "reservation_id": reservation_id})
    of_agent = {"agent_name": agent.name, "team": agent.team, "site": agent.site, "vendor": agent.vendor}
    await contacts.change(uow, contact.id, state=ContactState.OFFERED.value, agent_id=agent_id, **of_agent)
    await uow.schedule(EXPIRE_OFFER, key=str(reservation_id), at=expires_at)
    uow.emit(
        ContactOffered(
            contact_id=contact.id,
            customer_id=contact.customer_id,
            reservation_id=reservation_id,
            agent_id=agent_id,
            expires_at=expires_at,
        )
    )


async def _look_again_later(uow: UnitOfWork, contact: Contact, policy: Policy, waited_s: float, *, unasked: bool) -> None:
    """Look again when the next step loosens the requirement, or when the first who let it pass has cooled down."""
    moments = []
    step = next_step_after(policy, waited_s)
    if step is not None:
        moments.append(contact.waits_from + timedelta(seconds=step))
    again = None if unasked else await matching.first_cooled_down(uow, contact)
    if again is not None and again > uow.now:
        moments.append(again)
    if moments:
        await uow.schedule(LOOK_AGAIN, key=str(contact.id), at=min(moments))
