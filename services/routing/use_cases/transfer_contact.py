"""A contact moves to another line, or back to its own, with its age and everything known; who gives it away does not get it back at once."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Code, Command, Line
from services.routing.contract import ContactTransferred
from services.routing.domain.contact import OPEN_STATES, ContactState, Trigger
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Contact, Queue, Reservation
from services.routing.repository import agents, contacts, matching, policies, queues
from services.routing.use_cases.classify import class_for
from services.routing.use_cases.enqueue_contact import ChannelNotServed
from services.routing.use_cases.escalate_by_rule import watch_waiting
from services.routing.use_cases.match import match_agent, match_contact
from services.routing.use_cases.queue_contact import UnknownQueue
from services.routing.use_cases.return_contact import NOBODY, withdraw


class ContactOver(Conflict):
    """The contact is over; nothing of it can be routed any more."""

    code = "contact_over"


class TransferContact(Command):
    """Where to and why; without a queue the contact returns to its own line."""

    queue: Code | None = None
    reason: Line


async def transfer_contact(uow: UnitOfWork, contact_id: UUID, command: TransferContact) -> Contact:
    """Requeue an open contact; raises ContactOver, UnknownQueue, ChannelNotServed."""
    await matching.lock_dispatch(uow)
    contact = await contacts.contact(uow, contact_id)
    if contact.state not in OPEN_STATES or contact.queue is None:
        raise ContactOver(f"Contact {contact_id} is {contact.state}.")
    queue = await _target(uow, contact, command.queue or contact.queue)
    held = await contacts.holding(uow, contact_id)
    if held is not None:
        await _let_go(uow, held)
    talked = contact.talked_seconds
    if contact.state == ContactState.CONNECTED and contact.connected_at is not None:
        talked += (uow.now - contact.connected_at).total_seconds()
    told = await policies.latest(uow, queue.policy) if queue.policy is not None else None
    contact.policy = policies.label(told) if told else None
    class_key = await class_for(uow, queue, contact)
    moved = {"policy": contact.policy, "queue": queue.key, "class_key": class_key, "transfers": contact.transfers + 1, "talked_seconds": talked}
    await contacts.change(uow, contact_id, state=ContactState.WAITING.value, connected_at=None, **moved, **NOBODY)
    uow.emit(
        ContactTransferred(
            contact_id=contact_id,
            customer_id=contact.customer_id,
            from_queue=contact.queue,
            to_queue=queue.key,
            from_agent_id=contact.agent_id,
            reason=command.reason,
        )
    )
    await watch_waiting(uow, queue, contact)
    await match_contact(uow, contact_id, Trigger.CONTACT_TRANSFERRED)
    if held is not None:
        await match_agent(uow, held.agent_id, Trigger.AGENT_FREED)
    return await contacts.any_contact(uow, contact_id)


async def _target(uow: UnitOfWork, contact: Contact, key: str) -> Queue:
    queue = await queues.find(uow, key)
    if queue is None:
        raise UnknownQueue(f"There is no queue {key}.", pointer="/queue")
    if contact.channel not in queue.channels:
        raise ChannelNotServed(f"Queue {key} takes {', '.join(queue.channels)}, not {contact.channel}.", pointer="/queue")
    return queue


async def _let_go(uow: UnitOfWork, held: Reservation) -> None:
    """Close the present agent's part: an offer is withdrawn, a talk is completed without wrap-up."""
    if held.status == ReservationStatus.PENDING:
        await withdraw(uow, held, ReservationStatus.SUPERSEDED, "transferred")
        return
    await contacts.move(uow, held.id, ReservationStatus.COMPLETED, reason="transferred", closed_at=uow.now)
    await agents.free_place(uow, held.agent_id, held.channel)
    await contacts.exclude(uow, held.contact_id, held.agent_id, "transferred")
