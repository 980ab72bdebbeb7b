"""An agent lets an offer pass and says why; the contact goes to somebody else with its original age."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.fields import Command, Line
from services.routing.domain.contact import Trigger
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Reservation
from services.routing.repository import contacts, matching
from services.routing.use_cases.accept_offer import OfferGone
from services.routing.use_cases.match import match_agent
from services.routing.use_cases.return_contact import return_contact


class DeclineOffer(Command):
    """Why the agent does not take it."""

    reason: Line


async def decline_offer(uow: UnitOfWork, reservation_id: UUID, command: DeclineOffer) -> Reservation:
    """Close the offer; declining twice is declining once. Raises OfferGone when it is no longer open."""
    await matching.lock_dispatch(uow)
    reservation = await contacts.reservation(uow, reservation_id)
    if reservation.status == ReservationStatus.REJECTED:
        return reservation
    if not await return_contact(uow, reservation, ReservationStatus.REJECTED, command.reason):
        raise OfferGone(f"The offer {reservation_id} is {reservation.status} and cannot be declined any more.")
    await match_agent(uow, reservation.agent_id, Trigger.AGENT_FREED)
    return await contacts.reservation(uow, reservation_id)
