"""An agent takes the contact that was offered. Taking it twice is taking it once; too late is told with who has it now."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.routing.contract import ContactConnected
from services.routing.domain.contact import ContactState
from services.routing.domain.engine.patience import patience_after
from services.routing.domain.index import service_level_after
from services.routing.domain.reservation import ReservationStatus, has_expired
from services.routing.models import Contact, Reservation
from services.routing.repository import agents, contacts, matching, queues

TAKEN = (ReservationStatus.ACCEPTED, ReservationStatus.WRAPPING, ReservationStatus.COMPLETED)


class OfferGone(Conflict):
    """The offer ran out, was declined or withdrawn, or the customer left. The detail says who has the contact now."""

    code = "offer_gone"


async def accept_offer(uow: UnitOfWork, reservation_id: UUID) -> Reservation:
    """Connect the contact to the agent who was asked; raises OfferGone."""
    await matching.lock_dispatch(uow)
    reservation = await contacts.reservation(uow, reservation_id)
    if reservation.status in TAKEN:
        return reservation
    contact = await contacts.any_contact(uow, reservation.contact_id)
    if reservation.status != ReservationStatus.PENDING or has_expired(reservation.expires_at, uow.now):
        raise OfferGone(_whereabouts(reservation, contact))
    await contacts.move(uow, reservation_id, ReservationStatus.ACCEPTED)
    await agents.forget_misses(uow, reservation.agent_id)
    waited_s = (uow.now - contact.waits_from).total_seconds()
    first = contact.first_connected_at or uow.now
    await contacts.change(uow, contact.id, state=ContactState.CONNECTED.value, connected_at=uow.now, first_connected_at=first)
    if contact.first_connected_at is None and contact.queue is not None:
        queue = await queues.queue(uow, contact.queue)
        level = service_level_after(queue.service_level, in_time=waited_s <= queue.sla_seconds)
        patience = patience_after(queue.leavers, queue.waited_seconds, waited_s, queue.starvation_seconds, leaves=False)
        await queues.note_wait(uow, queue.key, level, patience)
    uow.emit(
        ContactConnected(
            contact_id=contact.id,
            customer_id=contact.customer_id,
            agent_id=reservation.agent_id,
            waited_seconds=waited_s,
            connected_at=uow.now,
        )
    )
    return await contacts.reservation(uow, reservation_id)


def _whereabouts(reservation: Reservation, contact: Contact) -> str:
    why = {
        ReservationStatus.PENDING: f"The offer ran out at {reservation.expires_at:%H:%M:%S} UTC.",
        ReservationStatus.TIMEOUT: f"The offer ran out at {reservation.expires_at:%H:%M:%S} UTC.",
        ReservationStatus.REJECTED: "The offer was declined.",
        ReservationStatus.RESCINDED: "The customer left while the offer stood.",
        ReservationStatus.SUPERSEDED: "The offer was withdrawn.",
    }[ReservationStatus(reservation.status)]
    where = {
        ContactState.WAITING: "The contact waits again.",
        ContactState.OFFERED: f"The contact is offered to {contact.agent_name} now.",
        ContactState.CONNECTED: f"The contact is with {contact.agent_name} now.",
        ContactState.ENDED: f"The contact was served by {contact.agent_name}.",
        ContactState.ABANDONED: "The contact is over.",
    }[ContactState(contact.state)]
    if reservation.status == ReservationStatus.PENDING:
        return f"{why} The contact goes to somebody else."
    return f"{why} {where}"
