"""The customer hangs up before an agent answered: an open offer is rescinded, and the agent who was asked gets the next contact."""

from uuid import UUID

from services.customers.contract import IdentityKey
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.routing.contract import ContactAbandoned
from services.routing.domain.contact import ContactState, Trigger
from services.routing.domain.engine.patience import patience_after
from services.routing.domain.index import service_level_after
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Contact
from services.routing.repository import contacts, matching, queues
from services.routing.use_cases.match import LOOK_AGAIN, match_agent, match_contact
from services.routing.use_cases.return_contact import NOBODY, withdraw

SHORT_S = 5
"""Who leaves sooner was hardly waiting and does not count against the service level."""


class AlreadyConnected(Conflict):
    """An agent answered before the customer left: the contact is ended, not abandoned."""

    code = "contact_already_connected"


async def abandon_contact(uow: UnitOfWork, contact_id: UUID) -> Contact:
    """Take the contact out of its queue; abandoning twice is abandoning once. Raises AlreadyConnected."""
    await matching.lock_dispatch(uow)
    contact = await contacts.contact(uow, contact_id)
    if contact.state == ContactState.ABANDONED:
        return contact
    if contact.state not in (ContactState.WAITING, ContactState.OFFERED) or contact.queue is None:
        raise AlreadyConnected(f"Contact {contact_id} is {contact.state} with {contact.agent_name}.")
    held = await contacts.holding(uow, contact_id)
    await contacts.change(uow, contact_id, state=ContactState.ABANDONED.value, ended_at=uow.now, **NOBODY)
    await uow.cancel(LOOK_AGAIN, key=str(contact_id))
    await match_contact(uow, contact_id, Trigger.CONTACT_LEFT)
    waited_s = max(0.0, (uow.now - contact.waits_from).total_seconds())
    queue = await queues.queue(uow, contact.queue)
    if waited_s >= SHORT_S and contact.first_connected_at is None:
        patience = patience_after(queue.leavers, queue.waited_seconds, waited_s, queue.starvation_seconds, leaves=True)
        await queues.note_wait(uow, queue.key, service_level_after(queue.service_level, in_time=False), patience)
    uow.emit(
        ContactAbandoned(
            contact_id=contact_id,
            customer_id=contact.customer_id,
            customer_keys=[IdentityKey.model_validate(key) for key in contact.customer_keys],
            channel=contact.channel,
            queue=queue.key,
            waited_seconds=waited_s,
            abandoned_at=uow.now,
        )
    )
    if held is not None and await withdraw(uow, held, ReservationStatus.RESCINDED, "customer_left"):
        await match_agent(uow, held.agent_id, Trigger.AGENT_FREED)
    return await contacts.any_contact(uow, contact_id)
