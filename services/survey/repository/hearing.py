"""Statements by which survey takes in what others told, many rows at once: each keeps the newest word, whatever the order of arrival."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, or_, select, update
from sqlmodel import SQLModel, col

from services.kit.db import Tx, UnitOfWork
from services.kit.pending import postgres_dialect
from services.survey.models import ConsentWord, Decision, KnownContact, KnownCustomer, KnownKey, KnownOrder, OpenMatter
from services.survey.repository.asking import PENDING
from services.survey.repository.known import ONLY_AN_ID
from services.survey.repository.planning import quick_text

Row = Mapping[str, Any]
_STANDING: Any = (Decision.id, Decision.programme, Decision.order_reference, Decision.customer_id, Decision.contact_id, Decision.occurred_at)
_MORE: Any = (Decision.attribution, Decision.facts, Decision.give_up_at, Decision.waits_for)
_NO_CUSTOMER = dict.fromkeys(("display_name", "language", "time_zone", "email", "phone", "country", "tier", "preferred_channel", "erased_at"))
_CANCEL = {
    "postgresql": "DELETE FROM due WHERE kind = $1 AND key IN (SELECT json_array_elements_text($2::json))",
    "sqlite": "DELETE FROM due WHERE kind = $1 AND key IN (SELECT value FROM json_each($2))",
}


def _table(model: type[SQLModel]) -> Any:
    return model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute


async def _add(uow: UnitOfWork, model: type[SQLModel], rows: Sequence[Row], then: str) -> list[Any]:
    """Add rows with one statement and one parameter, whatever their number; `then` says what to do about those that are there, and what to return.

    All rows name the same columns.
    """
    if not rows:
        return []
    table, names = _table(model), tuple(rows[0])
    if uow.dialect_name == "postgresql":
        return await uow.raw(_adding_to_postgres(table, names, then), orjson.dumps(rows, default=str).decode())
    told = [{name: quick_text(value) for name, value in row.items()} for row in rows]
    return await uow.raw(_adding_to_sqlite(table, names, then), orjson.dumps(told).decode())


@lru_cache(maxsize=100)
def _adding_to_postgres(table: Any, names: tuple[str, ...], then: str) -> str:
    shape = ", ".join(f"{name} {table.c[name].type.compile(dialect=postgres_dialect())}" for name in names)
    listed = ", ".join(names)
    return f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM json_to_recordset($1::json) AS told({shape}) {then}"


@lru_cache(maxsize=100)
def _adding_to_sqlite(table: Any, names: tuple[str, ...], then: str) -> str:
    taken = ", ".join(f"value ->> '{name}'" for name in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {taken} FROM json_each($1) WHERE true {then}"


async def _merge(uow: UnitOfWork, model: type[SQLModel], rows: Sequence[Row], key: Sequence[str], keep: Collection[str] = ()) -> None:
    """Add rows; of those that are there already, fill in what is told (not None) but for the columns to keep. Rows have different keys."""
    if rows:
        name = _table(model).name
        told = ", ".join(f"{each} = coalesce(excluded.{each}, {name}.{each})" for each in rows[0] if each not in {*key, *keep})
        await _add(uow, model, _sorted(rows, key), f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {told}")


def _sorted(rows: Iterable[Row], key: Sequence[str]) -> list[Row]:
    """In one order, so that two who write at once never wait for each other."""
    return sorted(rows, key=lambda row: [str(row[name]) for name in key])


async def hear_customers(uow: UnitOfWork, rows: Sequence[Row]) -> set[UUID]:
    """Keep the newest picture of each customer, an erased one stays erased; return whose picture changed."""
    if not rows:
        return set()
    told = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name != "customer_id")
    newer = "known_customer.erased_at IS NULL AND known_customer.version < excluded.version"
    then = f"ON CONFLICT (customer_id) DO UPDATE SET {told} WHERE {newer} RETURNING customer_id"
    return {_id(row[0]) for row in await _add(uow, KnownCustomer, _sorted(rows, ["customer_id"]), then)}


def _id(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


async def hear_keys(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Note which customer a key names; the last word counts."""
    await _merge(uow, KnownKey, rows, ("kind", "value"))


async def hear_orders(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Note orders and what became of them."""
    await _merge(uow, KnownOrder, rows, ("order_reference",))


async def hear_matters(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Note what opened or closed; a late `opened` reopens nothing."""
    await _merge(uow, OpenMatter, rows, ("matter_id",), keep=("kind", "customer_id", "opened_at"))


async def hear_words(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Keep the latest word about each purpose and channel."""
    key = ("customer_id", "purpose", "channel")
    then = (
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET granted = excluded.granted, said_at = excluded.said_at"
        " WHERE consent_word.said_at <= excluded.said_at"
    )
    await _add(uow, ConsentWord, _sorted(rows, key), then)


async def hear_contacts(uow: UnitOfWork, rows: Sequence[Row]) -> dict[UUID, UUID | None]:
    """Note ended contacts; return those that were not noted before, each with its customer as far as known (a name heard earlier stays)."""
    if not rows:
        return {}
    told = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name not in {"contact_id", "customer_id"})
    then = (
        f"ON CONFLICT (contact_id) DO UPDATE SET {told}, customer_id = coalesce(known_contact.customer_id, excluded.customer_id)"
        " WHERE known_contact.ended_at IS NULL RETURNING contact_id, customer_id"
    )
    return {_id(row[0]): _id(row[1]) if row[1] else None for row in await _add(uow, KnownContact, _sorted(rows, ["contact_id"]), then)}


async def close_contacts(uow: UnitOfWork, ended: Mapping[UUID, Any]) -> None:
    """Note that running contacts are over. One whose beginning is heard later counts as running until it is too long to be true."""
    running = await uow.rows(select(col(OpenMatter.matter_id)).where(uow.among(col(OpenMatter.matter_id), list(ended))))
    for row in sorted(running, key=lambda each: str(each["matter_id"])):
        await uow.execute(update(OpenMatter).where(col(OpenMatter.matter_id) == row["matter_id"]).values(closed_at=ended[row["matter_id"]]))


async def expect_customers(uow: UnitOfWork, customer_ids: Collection[UUID]) -> dict[UUID, Row]:
    """Return where these customers live; when nobody told of one yet, whoever tells waits until this transaction has noted that it waits."""
    found = await _places(uow, customer_ids)
    unknown = sorted(set(customer_ids) - set(found), key=str)
    if unknown:
        rows: list[Row] = [{"customer_id": each, "version": ONLY_AN_ID, "segment": {}, **_NO_CUSTOMER} for each in unknown]
        await _add(uow, KnownCustomer, rows, "ON CONFLICT DO NOTHING")
        found |= await _places(uow, unknown, lock=True)
    return found


async def _places(uow: UnitOfWork, customer_ids: Collection[UUID], *, lock: bool = False) -> dict[UUID, Row]:
    if not customer_ids:
        return {}
    told = and_(uow.among(col(KnownCustomer.customer_id), customer_ids), col(KnownCustomer.version) > ONLY_AN_ID)
    wanted = select(KnownCustomer.customer_id, KnownCustomer.time_zone, KnownCustomer.country).where(told)  # type: ignore[call-overload]  # as elsewhere
    if lock:
        wanted = wanted.order_by(col(KnownCustomer.customer_id)).with_for_update()
    return {row["customer_id"]: dict(row) for row in await uow.rows(wanted)}


async def expect_orders(uow: UnitOfWork, references: Collection[str]) -> dict[str, Row]:
    """Return where these orders stand, under locks: a delivery that is told at this moment waits until we have noted that we wait for it."""
    if not references:
        return {}
    nothing = {"customer_id": None, "delivered_at": None, "cancelled_at": None}
    await _add(uow, KnownOrder, [{"order_reference": each, **nothing} for each in sorted(references)], "ON CONFLICT DO NOTHING")
    wanted: Any = select(KnownOrder.order_reference, KnownOrder.delivered_at, KnownOrder.cancelled_at)  # type: ignore[call-overload]  # as elsewhere
    wanted = wanted.where(uow.among(col(KnownOrder.order_reference), references)).order_by(col(KnownOrder.order_reference)).with_for_update()
    return {row["order_reference"]: dict(row) for row in await uow.rows(wanted)}


async def add_decisions(uow: UnitOfWork, rows: Sequence[Row]) -> set[UUID]:
    """Add decisions; return those that are new: an occasion is decided about once in each programme."""
    then = "ON CONFLICT (programme, occasion) DO NOTHING RETURNING id"
    return {_id(row[0]) for row in await _add(uow, Decision, rows, then)}


async def lock_waiting(uow: UnitOfWork, *, orders: Collection[str] = (), customers: Collection[UUID] = (), ids: Collection[UUID] = ()) -> list[Row]:
    """Return the open decisions about these orders, those that wait for one of these customers, and those with these ids, under row locks."""
    which = []
    if orders:
        which.append(uow.among(col(Decision.order_reference), orders))
    if customers:
        which.append(and_(uow.among(col(Decision.customer_id), customers), col(Decision.waits_for) == "customer"))
    if ids:
        which.append(uow.among(col(Decision.id), ids))
    if not which:
        return []
    wanted = select(*_STANDING, *_MORE).where(col(Decision.outcome) == PENDING, or_(*which))
    return [dict(row) for row in await uow.rows(wanted.order_by(col(Decision.id)).with_for_update())]


async def cancel_all(uow: UnitOfWork, kind: str, keys: Collection[str]) -> None:
    """Take back work of one kind that is not done yet."""
    if not keys:
        return
    for key in keys:
        uow.pending.due.pop((kind, key), None)
    await uow.raw(_CANCEL[uow.dialect_name], kind, orjson.dumps(sorted(keys)).decode())


async def known_before(tx: Tx, customer_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the customers of whom more than the id was heard."""
    told = and_(tx.among(col(KnownCustomer.customer_id), list(customer_ids)), col(KnownCustomer.version) > ONLY_AN_ID)
    return set((await tx.run(select(col(KnownCustomer.customer_id)).where(told))).scalars())
