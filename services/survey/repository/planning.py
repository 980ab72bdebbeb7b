"""Statements over many decisions at once, and about cells, wishes and anchors."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Dialect, RowMapping, Text, TypeDecorator, and_, cast, func, or_, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.survey.models import (
    Anchor,
    Cell,
    ConsentWord,
    Decision,
    Invitation,
    KnownCustomer,
    KnownMerge,
    KnownOrder,
    OpenMatter,
    ProgrammeVersion,
    Wish,
)
from services.survey.repository.asking import PENDING
from services.survey.repository.known import ONLY_AN_ID


class _QuickJson(TypeDecorator[Any]):
    """Reads a JSON column several times as fast as SQLAlchemy's own type; for reading alone."""

    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002  SQLAlchemy's signature
        return None if value is None else orjson.loads(value)


def quickly(column: Any) -> Any:
    """Return the JSON column as something that is read quickly, under its own name."""
    return cast(column, _QuickJson).label(column.key)


class OpenDecision(NamedTuple):
    """What judging needs of a decision; see `Decision`."""

    id: UUID
    programme: str
    occasion: str
    contact_id: UUID | None
    customer_id: UUID
    order_reference: str | None
    attribution: dict[str, Any]
    channel: str
    language: str | None
    facts: dict[str, Any]
    occurred_at: datetime
    next_possible_at: datetime | None
    give_up_at: datetime


_JSON = frozenset({"attribution", "facts"})
_JSON_PLACES = [place for place, name in enumerate(OpenDecision._fields) if name in _JSON]
_JUDGED: Any = [quickly(col(getattr(Decision, name))) if name in _JSON else getattr(Decision, name) for name in OpenDecision._fields]
_KNOWN: Any = [
    quickly(column) if column.key == "segment" else column
    for column in KnownCustomer.__table__.columns  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
]


_LOCK_PEOPLE = (
    f"SELECT {', '.join(f'{name}::text' if name == 'segment' else name for name in (column.key for column in _KNOWN))} FROM known_customer"
    " WHERE customer_id = ANY($1::uuid[]) AND version > $2 ORDER BY customer_id FOR UPDATE"
)
_LOCK_OPEN = (
    f"SELECT {', '.join(name + '::text' if name in _JSON else name for name in OpenDecision._fields)} FROM decision"
    f" WHERE id = ANY($1::uuid[]) AND outcome = '{PENDING}' AND customer_id IS NOT NULL ORDER BY id FOR UPDATE"
)
"""On the driver itself: nothing is left to convert in what it returns but the two JSON columns."""


def _told(row: Any) -> dict[str, Any]:
    customer = dict(row)
    customer["segment"] = orjson.loads(customer["segment"])
    return customer


def _opened(row: Any) -> OpenDecision:
    values = list(row)
    for place in _JSON_PLACES:
        values[place] = orjson.loads(values[place])
    return OpenDecision._make(values)


async def lock_open(uow: UnitOfWork, decision_ids: Collection[str]) -> list[OpenDecision]:
    """Return those decisions that are still open and whose customer is known, under row locks taken in the order of ids."""
    if uow.dialect_name == "postgresql":
        return [_opened(row) for row in await uow.raw(_LOCK_OPEN, list(decision_ids))]
    is_open = and_(
        col(Decision.id).in_([UUID(decision_id) for decision_id in decision_ids]),
        col(Decision.outcome) == PENDING,
        col(Decision.customer_id).is_not(None),
    )
    found = await uow.run(select(*_JUDGED).where(is_open).order_by(col(Decision.id)).with_for_update())
    return [OpenDecision._make(row) for row in found]


async def people(tx: Tx, customer_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Return for each customer all ids that are the same person, ordered; merges in force are followed in both directions."""
    joined: dict[UUID, set[UUID]] = {}  # of those who were ever merged: most never were
    seen, fresh = set(customer_ids), set(customer_ids)
    while fresh:
        touching = or_(tx.among(col(KnownMerge.survivor_id), fresh), tx.among(col(KnownMerge.merged_id), fresh))
        merges = await tx.rows(select(KnownMerge.survivor_id, KnownMerge.merged_id).where(touching, col(KnownMerge.undone).is_(False)))
        for merge in merges:
            group = joined.get(merge["survivor_id"], {merge["survivor_id"]}) | joined.get(merge["merged_id"], {merge["merged_id"]})
            for member in group:
                joined[member] = group
        fresh = set(joined) - seen
        seen |= fresh
    return {customer_id: sorted(joined[customer_id]) if customer_id in joined else [customer_id] for customer_id in customer_ids}


async def lock_people(uow: UnitOfWork, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the copies of these customers under row locks, always taken in the order of ids."""
    if uow.dialect_name == "postgresql":
        return {row["customer_id"]: _told(row) for row in await uow.raw(_LOCK_PEOPLE, list(customer_ids), ONLY_AN_ID)}
    told = and_(uow.among(col(KnownCustomer.customer_id), customer_ids), col(KnownCustomer.version) > ONLY_AN_ID)
    rows = await uow.rows(select(*_KNOWN).where(told).order_by(col(KnownCustomer.customer_id)).with_for_update())
    return {row["customer_id"]: dict(row) for row in rows}


async def customers(tx: Tx, customer_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the copies of these customers."""
    told = and_(tx.among(col(KnownCustomer.customer_id), customer_ids), col(KnownCustomer.version) > ONLY_AN_ID)
    return {row["customer_id"]: dict(row) for row in await tx.rows(select(*_KNOWN).where(told))}


async def contacts_asked(tx: Tx, contact_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the contacts about which somebody was asked."""
    return {row["contact_id"] for row in await tx.rows(select(Invitation.contact_id).where(tx.among(col(Invitation.contact_id), contact_ids)))}


async def words_of(tx: Tx, customer_ids: Collection[UUID]) -> list[ConsentWord]:
    """Return what these customers last said about being asked."""
    return await tx.all(select(ConsentWord).where(tx.among(col(ConsentWord.customer_id), customer_ids)), ConsentWord)


async def open_matters(tx: Tx, customer_ids: Collection[UUID], contacts_since: datetime) -> list[RowMapping]:
    """Return (customer_id, kind) of what is open; a contact that began before `contacts_since` is taken for ended, its end got lost."""
    still = and_(tx.among(col(OpenMatter.customer_id), customer_ids), col(OpenMatter.closed_at).is_(None))
    alive = or_(col(OpenMatter.kind) != "contact_running", col(OpenMatter.opened_at) >= contacts_since)
    return await tx.rows(select(OpenMatter.customer_id, OpenMatter.kind).where(still, alive))


async def orders(tx: Tx, references: Collection[str]) -> dict[str, KnownOrder]:
    """Return where these orders stand."""
    found = await tx.all(select(KnownOrder).where(tx.among(col(KnownOrder.order_reference), references)), KnownOrder)
    return {order.order_reference: order for order in found}


async def programmes(tx: Tx, keys: Collection[str]) -> dict[str, ProgrammeVersion]:
    """Return the version in force of each of these programmes."""
    found = await tx.all(select(ProgrammeVersion).where(tx.among(col(ProgrammeVersion.key), keys), col(ProgrammeVersion.current)), ProgrammeVersion)
    return {programme.key: programme for programme in found}


async def wishes(tx: Tx, contact_ids: Collection[UUID]) -> dict[UUID, Wish]:
    """Return what agents said about asking after these contacts."""
    return {wish.contact_id: wish for wish in await tx.all(select(Wish).where(tx.among(col(Wish.contact_id), contact_ids)), Wish)}


async def still_open_for(tx: Tx, occasions: Collection[str]) -> list[RowMapping]:
    """Return (occasion, programme) of every open decision about these occasions."""
    wanted = select(Decision.occasion, Decision.programme).where(tx.among(col(Decision.occasion), occasions), col(Decision.outcome) == PENDING)
    return await tx.rows(wanted)


async def lock_cells(uow: UnitOfWork, wanted: Iterable[tuple[str, str, float]]) -> dict[tuple[str, str], Cell]:
    """Return these cells (programme, name, share to begin with) under row locks, made when they are new; always in one order."""
    found: dict[tuple[str, str], Cell] = {}
    for programme, name, share in sorted(wanted):
        counts = dict.fromkeys(("eligible", "asked", "answered", "satisfied"), 0)
        start = {"programme": programme, "name": name, "period_start": uow.now, **counts, "share": share, "stopped_at": None}
        await uow.insert_ignore(Cell, start)
        here = select(Cell).where(col(Cell.programme) == programme, col(Cell.name) == name).with_for_update()
        cell = await uow.first(here, Cell)
        if cell is not None:
            found[programme, name] = cell
    return found


async def asked_in_all_cells(tx: Tx, programme: str) -> int:
    """Return the asks of the present period over all cells of a programme."""
    return int(await tx.scalar(select(func.coalesce(func.sum(col(Cell.asked)), 0)).where(col(Cell.programme) == programme)))


async def store_cell(uow: UnitOfWork, cell: Cell) -> None:
    """Write a locked cell back."""
    there = and_(col(Cell.programme) == cell.programme, col(Cell.name) == cell.name)
    await uow.execute(update(Cell).where(there).values(**cell.model_dump(exclude={"programme", "name"})))


async def cells_of(tx: Tx, programme: str) -> list[Cell]:
    """Return the cells of a programme, by name."""
    return await tx.all(select(Cell).where(col(Cell.programme) == programme).order_by(col(Cell.name)).limit(5000), Cell)


_DECIDED = {
    "programme_version": "int",
    "outcome": "text",
    "waits_for": "text",
    "reason": "text",
    "rules": "json",
    "inclusion_probability": "float8",
    "lot": "float8",
    "cell": "text",
    "late_ms": "int",
    "next_possible_at": "timestamptz",
    "invitation_id": "uuid",
    "decided_at": "timestamptz",
}


@dataclass(slots=True)
class Verdict:
    """What becomes of one open decision: columns of `decision` to their values, always in one order; `rules` is JSON text."""

    decision_id: UUID
    values: dict[str, Any]


async def decide(uow: UnitOfWork, verdicts: Sequence[Verdict]) -> None:
    """Write verdicts on locked decisions; all of them name the same columns in the same order. One statement on PostgreSQL, whatever their number."""
    if not verdicts:
        return
    names = list(verdicts[0].values)
    if uow.dialect_name == "postgresql":
        # What is the same in all of them is one value, not a column of them.
        columns = dict(zip(names, zip(*(each.values.values() for each in verdicts), strict=True), strict=True))
        same = [name for name, values in columns.items() if values.count(values[0]) == len(values)]
        varied = [name for name in names if name not in same]
        told = "".join(f", ${place}::{_DECIDED[name]}[]" for place, name in enumerate(varied, 2))
        change = [f"{name} = told.{name}" for name in varied]
        change += [f"{name} = ${place}::{_DECIDED[name]}" for place, name in enumerate(same, 2 + len(varied))]
        sql = (
            f"UPDATE decision SET {', '.join(change)}, version = decision.version + 1"
            f" FROM unnest($1::uuid[]{told}) AS told({', '.join(['decision_id', *varied])}) WHERE decision.id = told.decision_id"
        )
        values = [*(columns[name] for name in varied), *(columns[name][0] for name in same)]
        await uow.raw(sql, [each.decision_id for each in verdicts], *values)
        return
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, 2))
    rows = [(each.decision_id.hex, *(quick_text(each.values[name]) for name in names)) for each in verdicts]
    await uow.raw_many(f"UPDATE decision SET {places}, version = version + 1 WHERE id = $1", rows)


def quick_text(value: Any) -> Any:
    """Write a value for SQLite as SQLAlchemy does."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]
    return value.hex if isinstance(value, UUID) else value


async def anchor(uow: UnitOfWork, programme: str, customer_id: UUID, anchored_at: datetime) -> Anchor | None:
    """Return the anchor of a person, set now when there was none."""
    start = {"programme": programme, "customer_id": customer_id, "anchored_at": anchored_at, "round": 0}
    await uow.insert_ignore(Anchor, start)
    here = and_(col(Anchor.programme) == programme, col(Anchor.customer_id) == customer_id)
    return await uow.first(select(Anchor).where(here).with_for_update(), Anchor)


async def next_round(uow: UnitOfWork, found: Anchor, number: int) -> None:
    """Note which round is next."""
    here = and_(col(Anchor.programme) == found.programme, col(Anchor.customer_id) == found.customer_id)
    await uow.execute(update(Anchor).where(here).values(round=number))


async def people_after(tx: Tx, after: UUID | None, limit: int) -> list[UUID]:
    """Return customers that may be asked, by id, after `after`."""
    alive = and_(col(KnownCustomer.version) > ONLY_AN_ID, col(KnownCustomer.erased_at).is_(None))
    wanted = select(KnownCustomer.customer_id).where(alive)
    if after is not None:
        wanted = wanted.where(col(KnownCustomer.customer_id) > after)
    return [row["customer_id"] for row in await tx.rows(wanted.order_by(col(KnownCustomer.customer_id)).limit(limit))]
