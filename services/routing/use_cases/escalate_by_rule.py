"""A queue's rules escalate by themselves: a contact waited too long, a customer was unhappy again."""

from datetime import timedelta
from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.domain.contact import ContactState
from services.routing.domain.escalation import Cause, ladder_of
from services.routing.models import Contact, Queue
from services.routing.repository import contacts, escalations, queues
from services.routing.use_cases.open_escalation import open_escalation, subject_of

WAITED_TOO_LONG = "waited_too_long"


async def watch_waiting(uow: UnitOfWork, queue: Queue, contact: Contact) -> None:
    """Come back when the contact has waited too long for its queue."""
    ladder = ladder_of(queue.escalation)
    if ladder is not None and ladder.waited_s is not None:
        at = max(uow.now, contact.waits_from + timedelta(seconds=ladder.waited_s))
        await uow.schedule(WAITED_TOO_LONG, key=str(contact.id), at=at)


async def escalate_waiting(uow: UnitOfWork, contact_id: UUID) -> None:
    """Escalate a contact that still waits; one that is offered is looked at again when the offer is over."""
    contact = await contacts.any_contact(uow, contact_id)
    queue = await queues.find(uow, contact.queue or "")
    ladder = None if queue is None else ladder_of(queue.escalation)
    if queue is None or ladder is None or ladder.waited_s is None or contact.state not in (ContactState.WAITING, ContactState.OFFERED):
        return
    due = contact.waits_from + timedelta(seconds=ladder.waited_s)
    if contact.state == ContactState.OFFERED or due > uow.now:
        await uow.schedule(WAITED_TOO_LONG, key=str(contact_id), at=max(due, uow.now + timedelta(seconds=queue.offer_seconds)))
        return
    if await escalations.unresolved(uow, f"contact:{contact_id}") is None:
        waited_s = (uow.now - contact.waits_from).total_seconds()
        reason = f"Waited {waited_s:.0f} s in queue {queue.key}."
        await open_escalation(uow, subject_of(contact, queue.key), ladder, 1, Cause.WAITED_TOO_LONG, reason, None)


async def escalate_unhappy(uow: UnitOfWork, contact_id: UUID) -> None:
    """Escalate a contact of which an unhappy answer was given when its customer was unhappy often enough; once at a time for a customer."""
    contact = await contacts.find(uow, contact_id)
    queue = None if contact is None or contact.queue is None else await queues.find(uow, contact.queue)
    ladder = None if queue is None else ladder_of(queue.escalation)
    if contact is None or queue is None or ladder is None or ladder.unhappy_times is None:
        return
    times = await escalations.unhappy_answers(uow, contact)
    under_way = contact.customer_id is not None and bool(await escalations.of_customer(uow, contact.customer_id, open_only=True))
    if times >= ladder.unhappy_times and not under_way and await escalations.unresolved(uow, f"contact:{contact_id}") is None:
        reason = f"{times} unhappy answers within 30 days."
        await open_escalation(uow, subject_of(contact, queue.key), ladder, 1, Cause.UNHAPPY_AGAIN, reason, None)
