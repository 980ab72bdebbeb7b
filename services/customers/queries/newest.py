"""The newest rows of many records in one statement, at the same cost however many rows each of them has."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, RowMapping, select, union_all

from services.kit.db import Tx

AT_ONCE = 100
"""Records in one statement; SQLite takes at most 500 parts."""


async def newest_of_each(
    tx: Tx,
    table: FromClause,
    columns: Sequence[ColumnElement[Any]],
    order: tuple[ColumnElement[Any], ColumnElement[Any]],
    records: Collection[UUID],
    size: int,
    *where: ColumnElement[bool],
) -> list[RowMapping]:
    """Return the first `size` rows of each record by `order` (two columns, descending), in no particular order between records.

    One index probe per record: a window function or an IN list would read all rows of everybody before it throws them away.
    """
    first, second = order
    found: list[RowMapping] = []
    asked = sorted(records)
    for start in range(0, len(asked), AT_ONCE):
        parts = [
            select(*columns).where(table.c.customer_id == record, *where).order_by(first.desc(), second.desc()).limit(size).subquery()
            for record in asked[start : start + AT_ONCE]
        ]
        found += await tx.rows(union_all(*(select(*part.c) for part in parts)))
    return found


def of_people(rows: Sequence[RowMapping], people: Mapping[UUID, Collection[UUID]], order: tuple[str, str], size: int) -> dict[UUID, list[RowMapping]]:
    """Return the first `size` rows of each person (survivor's id -> records) out of the first rows of each record."""
    person_of = {record: person for person, records in people.items() for record in records}
    found: dict[UUID, list[RowMapping]] = {person: [] for person in people}
    for row in sorted(rows, key=lambda row: (row[order[0]], row[order[1]]), reverse=True):
        own = found[person_of[row["customer_id"]]]
        if len(own) < size:
            own.append(row)
    return found
