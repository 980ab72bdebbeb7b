"""Selects by key, and the writes that keep facts true whatever order events come in. Larger reads live in queries/."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, desc, func, literal, or_, select, update
from sqlmodel import SQLModel, col

from services.insight.domain.cause import Cause, cause_of
from services.insight.domain.charge import AGENT, CENT_DIVISOR
from services.insight.models import (
    AnswerFact,
    ContactFact,
    CostRate,
    CustomerSegment,
    Department,
    Dispute,
    DriverOwner,
    ErasedCustomer,
    FeedbackFact,
    FollowUpFact,
    Initiative,
    InitiativeEvidence,
    InvitationFact,
    KnownSubject,
    OptOutFact,
    SuppressedFact,
    ToldFact,
)
from services.insight.repository.rollups import touch, touch_where
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound

LINKED: tuple[type[SQLModel], ...] = (ContactFact, FeedbackFact, AnswerFact, InvitationFact, FollowUpFact, ToldFact, OptOutFact, SuppressedFact)


async def customers_for(tx: Tx, told: Mapping[UUID, UUID | None]) -> dict[UUID, UUID | None]:
    """Return whom each fact belongs to: as told, else as learnt apart from it; None for nobody known and for the erased."""
    nameless = [subject_id for subject_id, customer_id in told.items() if customer_id is None]
    found = dict(told)
    if nameless:
        learnt = select(col(KnownSubject.subject_id), col(KnownSubject.customer_id)).where(col(KnownSubject.subject_id).in_(nameless))
        found |= {row["subject_id"]: row["customer_id"] for row in await tx.rows(learnt)}
    wanted = {customer_id for customer_id in found.values() if customer_id is not None}
    if not wanted:
        return found
    erased = select(col(ErasedCustomer.customer_id)).where(col(ErasedCustomer.customer_id).in_(list(wanted)))
    forgotten = {row["customer_id"] for row in await tx.rows(erased)}
    return {subject_id: None if customer_id in forgotten else customer_id for subject_id, customer_id in found.items()}


async def customer_for(tx: Tx, customer_id: UUID | None, subject_id: UUID) -> UUID | None:
    """Return whom one fact belongs to."""
    return (await customers_for(tx, {subject_id: customer_id}))[subject_id]


async def put(uow: UnitOfWork, model: type[SQLModel], key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert a fact, or bring the one that is there up to date; a customer once known is not forgotten for a None."""
    if await uow.insert_ignore(model, {**key, **values}):
        return
    changed = {name: value for name, value in values.items() if name != "customer_id" or value is not None}
    table: Any = model
    await uow.execute(update(model).where(*(getattr(table, name) == value for name, value in key.items())).values(changed))


async def department_of(tx: Tx, driver: str | None) -> str | None:
    """Return the department that causes a driver; None when feedback has not said."""
    if driver is None:
        return None
    found: str | None = await tx.scalar(select(col(DriverOwner.department)).where(col(DriverOwner.driver) == driver))
    return found


async def learn_owner(uow: UnitOfWork, driver: str | None, department: str | None) -> None:
    """Remember who causes a driver, and give facts that had the driver but no department theirs."""
    if driver is None or department is None or await department_of(uow, driver) == department:
        return
    await uow.upsert(DriverOwner, {"driver": driver, "department": department}, key=("driver",))
    orphan = (col(ContactFact.driver) == driver) & col(ContactFact.department).is_(None)
    touched = list(await uow.rows(select(col(ContactFact.contact_id)).where(orphan).limit(1)))
    if touched:
        since: datetime = await uow.scalar(select(func.min(col(ContactFact.ended_at))).where(orphan))
        await touch_where(uow, ContactFact, orphan)
        await uow.execute(update(ContactFact).where(orphan).values(department=department))
        await price(uow, (col(ContactFact.driver) == driver) & (col(ContactFact.ended_at) >= since))
    for model in (FeedbackFact, AnswerFact):
        ownerless = (col(model.driver) == driver) & col(model.department).is_(None)
        await touch_where(uow, model, ownerless)
        await uow.execute(update(model).where(ownerless).values(department=department))


async def settle(uow: UnitOfWork, contact_id: UUID | None) -> None:
    """Work out anew what a contact was about, and pass it on to its answers; derived from stored facts, so order is no matter."""
    if contact_id is None:
        return
    contact = await uow.first(select(ContactFact).where(col(ContactFact.contact_id) == contact_id), ContactFact)
    attributed = await _attributed(uow, contact, contact_id)
    heard = await _heard(uow, contact_id)
    cause = cause_of(attributed, heard)
    if cause.driver is not None and cause.department is None:
        cause = Cause(cause.driver, await department_of(uow, cause.driver), by_person=cause.by_person)
    decided = await _decided(uow, contact_id)
    department = decided[0] if decided else cause.department
    counted = {"driver": cause.driver, "department": department, "product": await _product(uow, contact_id)}
    answers, items = col(AnswerFact.contact_id) == contact_id, col(FeedbackFact.contact_id) == contact_id
    await touch_where(uow, AnswerFact, answers)
    await uow.execute(update(AnswerFact).where(answers).values(counted))
    if contact is None:
        return
    await touch(uow, "contact", [contact.ended_at])
    await uow.execute(update(ContactFact).where(col(ContactFact.contact_id) == contact_id).values(counted))
    await price(uow, col(ContactFact.contact_id) == contact_id)
    place = {"site": contact.site, "vendor": contact.vendor, "team": contact.team}
    await touch_where(uow, FeedbackFact, items)
    await uow.execute(update(FeedbackFact).where(items).values(place))


async def _decided(tx: Tx, contact_id: UUID) -> list[str | None]:
    """Return who pays by the last dispute that was accepted; empty when there is none."""
    accepted = (col(Dispute.contact_id) == contact_id, col(Dispute.state) == "accepted")
    newest = select(col(Dispute.suggested)).where(*accepted).order_by(desc(col(Dispute.id))).limit(1)
    return [row["suggested"] for row in await tx.rows(newest)]


async def _product(tx: Tx, contact_id: UUID) -> str | None:
    """Return the product that the earliest feedback about a contact names."""
    named = (col(FeedbackFact.contact_id) == contact_id, col(FeedbackFact.product).is_not(None))
    order = (col(FeedbackFact.said_at), col(FeedbackFact.item_id))
    found: str | None = await tx.scalar(select(col(FeedbackFact.product)).where(*named).order_by(*order).limit(1))
    return found


async def segment_of(tx: Tx, customer_id: UUID | None) -> str | None:
    """Return the tier that a customer has now, as last told."""
    if customer_id is None:
        return None
    mine = col(CustomerSegment.customer_id) == customer_id
    found: str | None = await tx.scalar(select(col(CustomerSegment.segment)).where(mine))
    return found


async def _attributed(tx: Tx, contact: ContactFact | None, contact_id: UUID) -> Cause:
    if contact is not None:
        return Cause(contact.attributed_driver, contact.attributed_department)
    columns = select(col(AnswerFact.attributed_driver), col(AnswerFact.attributed_department))
    rows = await tx.rows(columns.where(col(AnswerFact.contact_id) == contact_id).limit(1))
    return Cause(rows[0]["attributed_driver"], rows[0]["attributed_department"]) if rows else Cause(None, None)


async def _heard(tx: Tx, contact_id: UUID) -> Cause | None:
    """Return what feedback about the contact says: a person's word first, then the earliest item."""
    columns = select(col(FeedbackFact.driver), col(FeedbackFact.department), col(FeedbackFact.driver_by_person))
    found = columns.where(col(FeedbackFact.contact_id) == contact_id, col(FeedbackFact.driver).is_not(None))
    order = (desc(col(FeedbackFact.driver_by_person)), col(FeedbackFact.said_at), col(FeedbackFact.item_id))
    rows = await tx.rows(found.order_by(*order).limit(1))
    if not rows:
        return None
    return Cause(rows[0]["driver"], rows[0]["department"], by_person=rows[0]["driver_by_person"])


async def price(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    """Price contacts anew in three set-based steps: choose the rate in force when each ended, copy it, round half to even.

    The rate for the paying department goes before the general one, the channel's before the general one, the newest before older.
    The same arithmetic as `domain.charge.cost_cents`.
    """
    special = col(CostRate.role) == literal(f"{AGENT}.") + col(ContactFact.channel)
    fits = (
        or_(special, col(CostRate.role) == AGENT),
        or_(col(CostRate.department) == "", col(CostRate.department) == col(ContactFact.department)),
        col(CostRate.valid_from) <= col(ContactFact.ended_at),
    )
    # Of the two roles that fit, the channel's is the longer; SQLite cannot look at the outer row while it orders.
    order = (desc(func.length(col(CostRate.department)) > 0), desc(func.length(col(CostRate.role))), desc(col(CostRate.valid_from)))
    chosen = select(col(CostRate.id)).where(*fits).order_by(*order).limit(1).correlate(ContactFact).scalar_subquery()
    await uow.execute(update(ContactFact).where(which).values(rate_id=chosen))
    micros = select(col(CostRate.per_hour_micros)).where(col(CostRate.id) == col(ContactFact.rate_id)).correlate(ContactFact)
    await uow.execute(update(ContactFact).where(which).values(per_hour_micros=micros.scalar_subquery()))
    await uow.execute(update(ContactFact).where(which).values(cost_cents=_half_even(_micro_milliseconds(), CENT_DIVISOR)))


def _micro_milliseconds() -> ColumnElement[int]:
    return col(ContactFact.handle_ms) * col(ContactFact.per_hour_micros)


def _half_even(product: ColumnElement[int], divisor: int) -> ColumnElement[Any]:
    """Divide whole numbers, rounding half to even; the rest is taken off first, so that the division is exact on every engine."""
    rest = product % divisor
    whole = (product - rest) // literal(divisor)
    up = or_(rest * 2 > divisor, (rest * 2 == divisor) & (whole % 2 == 1))
    return case((product.is_(None), None), (up, whole + 1), else_=whole)


async def currency(tx: Tx) -> str | None:
    """Return the one currency that rates are in; None while there is no rate."""
    found: str | None = await tx.scalar(select(col(CostRate.currency)).limit(1))
    return found


async def current_rate(tx: Tx, role: str, department: str, at: datetime) -> CostRate | None:
    """Return the rate row in force at a moment for exactly this role and department."""
    mine = (col(CostRate.role) == role, col(CostRate.department) == department, col(CostRate.valid_from) <= at)
    return await tx.first(select(CostRate).where(*mine).order_by(desc(col(CostRate.valid_from))).limit(1), CostRate)


async def rates(tx: Tx) -> list[CostRate]:
    """Return all rates, newest first; there are few."""
    order = (col(CostRate.role), col(CostRate.department), desc(col(CostRate.valid_from)))
    return await tx.all(select(CostRate).order_by(*order).limit(1000), CostRate)


async def departments(tx: Tx) -> list[Department]:
    """Return all departments by key; there are few."""
    return await tx.all(select(Department).order_by(col(Department.key)).limit(1000), Department)


async def initiative(tx: Tx, initiative_id: UUID) -> Initiative:
    """Return an initiative; raises NotFound."""
    found = await tx.first(select(Initiative).where(col(Initiative.id) == initiative_id), Initiative)
    if found is None:
        message = f"There is no initiative {initiative_id}."
        raise NotFound(message)
    return found


async def initiatives(tx: Tx, driver: str | None, evidence: UUID | None, after: UUID | None, limit: int) -> Sequence[Initiative]:
    """Return initiatives, newest first, behind `after`."""
    statement = select(Initiative).order_by(desc(col(Initiative.id))).limit(limit)
    if driver is not None:
        statement = statement.where(col(Initiative.driver) == driver)
    if evidence is not None:
        named = select(col(InitiativeEvidence.initiative_id)).where(col(InitiativeEvidence.subject_id) == evidence)
        statement = statement.where(col(Initiative.id).in_(named))
    if after is not None:
        statement = statement.where(col(Initiative.id) < after)
    return await tx.all(statement, Initiative)
