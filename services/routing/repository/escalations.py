"""Escalations."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, update
from sqlalchemy import select as pick
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.paging import Page, encode_cursor
from services.routing.domain.escalation import REMEMBERED, UNHAPPY_AT, UNRESOLVED
from services.routing.models import Contact, Escalation, SurveyLabel
from services.routing.repository.agents import within_limits
from services.routing.repository.contacts import position


class EscalationNotFound(NotFound):
    """There is no such escalation, or not at your sites and vendors."""

    code = "escalation_not_found"


async def escalation(tx: Tx, escalation_id: UUID) -> Escalation:
    """Return an escalation; raises EscalationNotFound."""
    here = (col(Escalation.id) == escalation_id, within_limits(tx.principal, Escalation.site, Escalation.vendor))
    found = await tx.first(select(Escalation).where(*here), Escalation)
    if found is None:
        raise EscalationNotFound(f"There is no escalation {escalation_id}.")
    return found


async def unresolved(tx: Tx, subject: str) -> Escalation | None:
    """Return the escalation of this subject that is not over; None when there is none."""
    here = (col(Escalation.subject) == subject, col(Escalation.state).in_(UNRESOLVED))
    return await tx.first(select(Escalation).where(*here), Escalation)


async def escalations_page(tx: Tx, filters: Mapping[str, Any], cursor: str | None, limit: int) -> Page[Escalation]:
    """List escalations, newest first; filters by the columns of these names, None for all."""
    statement = select(Escalation).where(within_limits(tx.principal, Escalation.site, Escalation.vendor))
    for name, value in filters.items():
        if value is not None:
            statement = statement.where(getattr(Escalation, name) == value)
    if cursor is not None:
        at, last_id = position(cursor)
        statement = statement.where(or_(col(Escalation.raised_at) < at, and_(col(Escalation.raised_at) == at, col(Escalation.id) < last_id)))
    found = await tx.all(statement.order_by(col(Escalation.raised_at).desc(), col(Escalation.id).desc()).limit(limit + 1), Escalation)
    last = found[limit - 1] if len(found) > limit else None
    following = encode_cursor(last.raised_at.isoformat(), str(last.id)) if last else None
    return Page[Escalation](items=found[:limit], next_cursor=following)


async def add(uow: UnitOfWork, row: dict[str, Any]) -> bool:
    """Write an escalation down; False when its subject has one that is not over."""
    return await uow.insert_ignore(Escalation, row)


async def change(uow: UnitOfWork, known: Escalation, **values: Any) -> bool:
    """Change an escalation that is still as it was read; False when somebody was faster."""
    here = (col(Escalation.id) == known.id, col(Escalation.version) == known.version)
    return await uow.execute(update(Escalation).where(*here).values(**values, version=Escalation.version + 1)) == 1


async def newest_contact(tx: Tx, *, case_id: UUID | None, follow_up_id: UUID | None) -> Contact | None:
    """Return the newest contact of a case or follow-up that was in a queue; None when there is none for who asks."""
    of = col(Contact.case_id) == case_id if case_id is not None else col(Contact.follow_up_id) == follow_up_id
    here = (of, col(Contact.queue).is_not(None), within_limits(tx.principal, Contact.site, Contact.vendor))
    return await tx.first(select(Contact).where(*here).order_by(col(Contact.queued_at).desc(), col(Contact.id).desc()).limit(1), Contact)


async def unhappy_answers(tx: Tx, contact: Contact) -> int:
    """Count the contacts of this customer, or else of this case, of which unhappy answers were given lately."""
    if contact.customer_id is not None:
        same = col(Contact.customer_id) == contact.customer_id
    elif contact.case_id is not None:
        same = col(Contact.case_id) == contact.case_id
    else:
        same = col(Contact.id) == contact.id
    joined = pick(func.count()).select_from(SurveyLabel).join(Contact, col(Contact.id) == col(SurveyLabel.contact_id))
    lately = (col(SurveyLabel.resolved) <= UNHAPPY_AT, col(SurveyLabel.answered_at) > tx.now - REMEMBERED)
    return int(await tx.scalar(joined.where(same, *lately)))


async def of_customer(tx: Tx, customer_id: UUID, *, open_only: bool = False) -> list[UUID]:
    """Return the customer's escalations, also those that were raised before anybody knew whose they are."""
    theirs = pick(col(Contact.id)).where(col(Contact.customer_id) == customer_id)
    statement = pick(col(Escalation.id)).where(or_(col(Escalation.customer_id) == customer_id, col(Escalation.contact_id).in_(theirs)))
    if open_only:
        statement = statement.where(col(Escalation.state).in_(UNRESOLVED))
    return [row["id"] for row in await tx.rows(statement)]


async def forget(uow: UnitOfWork, ids: list[UUID]) -> int:
    """Blank the texts of these escalations; that there were any stays. Return how many rows that were."""
    blank: dict[str, Any] = {"reason": "erased", "outcome": None, "version": Escalation.version + 1}
    return await uow.execute(update(Escalation).where(col(Escalation.id).in_(ids)).values(**blank))
