"""The unified view's share of this service: the sections asked for, of up to a hundred customers, in a fixed number of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Table
from sqlmodel import SQLModel

from services.customers import repository
from services.customers.contract import CaseView, ConsentView, CustomerView, CustomerViews, MoodView, OrderView, Section
from services.customers.domain.consents import Channel, Purpose, Word, newest
from services.customers.domain.mood import Mood
from services.customers.models import Consent, CustomerCase, CustomerOrder
from services.customers.queries import offer as offer_query
from services.customers.queries import timeline as timeline_query
from services.customers.queries.newest import newest_of_each, of_people
from services.customers.queries.value import values
from services.kit.db import Tx

USUAL_SIZE = 20


class SectionName(StrEnum):
    """A part of the view."""

    PROFILE = "profile"
    CASES = "cases"
    ORDERS = "orders"
    CONSENTS = "consents"
    MOOD = "mood"
    VALUE = "value"
    OFFER = "offer"
    TIMELINE = "timeline"


async def customer_sections(
    tx: Tx, ids: Sequence[UUID], wanted: Collection[SectionName], sizes: Mapping[SectionName, int], quiet: timedelta
) -> CustomerViews:
    """Return the sections by the id that was asked for; a merged record shows its whole person."""
    members = await repository.people(tx, ids)
    people = {records[0]: records for records in members.values()}
    views = await repository.customer_views(tx, people)
    floors = await repository.timeline_floors(tx, people)
    data: dict[SectionName, Mapping[UUID, Any]] = {}
    for name in wanted:
        data[name] = await _section(tx, name, people, views, sizes.get(name, USUAL_SIZE), quiet)
    seqs = await timeline_query.last_seqs(tx, [record for own in people.values() for record in own]) if SectionName.TIMELINE in data else {}

    def section(name: SectionName, person: UUID) -> Section:
        version = views[person].version
        if name is SectionName.TIMELINE:
            version = max(floors[person], *(2 * seqs.get(record, 0) for record in people[person]))
        return Section(version=version, as_of=tx.now, data=data[name][person])

    return CustomerViews(views={asked: {name.value: section(name, own[0]) for name in wanted} for asked, own in members.items()})


async def _section(
    tx: Tx, name: SectionName, people: Mapping[UUID, Sequence[UUID]], views: Mapping[UUID, CustomerView], size: int, quiet: timedelta
) -> Mapping[UUID, Any]:
    match name:
        case SectionName.PROFILE:
            return views
        case SectionName.TIMELINE:
            return await timeline_query.newest(tx, people, size)
        case SectionName.OFFER:
            return await offer_query.offers(tx, views, "desk", quiet)
        case SectionName.CASES:
            rows = await _newest_rows(tx, CustomerCase, ("opened_at", "id"), people, size)
            cases = {person: [CustomerCase.model_validate(dict(row)) for row in found] for person, found in rows.items()}
            readable = {case.id: case for case in await repository.opened_cases(tx, [case for own in cases.values() for case in own])}
            return {person: [CaseView.model_validate(readable[case.id]) for case in own] for person, own in cases.items()}
        case SectionName.ORDERS:
            rows = await _newest_rows(tx, CustomerOrder, ("placed_at", "id"), people, size)
            orders = {person: [CustomerOrder.model_validate(dict(row)) for row in found] for person, found in rows.items()}
            return {person: [OrderView.model_validate(order) for order in own] for person, own in orders.items()}
        case SectionName.CONSENTS:
            return await _consents(tx, people)
        case SectionName.MOOD:
            return await _moods(tx, people)
        case SectionName.VALUE:
            return await values(tx, people)


async def _newest_rows(
    tx: Tx, model: type[SQLModel], order: tuple[str, str], people: Mapping[UUID, Sequence[UUID]], size: int
) -> dict[UUID, list[RowMapping]]:
    """Return the newest rows of each person, in one statement."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
    records = [record for own in people.values() for record in own]
    rows = await newest_of_each(tx, table, list(table.c), (table.c[order[0]], table.c[order[1]]), records, size)
    return of_people(rows, people, order, size)


async def consents(tx: Tx, customer_id: UUID) -> list[ConsentView]:
    """Return every word of one person on consent, newest first; raises NotFound."""
    members = await repository.person(tx, customer_id)
    return (await _consents(tx, {members[0]: members}))[members[0]]


async def _consents(tx: Tx, people: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, list[ConsentView]]:
    rows = await repository.consent_words(tx, [record for own in people.values() for record in own])
    return {person: _with_count([row for row in rows if row.customer_id in own]) for person, own in people.items()}


def _with_count(rows: Sequence[Consent]) -> list[ConsentView]:
    """Mark the word that counts: of two at the same moment on the same purpose and channel, the one recorded last."""
    words = [(row, Word(Purpose(row.purpose), Channel(row.channel), row.granted, row.given_at)) for row in rows]
    counted = {id(word) for word in newest(word for _, word in words).values()}
    return [ConsentView.model_validate({**row.model_dump(), "counts": id(word) in counted}) for row, word in words]


async def _moods(tx: Tx, people: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, MoodView]:
    rows = await repository.standings(tx, [record for own in people.values() for record in own])
    found = {}
    for person, own in people.items():
        row = offer_query.current([one for one in rows if one.customer_id in own])
        found[person] = (
            MoodView(mood=row.mood, because=row.because, since=row.mood_at) if row else MoodView(mood=Mood.NEUTRAL, because=None, since=None)
        )
    return found
