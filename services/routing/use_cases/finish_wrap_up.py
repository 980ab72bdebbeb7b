"""The work after the talk is done, or its time is over: the agent is free for the next."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.routing.domain.contact import Trigger
from services.routing.domain.reservation import ReservationStatus
from services.routing.models import Reservation
from services.routing.repository import agents, contacts, matching
from services.routing.use_cases.match import match_agent

FINISH_WRAP_UP = "finish_wrap_up"


class NotWrapping(Conflict):
    """Only a reservation in wrap-up can be completed."""

    code = "reservation_not_wrapping"


async def finish_wrap_up(uow: UnitOfWork, reservation_id: UUID) -> Reservation:
    """Complete the reservation and give the agent the next contact; doing it twice is doing it once. Raises NotWrapping."""
    await matching.lock_dispatch(uow)
    reservation = await contacts.reservation(uow, reservation_id)
    if reservation.status == ReservationStatus.COMPLETED:
        return reservation
    if reservation.status != ReservationStatus.WRAPPING:
        raise NotWrapping(f"Reservation {reservation_id} is {reservation.status}.")
    await contacts.move(uow, reservation_id, ReservationStatus.COMPLETED, closed_at=uow.now)
    await agents.free_place(uow, reservation.agent_id, reservation.channel)
    await uow.cancel(FINISH_WRAP_UP, key=str(reservation_id))
    await match_agent(uow, reservation.agent_id, Trigger.AGENT_FREED)
    return await contacts.reservation(uow, reservation_id)
