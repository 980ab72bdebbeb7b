"""Everything that this service keeps of a person, table by table, readable: what the law calls a copy of the data."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_, select

from services.customers import repository
from services.customers.contract import ExportView
from services.customers.models import (
    ArchivedEvent,
    Base,
    CaseContact,
    CaseWriteUp,
    Customer,
    CustomerCase,
    ErasureReceipt,
    IdentityHint,
    Merge,
    RefusedPair,
    SubjectKey,
    TimelineEntry,
)
from services.kit.db import Tx
from services.kit.tables import from_micros

_SEALED_AT = {"timeline_entry.data": repository.ENTRY, "customer_key.sealed": "customer_key.value"}
_NOT_THEIRS = {_of.__tablename__ for _of in (SubjectKey, ErasureReceipt, IdentityHint)}
"""Machinery: a key, the proof of an erasure, and blind indexes."""


async def export(tx: Tx, customer_id: UUID) -> ExportView:
    """Return every row of the person, over all records; raises NotFound."""
    members = await repository.person(tx, customer_id)
    return ExportView(service="customers", customer_ids=members, as_of=tx.now, tables=await _tables(tx, members))


async def export_many(tx: Tx, ids: Collection[UUID]) -> ExportView:
    """Return every row of these records."""
    return ExportView(service="customers", customer_ids=sorted(ids), as_of=tx.now, tables=await _tables(tx, ids))


async def _tables(tx: Tx, ids: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
    keys = await repository.sealers(tx, ids)
    found: dict[str, list[dict[str, Any]]] = {}
    owner_of: dict[UUID, UUID] = {}
    for table in Base.metadata.sorted_tables:
        where = _about(table, ids)
        if where is None:
            continue
        rows = await tx.rows(select(*table.columns).where(where))
        if table.name == CustomerCase.__tablename__:
            owner_of = {row["id"]: row["customer_id"] for row in rows}
        found[table.name] = [_readable(table.name, dict(row), keys.get(_owner(table.name, dict(row), owner_of))) for row in rows]
    return {name: rows for name, rows in found.items() if rows}


_OF_CASES = {str(_of.__tablename__) for _of in (CaseWriteUp, CaseContact)}


def _about(table: Table, ids: Collection[UUID]) -> ColumnElement[bool] | None:
    if table.name in _NOT_THEIRS:
        return None
    if table.name == Customer.__tablename__:
        return table.c.id.in_(ids)
    if table.name == RefusedPair.__tablename__:
        return or_(table.c.customer_id.in_(ids), table.c.other_id.in_(ids))
    if table.name == Merge.__tablename__:
        return or_(table.c.survivor_id.in_(ids), table.c.merged_id.in_(ids))
    if table.name in _OF_CASES:
        cases = Base.metadata.tables[str(CustomerCase.__tablename__)]
        return table.c.case_id.in_(select(cases.c.id).where(cases.c.customer_id.in_(ids)))
    return table.c.customer_id.in_(ids) if "customer_id" in table.c else None


def _owner(table: str, row: Mapping[str, Any], owner_of: Mapping[UUID, UUID]) -> Any:
    if table == Customer.__tablename__:
        return row["id"]
    return owner_of.get(row["case_id"]) if table == CaseWriteUp.__tablename__ else row.get("customer_id")


def _readable(table: str, row: Mapping[str, Any], sealer: repository.Sealer | None) -> dict[str, Any]:
    values = dict(row)
    if table == TimelineEntry.__tablename__:
        values["title"], values["data"] = repository.opened_entry(sealer, row["title"], row["data"])
        values["occurred_at"] = from_micros(values.pop("occurred_us"))
        return values
    if table == ArchivedEvent.__tablename__:
        values["event"] = repository.read_archived(sealer, row["event"], row["customer_id"]).decode()
        return values
    for name, value in row.items():
        if isinstance(value, str):
            values[name] = repository.opened(sealer, value, _SEALED_AT.get(f"{table}.{name}", f"{table}.{name}"))
    if table == "customer_key":
        values["value"] = values.pop("sealed") or values["value"]
    return values
