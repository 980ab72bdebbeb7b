"""A crowd of rows in one transaction goes another way into PostgreSQL than a few: the same is stored, told and refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from services.kit.db import Tx, UniqueViolation, UnitOfWork
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.support.parcels.app import Parcel, ParcelSent, SendParcel, send_parcel, service

CROWD = 300
SENT = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)


async def _send_crowd(uow: UnitOfWork, first: int) -> None:
    for number in range(first, first + CROWD):
        await send_parcel(uow, SendParcel(name=f"parcel {number}", weight=number % 1000, reference=f"ref-{number}" if number % 2 else None))


async def _insert_crowd(uow: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    await uow.insert(Parcel, *rows)


async def _stored(tx: Tx) -> list[Any]:
    columns = (col(Parcel.name), col(Parcel.weight), col(Parcel.reference), col(Parcel.sent_at))
    return [tuple(row.values()) for row in await tx.rows(select(*columns).order_by(col(Parcel.weight)))]


def _rows(count: int) -> list[dict[str, Any]]:
    strange = "N\\\t'\"\n\u00e9\U0001f4e6"
    return [{"id": new_id(), "name": f"{strange}{n}", "weight": n, "reference": f"r{n}" if n % 2 else None, "sent_at": SENT} for n in range(count)]


async def test_each_value_of_a_crowd_arrives_as_it_was(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        rows = _rows(CROWD)
        await room.runtime.write(_insert_crowd, rows)
        assert await room.runtime.read(_stored) == [(row["name"], row["weight"], row["reference"], row["sent_at"]) for row in rows]


async def test_each_of_a_crowd_is_told_once_and_in_order(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.runtime.write(_send_crowd, 0)
        await room.settle()
        assert [event.name for event in room.said(ParcelSent)] == [f"parcel {number}" for number in range(CROWD)]


async def test_one_that_collides_refuses_the_whole_crowd_and_nothing_is_told(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.runtime.write(_send_crowd, 0)
        with pytest.raises(UniqueViolation):
            await room.runtime.write(_send_crowd, CROWD - 1)
        await room.settle()
        assert (len(await room.runtime.read(_stored)), len(room.said(ParcelSent))) == (CROWD, CROWD)


async def test_a_crowd_with_a_missing_value_is_an_error_and_stores_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        rows = _rows(CROWD)
        rows[-1]["name"] = None
        with pytest.raises(Exception, match=r"(?i)null"):
            await room.runtime.write(_insert_crowd, rows)
        assert await room.runtime.read(_stored) == []
