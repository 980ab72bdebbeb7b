"""A queue at this moment."""

from services.kit.db import Tx
from services.routing.contract import OfferView, QueueStateView
from services.routing.domain.explanation import say_decision
from services.routing.repository import agents, contacts, queues


async def queue_state(tx: Tx, key: str) -> QueueStateView:
    """Count who waits and who could serve; raises QueueNotFound."""
    queue = await queues.queue(tx, key)
    states = await contacts.count_by_state(tx, key)
    wanted = [(str(skill), int(level)) for skill, level in queue.requires]
    return QueueStateView(
        queue=key,
        as_of=tx.now,
        waiting=states.get("waiting", 0),
        offered=states.get("offered", 0),
        connected=states.get("connected", 0),
        longest_wait_seconds=(await contacts.longest_wait(tx, key)).total_seconds(),
        service_level=queue.service_level,
        sla_share=queue.sla_share,
        sla_seconds=queue.sla_seconds,
        agents=await agents.count_by_activity(tx, wanted),
        agents_free=await agents.count_free(tx, wanted, queue.channels),
    )


async def offers_of(tx: Tx, external_id: str) -> list[OfferView]:
    """Return an agent's open offers, each with the contact and the reason; raises AgentNotFound."""
    agent = await agents.agent_called(tx, external_id)
    pending = await contacts.pending_of(tx, agent.id)
    known = await contacts.contacts_by_id(tx, [each.contact_id for each in pending])
    reasons = await contacts.decisions_for(tx, [each.id for each in pending])
    return [
        OfferView.model_validate(
            {
                "reservation": each,
                "contact": known[each.contact_id],
                "why": say_decision("offered", why.terms, why.runners_up, why.considered, why.requirement),
            }
        )
        for each in pending
        if (why := reasons.get(each.id)) is not None
    ]
