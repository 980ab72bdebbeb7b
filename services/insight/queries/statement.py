"""A department's charge-back statement: every line a contact, the total the sum of the lines."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import StatementLineView, StatementView
from services.insight.domain.charge import amount, minutes, rate_text, seconds
from services.insight.domain.period import Asked, Period
from services.insight.models import ContactFact, Department, Dispute, FeedbackFact
from services.insight.queries.moved import contacts_moved
from services.insight.queries.narrow import compared_with, period_of, quoted, within
from services.insight.repository.limits import is_limited
from services.insight.repository.rollups import tally
from services.kit.db import Tx
from services.kit.errors import InvalidInput, NotFound
from services.kit.paging import decode_cursor, encode_cursor


def _behind(cursor: str | None) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    moment, contact = decode_cursor(cursor, 2)
    try:
        ended_at, contact_id = datetime.fromisoformat(moment).astimezone(UTC), UUID(contact)
    except (ValueError, OverflowError) as wrong:
        raise InvalidInput("The cursor is not one that this list gave out.", pointer="/cursor") from wrong
    same = and_(col(ContactFact.ended_at) == ended_at, col(ContactFact.contact_id) > contact_id)
    return [or_(col(ContactFact.ended_at) > ended_at, same)]


def _line(row: Any, items: Mapping[UUID, list[UUID]], disputed: Mapping[UUID, tuple[UUID, str]]) -> StatementLineView:
    dispute_id, state = disputed.get(row["contact_id"], (None, None))
    return StatementLineView(
        contact_id=row["contact_id"],
        external_id=row["external_id"],
        ended_at=row["ended_at"],
        channel=row["channel"],
        driver=row["driver"],
        site=row["site"],
        vendor=row["vendor"],
        handle_seconds=seconds(row["handle_ms"]),
        minutes=minutes(row["handle_ms"]),
        rate_id=row["rate_id"],
        per_hour=None if row["per_hour_micros"] is None else rate_text(row["per_hour_micros"]),
        amount=None if row["cost_cents"] is None else amount(row["cost_cents"]),
        feedback_items=items.get(row["contact_id"], []),
        dispute_id=dispute_id,
        dispute_state=state,
    )


async def _evidence(tx: Tx, contacts: Sequence[UUID]) -> tuple[dict[UUID, list[UUID]], dict[UUID, tuple[UUID, str]]]:
    """Return what was said about each contact, and its last dispute."""
    items: dict[UUID, list[UUID]] = defaultdict(list)
    said = select(col(FeedbackFact.contact_id), col(FeedbackFact.item_id)).where(col(FeedbackFact.contact_id).in_(contacts))
    for row in await tx.rows(said.order_by(col(FeedbackFact.said_at), col(FeedbackFact.item_id))):
        items[row["contact_id"]].append(row["item_id"])
    columns = (col(Dispute.contact_id), col(Dispute.id), col(Dispute.state))
    raised = await tx.rows(select(*columns).where(col(Dispute.contact_id).in_(contacts)).order_by(col(Dispute.id)))
    return items, {row["contact_id"]: (row["id"], row["state"]) for row in raised}


async def _lines(tx: Tx, conditions: list[ColumnElement[bool]], cursor: str | None, limit: int) -> tuple[list[StatementLineView], str | None]:
    """Return one page in the order (ended_at, contact_id), and where the next one begins."""
    fact = ContactFact.__table__.c  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
    columns = [column for column in fact if column.name not in {"customer_id", "case_id"}]
    statement = select(*columns).where(*conditions, *_behind(cursor)).order_by(fact.ended_at, fact.contact_id).limit(limit + 1)
    rows = await tx.rows(statement)
    items, disputed = await _evidence(tx, [row["contact_id"] for row in rows[:limit]])
    lines = [_line(row, items, disputed) for row in rows[:limit]]
    more = len(rows) > limit
    return lines, encode_cursor(lines[-1].ended_at.isoformat(), str(lines[-1].contact_id)) if more else None


async def _name(tx: Tx, key: str) -> str:
    """Return a department's name; one that caused contacts but was never named goes by its key."""
    named: str | None = await tx.scalar(select(col(Department.name)).where(col(Department.key) == key))
    if named is not None:
        return named
    charged = select(col(ContactFact.contact_id)).where(col(ContactFact.department) == key).limit(1)
    if await tx.scalar(charged) is None:
        raise NotFound("There is no department of that name.")
    return key


async def statement(tx: Tx, key: str, asked: Asked, cursor: str | None, limit: int) -> StatementView:
    """Return the totals of the whole period and one page of lines; raises NotFound for a department nobody knows."""
    name = await _name(tx, key)
    period: Period = period_of(tx, asked)
    conditions = [*within(tx, ContactFact, "ended_at", period, asked), col(ContactFact.department) == key]
    past = compared_with(asked, period)
    before = [*within(tx, ContactFact, "ended_at", past, asked), col(ContactFact.department) == key]
    totals = select(
        func.count().label("contacts"),
        func.coalesce(func.sum(col(ContactFact.handle_ms)), 0).label("handle_ms"),
        func.coalesce(func.sum(col(ContactFact.cost_cents)), 0).label("cents"),
        tally(col(ContactFact.cost_cents).is_(None)).label("unpriced"),
    )
    total, old = (await tx.rows(totals.where(*conditions)))[0], (await tx.rows(totals.where(*before)))[0]
    lines, next_cursor = await _lines(tx, conditions, cursor, limit)
    return StatementView(
        department=key,
        name=name,
        definitions={"contacts": "contacts@1", "amount": "cost@1"},
        currency=await repository.currency(tx),
        contacts=total["contacts"],
        handle_seconds=seconds(int(total["handle_ms"])),
        minutes=minutes(int(total["handle_ms"])),
        amount=amount(int(total["cents"])),
        contacts_before=old["contacts"],
        amount_before=amount(int(old["cents"])),
        contacts_change=contacts_moved((old["contacts"], past), (total["contacts"], period)),
        unpriced_contacts=total["unpriced"],
        complete=not is_limited(tx),
        lines=lines,
        next_cursor=next_cursor,
        **quoted(period, past, asked),
    )
