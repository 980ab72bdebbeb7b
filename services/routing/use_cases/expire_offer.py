"""Nobody answered in time: the contact goes on, and an agent who misses offer after offer is set away."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.domain.contact import Activity, Trigger
from services.routing.domain.reservation import ReservationStatus, has_expired
from services.routing.repository import agents, contacts, matching, queues
from services.routing.use_cases.change_activity import set_activity
from services.routing.use_cases.match import match_agent
from services.routing.use_cases.return_contact import return_contact


async def expire_offer(uow: UnitOfWork, reservation_id: UUID) -> None:
    """Close an offer whose time is over; one that was answered meanwhile stays as it is."""
    await matching.lock_dispatch(uow)
    reservation = await contacts.reservation(uow, reservation_id)
    if reservation.status != ReservationStatus.PENDING or not has_expired(reservation.expires_at, uow.now):
        return
    contact = await contacts.any_contact(uow, reservation.contact_id)
    queue = await queues.queue(uow, contact.queue or "")
    misses = await agents.note_miss(uow, reservation.agent_id)
    await return_contact(uow, reservation, ReservationStatus.TIMEOUT, None)
    if misses >= queue.misses_allowed:
        await set_activity(uow, await agents.agent(uow, reservation.agent_id), Activity.AWAY)
    else:
        await match_agent(uow, reservation.agent_id, Trigger.AGENT_FREED)
