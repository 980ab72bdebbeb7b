"""What was recorded of contacts, deliveries, cases, answers, events and people, in order, for replaying it."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import col, select

from services.kit.db import Tx
from services.survey.domain.fatigue import PastAsk
from services.survey.domain.programme import Trigger
from services.survey.models import ConsentWord, Decision, Invitation, KnownContact, KnownCustomer, KnownOrder, OpenMatter, Response
from services.survey.repository import planning
from services.survey.repository.past import contacts_of

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
    row: dict[str, Any]
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


async def size_of_history(tx: Tx, triggers: Collection[Trigger], since: datetime, until: datetime) -> int:
    """Return how many occasions of these triggers a replay of this period sees."""
    count = 0
    for source in _sources(triggers):
        wanted = select(func.count(source.counted.distinct())).where(*source.where, source.at >= since, source.at < until)
        count += int(await tx.scalar(wanted))
    return count


async def history_page(
    tx: Tx, triggers: Collection[Trigger], since: datetime, until: datetime, after: tuple[datetime, str] | None, limit: int
) -> HistoryPage:
    """Return the next occasions after (moment, key) in order of time; those of different kinds are merged."""
    start = after[0] if after else since
    found: dict[str, Happened] = {}
    for source in _sources(triggers):
        wanted = select(source.model).where(*source.where, source.at >= start, source.at < until).order_by(source.at).limit(limit * 2)
        for row in await tx.all(wanted, source.model):
            happened = source.read(row)
            found.setdefault(happened.key, happened)
    fresh = (each for each in found.values() if after is None or (each.at, each.key) > after)
    merged = sorted(fresh, key=lambda each: (each.at, each.key))[:limit]
    references = {reference for each in merged if (reference := each.facts.get("order_reference"))}
    return HistoryPage(merged, await planning.orders(tx, references) if references else {})


@dataclass(frozen=True, slots=True)
class _Source:
    """Where occasions of some triggers are recorded."""

    model: type[Any]
    at: Any
    counted: Any
    where: tuple[Any, ...]
    read: Callable[[Any], Happened]


def _sources(triggers: Collection[Trigger]) -> list[_Source]:
    """Return each source once."""
    return list({id(source): source for trigger in sorted(triggers) if (source := _RECORDED.get(trigger))}.values())


async def how_many_people(tx: Tx) -> int:
    """Return how many customers are known."""
    return int(await tx.scalar(select(func.count()).where(col(KnownCustomer.version) >= 0)))


async def people_of(tx: Tx, customer_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Return what is recorded of these customers; merges in force count as one person's asks."""
    if not customer_ids:
        return {}
    groups = await planning.people(tx, customer_ids)
    everybody = {member for group in groups.values() for member in group}
    rows = await planning.customers(tx, everybody)
    asks, words, matters = await contacts_of(tx, everybody), defaultdict(list), defaultdict(list)
    for word in await planning.words_of(tx, everybody):
        words[word.customer_id].append(word)
    for matter in await tx.all(select(OpenMatter).where(tx.among(col(OpenMatter.customer_id), everybody)), OpenMatter):
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


def _case(row: OpenMatter) -> Happened:
    if row.closed_at is None:
        raise ValueError(row.matter_id)
    return Happened(Trigger.CASE_RESOLVED, f"case:{row.matter_id}", row.closed_at, row.customer_id, row.customer_id, None, {})


def _answer(row: Response) -> Happened:
    facts = {**row.attribution, "contact_id": None, "survey": row.survey, "channel": row.mode}
    return Happened(Trigger.SURVEY_ANSWERED, f"response:{row.id}", row.answered_at, row.customer_id, row.customer_id, None, facts)


def _event(row: Decision) -> Happened:
    return Happened(Trigger.CUSTOM, row.occasion, row.occurred_at, row.customer_id, row.customer_id, None, row.facts)


_CONTACTS = _Source(KnownContact, col(KnownContact.ended_at), col(KnownContact.contact_id), (), _contact)
_DELIVERIES = _Source(KnownOrder, col(KnownOrder.delivered_at), col(KnownOrder.order_reference), (), _delivery)
_CASES = _Source(OpenMatter, col(OpenMatter.closed_at), col(OpenMatter.matter_id), (col(OpenMatter.kind) == "case_open",), _case)
_ANSWERS = _Source(Response, col(Response.answered_at), col(Response.id), (), _answer)
_EVENTS = _Source(Decision, col(Decision.occurred_at), col(Decision.occasion), (col(Decision.occasion).startswith("event:"),), _event)
_RECORDED = {
    Trigger.CONTACT_ENDED: _CONTACTS,
    Trigger.FOLLOW_UP_CONTACT_ENDED: _CONTACTS,
    Trigger.ORDER_DELIVERED: _DELIVERIES,
    Trigger.CASE_RESOLVED: _CASES,
    Trigger.SURVEY_ANSWERED: _ANSWERS,
    Trigger.CUSTOM: _EVENTS,
}
