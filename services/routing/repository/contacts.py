"""Contacts, their reservations, exclusions and decisions."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, update
from sqlalchemy import select as pick
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import InvalidInput, NotFound
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.routing.contract import ContactSummary, CustomerContacts
from services.routing.domain.contact import OPEN_STATES, ContactState
from services.routing.domain.reservation import HOLDING, ReservationStatus, predecessors
from services.routing.models import Agent, Contact, Exclusion, Reservation, RoutingDecision
from services.routing.repository.agents import is_within_limits, within_limits

RECENT = 20


class ContactNotFound(NotFound):
    """There is no such contact, or not at your sites and vendors."""

    code = "contact_not_found"


class ReservationNotFound(NotFound):
    """There is no such reservation, or not at your sites and vendors."""

    code = "reservation_not_found"


async def contact(tx: Tx, contact_id: UUID) -> Contact:
    """Return a contact; raises ContactNotFound."""
    here = and_(col(Contact.id) == contact_id, within_limits(tx.principal, Contact.site, Contact.vendor))
    found = await tx.first(select(Contact).where(here), Contact)
    if found is None:
        raise ContactNotFound(f"There is no contact {contact_id}.")
    return found


async def any_contact(tx: Tx, contact_id: UUID) -> Contact:
    """Return a contact whatever the principal's limits, for work that follows from somebody's command; raises ContactNotFound."""
    found = await tx.first(select(Contact).where(col(Contact.id) == contact_id), Contact)
    if found is None:
        raise ContactNotFound(f"There is no contact {contact_id}.")
    return found


async def find(tx: Tx, contact_id: UUID) -> Contact | None:
    """Return a contact whatever the principal's limits; None when it is not ours."""
    return await tx.first(select(Contact).where(col(Contact.id) == contact_id), Contact)


async def contact_called(tx: Tx, external_id: str) -> Contact | None:
    """Return the contact that another system calls so; None when it is new. Raises ContactNotFound for one of somebody else's sites."""
    found = await tx.first(select(Contact).where(col(Contact.external_id) == external_id), Contact)
    if found is not None and found.site is not None and not is_within_limits(tx.principal, found.site, found.vendor):
        raise ContactNotFound(f"There is no contact {external_id} at your sites and vendors.")
    return found


async def open_call_back(tx: Tx, follow_up_id: UUID) -> Contact | None:
    """Return the call-back for this follow-up that is not over yet."""
    here = and_(col(Contact.follow_up_id) == follow_up_id, col(Contact.state).in_(OPEN_STATES))
    return await tx.first(select(Contact).where(here).limit(1), Contact)


async def any_contact_called(tx: Tx, external_id: str) -> Contact | None:
    """Return the contact of this name whatever the principal's limits; None when there is none."""
    return await tx.first(select(Contact).where(col(Contact.external_id) == external_id), Contact)


async def ended_of_case(tx: Tx, case_id: UUID, channel: str) -> list[UUID]:
    """Return the contacts of a case over one channel that are over, oldest first."""
    here = and_(col(Contact.case_id) == case_id, col(Contact.channel) == channel, col(Contact.state) == ContactState.ENDED)
    return [row["id"] for row in await tx.rows(pick(col(Contact.id)).where(here).order_by(col(Contact.ended_at)).limit(100))]


async def last_agent_of_case(tx: Tx, case_id: UUID) -> UUID | None:
    """Return the agent who has this case, or had it last; None when nobody did."""
    took = col(Contact.state).in_((ContactState.CONNECTED, ContactState.ENDED))
    here = and_(col(Contact.case_id) == case_id, col(Contact.agent_id).is_not(None), took)
    found = await tx.rows(pick(col(Contact.agent_id)).where(here).order_by(col(Contact.connected_at).desc()).limit(1))
    return found[0]["agent_id"] if found else None


async def contacts_page(tx: Tx, state: str | None, queue: str | None, cursor: str | None, limit: int) -> Page[Contact]:
    """List contacts, newest first."""
    statement = select(Contact).where(within_limits(tx.principal, Contact.site, Contact.vendor))
    if state is not None:
        statement = statement.where(col(Contact.state) == state)
    if queue is not None:
        statement = statement.where(col(Contact.queue) == queue)
    if cursor is not None:
        at, last_id = position(cursor)
        statement = statement.where(or_(col(Contact.queued_at) < at, and_(col(Contact.queued_at) == at, col(Contact.id) < last_id)))
    statement = statement.order_by(col(Contact.queued_at).desc(), col(Contact.id).desc()).limit(limit + 1)
    found = await tx.all(statement, Contact)
    last = found[limit - 1] if len(found) > limit else None
    following = encode_cursor(last.queued_at.isoformat(), str(last.id)) if last else None
    return Page[Contact](items=found[:limit], next_cursor=following)


def position(cursor: str) -> tuple[datetime, UUID]:
    """Return moment and id of the last row of the page before; raises InvalidInput."""
    at, last_id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(at).astimezone(UTC), UUID(last_id)
    except (ValueError, OverflowError) as reason:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from reason


async def change(uow: UnitOfWork, contact_id: UUID, **values: Any) -> None:
    """Change columns of a contact and count its version up."""
    values |= {"version": Contact.version + 1, "changed_at": uow.now}
    await uow.execute(update(Contact).where(col(Contact.id) == contact_id).values(**values))


async def reservation(tx: Tx, reservation_id: UUID) -> Reservation:
    """Return a reservation; raises ReservationNotFound."""
    statement = (
        select(Reservation)
        .join(Agent, col(Agent.id) == col(Reservation.agent_id))
        .where(col(Reservation.id) == reservation_id, within_limits(tx.principal, Agent.site, Agent.vendor))
    )
    found = await tx.first(statement, Reservation)
    if found is None:
        raise ReservationNotFound(f"There is no reservation {reservation_id}.")
    return found


async def holding(tx: Tx, contact_id: UUID) -> Reservation | None:
    """Return the one reservation that holds this contact; None while it waits or is over."""
    here = and_(col(Reservation.contact_id) == contact_id, col(Reservation.status).in_(HOLDING))
    return await tx.first(select(Reservation).where(here), Reservation)


async def pending_of(tx: Tx, agent_id: UUID) -> list[Reservation]:
    """Return the agent's open offers, oldest first."""
    here = and_(col(Reservation.agent_id) == agent_id, col(Reservation.status) == ReservationStatus.PENDING)
    return await tx.all(select(Reservation).where(here).order_by(col(Reservation.created_at)).limit(100), Reservation)


async def contacts_by_id(tx: Tx, contact_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return these contacts by id."""
    found = await tx.all(select(Contact).where(col(Contact.id).in_(contact_ids)), Contact)
    return {each.id: each for each in found}


async def move(uow: UnitOfWork, reservation_id: UUID, to: ReservationStatus, **values: Any) -> bool:
    """Change a reservation's status if the automaton allows it from where it stands; False when it does not."""
    here = and_(col(Reservation.id) == reservation_id, col(Reservation.status).in_(predecessors(to)))
    values |= {"status": to, "version": Reservation.version + 1}
    return await uow.execute(update(Reservation).where(here).values(**values)) == 1


async def exclude(uow: UnitOfWork, contact_id: UUID, agent_id: UUID, reason: str) -> None:
    """Keep this contact from this agent for now."""
    row = {"contact_id": contact_id, "agent_id": agent_id, "reason": reason, "excluded_at": uow.now}
    await uow.upsert(Exclusion, row, key=("contact_id", "agent_id"))


async def exclusion(tx: Tx, contact_id: UUID, agent_id: UUID) -> Exclusion | None:
    """Return why this agent is not asked for this contact; None when nothing keeps them."""
    here = and_(col(Exclusion.contact_id) == contact_id, col(Exclusion.agent_id) == agent_id)
    return await tx.first(select(Exclusion).where(here), Exclusion)


async def exclusions(tx: Tx, contact_id: UUID) -> list[Exclusion]:
    """Return everybody who let this contact pass."""
    return await tx.all(select(Exclusion).where(col(Exclusion.contact_id) == contact_id).limit(200), Exclusion)


async def decisions(tx: Tx, contact_id: UUID) -> list[RoutingDecision]:
    """Return the last 20 decisions on a contact, newest first."""
    statement = (
        select(RoutingDecision)
        .where(col(RoutingDecision.contact_id) == contact_id)
        .order_by(col(RoutingDecision.decided_at).desc(), col(RoutingDecision.id).desc())
        .limit(20)
    )
    return await tx.all(statement, RoutingDecision)


async def decisions_for(tx: Tx, reservation_ids: Sequence[UUID]) -> dict[UUID, RoutingDecision]:
    """Return by reservation the decision that made it."""
    found = await tx.all(select(RoutingDecision).where(col(RoutingDecision.reservation_id).in_(reservation_ids)), RoutingDecision)
    return {each.reservation_id: each for each in found if each.reservation_id is not None}


async def count_by_state(tx: Tx, queue: str) -> dict[str, int]:
    """Count a queue's open contacts by state."""
    statement = (
        select(col(Contact.state), func.count().label("contacts"))
        .where(col(Contact.queue) == queue, col(Contact.state).in_(OPEN_STATES))
        .group_by(col(Contact.state))
    )
    return {row["state"]: row["contacts"] for row in await tx.rows(statement)}


async def longest_wait(tx: Tx, queue: str) -> timedelta:
    """Return how long the oldest waiting contact of a queue has waited; zero when none waits."""
    here = and_(col(Contact.queue) == queue, col(Contact.state) == "waiting")
    found = await tx.rows(select(col(Contact.waits_from)).where(here).order_by(col(Contact.waits_from)).limit(1))
    return max(tx.now - found[0]["waits_from"], timedelta()) if found else timedelta()


class _Ranked(ContactSummary):
    """A summary with its customer and place."""

    customer_id: UUID
    changed_at: datetime


async def contacts_of(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, tuple[CustomerContacts, datetime]]:
    """Return per customer every open contact and the last 20 that are over, with the last change: one statement."""
    is_open = col(Contact.state).in_(OPEN_STATES)
    place = func.row_number().over(partition_by=[col(Contact.customer_id), is_open], order_by=col(Contact.queued_at).desc())
    names = [*ContactSummary.model_fields, "customer_id", "changed_at"]
    ranked = pick(*(getattr(Contact, name) for name in names), place.label("place")).where(
        col(Contact.customer_id).in_(customer_ids), within_limits(tx.principal, Contact.site, Contact.vendor)
    )
    newest = ranked.subquery()
    statement = pick(newest).where(newest.c.place <= RECENT).order_by(newest.c.queued_at.desc(), newest.c.id.desc())
    found = await tx.all(statement, _Ranked)
    answer: dict[UUID, tuple[CustomerContacts, datetime]] = {}
    for customer_id in {each.customer_id for each in found}:
        own = [each for each in found if each.customer_id == customer_id]
        summaries = [ContactSummary.model_validate(each) for each in own]
        answer[customer_id] = (
            CustomerContacts(
                open=[each for each in summaries if each.state in OPEN_STATES],
                recent=[each for each in summaries if each.state not in OPEN_STATES],
            ),
            max(each.changed_at for each in own),
        )
    return answer


async def first_queued(tx: Tx, queue: str) -> datetime | None:
    """Return when the first contact of a queue came; None when none ever did."""
    found: datetime | None = await tx.scalar(pick(func.min(col(Contact.queued_at))).where(col(Contact.queue) == queue))
    return found


async def queued_between(tx: Tx, queue: str, begin: datetime, end: datetime) -> list[datetime]:
    """Return when contacts of a queue came, in order."""
    here = (col(Contact.queue) == queue, col(Contact.queued_at) >= begin, col(Contact.queued_at) < end)
    return [row["queued_at"] for row in await tx.rows(pick(col(Contact.queued_at)).where(*here).order_by(col(Contact.queued_at)))]
