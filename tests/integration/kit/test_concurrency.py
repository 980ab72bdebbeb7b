"""Many writers at once: nothing is lost, nothing is locked."""

import asyncio

from sqlmodel import col, select, update

from services.kit.db import UnitOfWork
from tests.conftest import OpenRoom
from tests.support.parcels.app import Parcel, SendParcel, send_parcel, service


async def _read_then_write(uow: UnitOfWork) -> None:
    """The pattern that loses updates with a pool of SQLite connections, and needs a row lock on PostgreSQL."""
    found = await uow.first(select(Parcel).with_for_update(), Parcel)
    assert found is not None
    await uow.execute(update(Parcel).where(col(Parcel.id) == found.id).values(reminded=found.reminded + 1))


async def test_eight_writers_lose_no_update(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.runtime.write(send_parcel, SendParcel(name="x", weight=1))

        async def writer() -> None:
            for _ in range(25):
                await room.runtime.write(_read_then_write)

        await asyncio.gather(*(writer() for _ in range(8)))
        rows = await room.runtime.read(_total)
        assert rows == 200


async def _total(tx: UnitOfWork) -> int:
    return int(await tx.scalar(select(Parcel.reminded)))


async def test_one_failing_use_case_does_not_undo_its_neighbours(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        commands = [SendParcel(name="x", weight=1, reference=f"r{number // 2}") for number in range(40)]  # every reference twice
        results = await asyncio.gather(*(room.runtime.write(send_parcel, one) for one in commands), return_exceptions=True)
        refused = [one for one in results if isinstance(one, Exception)]
        assert len(refused) == 20
        assert {getattr(one, "code", "") for one in refused} == {"already_exists"}
