"""An offer came to nothing: the contact waits again with its original age, and the agent has the place back."""

from services.kit.db import UnitOfWork
from services.routing.domain.contact import ContactState, Trigger
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Reservation
from services.routing.repository import agents, contacts
from services.routing.use_cases.match import match_contact

NOBODY = {"agent_id": None, "agent_name": None, "team": None, "site": None, "vendor": None}


async def withdraw(uow: UnitOfWork, reservation: Reservation, to: ReservationStatus, reason: str | None) -> bool:
    """Close a pending offer and give the place back; False when it is no longer pending."""
    if not await contacts.move(uow, reservation.id, to, reason=reason, closed_at=uow.now):
        return False
    await agents.free_place(uow, reservation.agent_id, reservation.channel)
    return True


async def return_contact(uow: UnitOfWork, reservation: Reservation, to: ReservationStatus, reason: str | None) -> bool:
    """Close a pending offer, keep the contact from this agent for now, and look for another; False when it is no longer pending."""
    if not await withdraw(uow, reservation, to, reason):
        return False
    await contacts.change(uow, reservation.contact_id, state=ContactState.WAITING.value, **NOBODY)
    if to in (ReservationStatus.REJECTED, ReservationStatus.TIMEOUT):
        await contacts.exclude(uow, reservation.contact_id, reservation.agent_id, reason or to.value)
    await match_contact(uow, reservation.contact_id, Trigger.CONTACT_RETURNED)
    return True
