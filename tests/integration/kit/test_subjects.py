"""What the kit's own tables still say of an erased person goes too."""

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.subjects import forget_told, rows_about
from tests.conftest import OpenRoom
from tests.support.parcels.app import Base, Parcel, SendParcel, send_parcel, service
from tests.support.room import opened_room


async def _told(tx: Tx) -> list[str]:
    return sorted(row[0] for row in await tx.raw("SELECT key FROM outbox"))


async def _answers(tx: Tx) -> list[str]:
    return sorted(row[0] for row in await tx.raw("SELECT key FROM idempotency_key"))


async def _forget(uow: UnitOfWork, parcel: UUID) -> int:
    return await forget_told(uow, [str(parcel)])


async def test_told_events_and_stored_answers_that_name_a_person_go_and_others_stay(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        posted = [(await api.post("/parcels/v1/parcels", json={"name": n, "weight": 1}, headers={"Idempotency-Key": n})).json()["id"] for n in "ab"]
        await room.settle()
        assert await room.runtime.read(_told) == sorted(posted)
        assert await room.runtime.write(_forget, UUID(posted[0])) == 2
        assert await room.runtime.read(_told) == [posted[1]]
        assert await room.runtime.read(_answers) == ["b"]


async def test_what_was_not_told_yet_is_told_first_and_forgotten_ten_minutes_later(open_room: OpenRoom) -> None:
    async def send_and_forget(uow: UnitOfWork) -> UUID:
        parcel = await send_parcel(uow, SendParcel(name="x", weight=1))
        await forget_told(uow, [str(parcel.id)])
        return UUID(str(parcel.id))

    async with open_room(service) as room:
        parcel = await room.runtime.write(send_and_forget)
        await room.settle()
        assert await room.runtime.read(_told) == [str(parcel)]
        await room.pass_time(minutes=10)
        assert await room.runtime.read(_told) == []


async def test_every_row_about_a_person_is_found_by_the_tables_themselves(open_room: OpenRoom) -> None:
    async def about(tx: Tx, parcel: UUID) -> dict[str, list[dict[str, object]]]:
        return await rows_about(tx, Base.metadata, "id", [parcel])

    async with open_room(service) as room:
        parcel = await room.runtime.write(send_parcel, SendParcel(name="x", weight=7))
        found = (await room.runtime.read(about, parcel.id))["parcel"]
        assert [(row["id"], row["weight"]) for row in found] == [(str(parcel.id), 7)]
        assert await room.runtime.read(_count) == 1


async def _count(tx: Tx) -> int:
    return len(await tx.rows(select(col(Parcel.id))))


async def test_nothing_of_what_was_blanked_is_left_in_unused_bytes_of_a_file(tmp_path: Path) -> None:
    async def grow(uow: UnitOfWork, length: int) -> None:
        await uow.raw("UPDATE parcel SET name = substr($1, 1, $2) || id", "zqcanary" * 60, length)

    async def blank(uow: UnitOfWork, words: list[str]) -> None:
        await uow.raw("UPDATE parcel SET name = 'x'")
        await forget_told(uow, words)

    def in_file() -> int:
        with closing(sqlite3.connect(tmp_path / "parcels.sqlite3")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (tmp_path / "parcels.sqlite3").read_bytes().count(b"zqcanary")

    async with opened_room(service, tmp_path, None) as room:
        parcels = [await room.runtime.write(send_parcel, SendParcel(name="x", weight=1)) for _ in range(200)]
        await room.settle()
        for length in (40, 160, 480, 480):  # rows that grow move to other pages
            await room.runtime.write(grow, length)
        await room.runtime.write(blank, [str(parcel.id) for parcel in parcels])
        await room.settle()
        assert in_file() > 0  # SQLite's own way; were it 0 one day, tidying would not be needed

        await room.pass_time(minutes=10)

        assert in_file() == 0
        assert await room.runtime.read(_count) == 200
