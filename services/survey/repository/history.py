"""What was recorded of contacts, deliveries and people, in order, for replaying it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, and_, func, or_
from sqlmodel import col, select

from services.kit.db import Tx
from services.survey.domain.fatigue import PastAsk
from services.survey.domain.programme import Trigger
from services.survey.models import ConsentWord, Invitation, KnownContact, KnownOrder, OpenMatter
from services.survey.repository import planning

PAGE = 500
USUAL_RATE = 0.2
"""Answers per ask, where a programme has asked too little to know its own."""
ENOUGH_ASKS = 50


@dataclass(frozen=True, slots=True)
class Happened:
    """One recorded occasion."""

    trigger: Trigger
    key: str
    at: datetime
    customer_id: UUID | None
    person_id: UUID | None
    contact_id: UUID | None
    facts: dict[str, Any]


@dataclass
class Person:
    """What is recorded of somebody."""

    customer_id: UUID
    row: RowMapping
    time_zone: str | None
    country: str | None
    email: str | None
    phone: str | None
    erased: bool
    words: list[ConsentWord] = field(default_factory=list)
    asks: list[PastAsk] = field(default_factory=list)
    matters: list[tuple[str, datetime | None, datetime | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A stretch of history, and the orders that it names."""

    happened: list[Happened]
    orders: dict[str, KnownOrder]


async def size_of_history(tx: Tx, since: datetime, until: datetime) -> int:
    """Return how many occasions a replay of this period sees."""
    contacts = select(func.count()).where(col(KnownContact.ended_at) >= since, col(KnownContact.ended_at) < until)
    deliveries = select(func.count()).where(col(KnownOrder.delivered_at) >= since, col(KnownOrder.delivered_at) < until)
    return int(await tx.scalar(contacts)) + int(await tx.scalar(deliveries))


async def history_page(tx: Tx, since: datetime, until: datetime, after: tuple[datetime, str] | None, limit: int) -> HistoryPage:
    """Return the next occasions after (moment, key) in order of time; contacts and deliveries are merged."""
    start = after[0] if after else since
    contacts = await tx.all(
        select(KnownContact)
        .where(col(KnownContact.ended_at) >= start, col(KnownContact.ended_at) < until)
        .order_by(col(KnownContact.ended_at))
        .limit(limit * 2),
        KnownContact,
    )
    delivered = and_(col(KnownOrder.delivered_at) >= start, col(KnownOrder.delivered_at) < until)
    orders = await tx.all(select(KnownOrder).where(delivered).order_by(col(KnownOrder.delivered_at)).limit(limit * 2), KnownOrder)
    found = [*(_contact(row) for row in contacts), *(_delivery(row) for row in orders)]
    merged = sorted((each for each in found if after is None or (each.at, each.key) > after), key=lambda each: (each.at, each.key))[:limit]
    references = {reference for each in merged if (reference := each.facts.get("order_reference"))}
    return HistoryPage(merged, await planning.orders(tx, references) if references else {})


async def people_of(tx: Tx, customer_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return what is recorded of these customers; merges in force count as one person's asks."""
    if not customer_ids:
        return {}
    groups = await planning.people(tx, customer_ids)
    everybody = {member for group in groups.values() for member in group}
    rows = await planning.customers(tx, everybody)
    asks, words, matters = defaultdict(list), defaultdict(list), defaultdict(list)
    for ask in await planning.asks_of(tx, everybody):
        past = PastAsk(ask["invited_at"], ask["programme"], ask["survey"], ask["channel"], ask["state"] == "answered", ask["attribution"])
        asks[ask["customer_id"]].append(past)
    for word in await planning.words_of(tx, everybody):
        words[word.customer_id].append(word)
    for matter in await tx.all(select(OpenMatter).where(planning.among(tx, col(OpenMatter.customer_id), everybody)), OpenMatter):
        matters[matter.customer_id].append((matter.kind, matter.opened_at, matter.closed_at))
    people = {}
    for customer_id, group in groups.items():
        row = rows.get(customer_id)
        if row is None:
            continue
        people[customer_id] = Person(
            group[0],
            row,
            row["time_zone"],
            row["country"],
            row["email"],
            row["phone"],
            row["erased_at"] is not None,
            [word for member in group for word in words[member]],
            [ask for member in group for ask in asks[member]],
            [matter for member in group for matter in matters[member]],
        )
    return people


async def rate_of_answers(tx: Tx, programme: str) -> tuple[float, int]:
    """Return answers per ask of a programme so far, and from how many asks; the usual rate while there are too few."""
    asked = int(await tx.scalar(select(func.count()).where(col(Invitation.programme) == programme)))
    done = or_(col(Invitation.state) == "answered", col(Invitation.answered_at).is_not(None))
    answered = int(await tx.scalar(select(func.count()).where(col(Invitation.programme) == programme, done)))
    return (answered / asked if asked >= ENOUGH_ASKS else USUAL_RATE), asked


def _contact(row: KnownContact) -> Happened:
    facts = {**(row.attribution or {}), **(row.facts or {}), "channel": row.channel}
    trigger = Trigger.FOLLOW_UP_CONTACT_ENDED if facts.get("follow_up_id") else Trigger.CONTACT_ENDED
    ended_at = row.ended_at
    if ended_at is None:
        raise ValueError(row.contact_id)
    return Happened(trigger, f"contact:{row.contact_id}", ended_at, row.customer_id, row.customer_id, row.contact_id, facts)


def _delivery(row: KnownOrder) -> Happened:
    if row.delivered_at is None:
        raise ValueError(row.order_reference)
    facts = {"order_reference": row.order_reference, "product": row.product}
    return Happened(Trigger.ORDER_DELIVERED, f"order:{row.order_reference}", row.delivered_at, row.customer_id, row.customer_id, None, facts)
