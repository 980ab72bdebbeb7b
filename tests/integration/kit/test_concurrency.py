"""Many writers at once: nothing is lost, nothing is locked."""

import asyncio
from datetime import timedelta

from sqlalchemy import func
from sqlmodel import col, select, update

from services.kit.db import UniqueViolation, UnitOfWork
from services.kit.tables import to_micros
from tests.conftest import OpenRoom
from tests.support.parcels.app import Parcel, ParcelSent, SendParcel, send_parcel, service


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


async def _schedule(uow: UnitOfWork, key: str) -> None:
    await uow.schedule("remind", key=key, at=uow.now + timedelta(hours=1))


async def _cancel(uow: UnitOfWork, key: str) -> None:
    await uow.cancel("remind", key=key)


async def _wake(uow: UnitOfWork, key: str) -> None:
    await uow.wake("remind", key=key)


async def _due(tx: UnitOfWork) -> dict[str, int]:
    return {row[0]: row[1] for row in await tx.raw("SELECT key, due_at FROM due")}


async def test_what_use_cases_decide_at_once_is_written_in_their_order(open_room: OpenRoom) -> None:
    """Additions of many use cases are written together; what one takes back, or times anew, must still come after what it concerns."""
    async with open_room(service) as room:
        for _ in range(20):
            for step in (_schedule, _cancel, _schedule, _wake):  # on SQLite all four are one group, in this order
                waiting = asyncio.ensure_future(room.runtime.write(step, "k"))
                await asyncio.sleep(0)
                if room.runtime.db.dialect_name == "postgresql":
                    await waiting
            await waiting
            assert list((await room.runtime.read(_due)).values()) == [to_micros(room.clock.now())]
            await room.runtime.write(_cancel, "k")
            assert await room.runtime.read(_due) == {}


async def _send_and_count(uow: UnitOfWork, name: str) -> int:
    await send_parcel(uow, SendParcel(name=name, weight=1))
    return int(await uow.scalar(select(func.count()).select_from(Parcel)))


async def test_a_use_case_sees_what_it_and_those_before_it_added(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        seen = [await room.runtime.write(_send_and_count, f"p{number}") for number in range(3)]
        assert seen == [1, 2, 3]


async def _send_twice(uow: UnitOfWork) -> str:
    await send_parcel(uow, SendParcel(name="first", weight=1, reference="one"))
    try:
        async with uow.savepoint():
            await send_parcel(uow, SendParcel(name="second", weight=1, reference="one"))
    except UniqueViolation:
        return "refused"
    return "taken"


async def test_a_collision_inside_a_savepoint_undoes_the_savepoint_alone(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        assert await room.runtime.write(_send_twice) == "refused"
        assert await room.runtime.read(_names) == ["first"]
        await room.settle()
        assert [event.name for event in room.said(ParcelSent)] == ["first"]


async def _names(tx: UnitOfWork) -> list[str]:
    return [row["name"] for row in await tx.rows(select(col(Parcel.name)))]


async def test_nobody_who_adds_waits_for_ever(open_room: OpenRoom) -> None:
    """Whoever comes in the very moment in which the last writer has nothing left to write is written, too."""
    async with open_room(service) as room:

        async def sender(number: int) -> None:
            for turn in range(40):
                await room.runtime.write(send_parcel, SendParcel(name="x", weight=1, reference=f"{number}-{turn}"))

        async with asyncio.timeout(60):
            await asyncio.gather(*(sender(number) for number in range(4)))
        assert len(await room.runtime.read(_names)) == 160


async def _schedule_for_now(uow: UnitOfWork, key: str) -> None:
    await uow.schedule("remind", key=key, at=uow.now, payload={"times": 3})


async def _payloads(tx: UnitOfWork) -> list[str]:
    return [row[0] for row in await tx.raw("SELECT payload FROM due")]


async def test_waking_work_that_waits_to_be_done_anyway_leaves_it_as_it_is(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await asyncio.gather(*(room.runtime.write(step, "k") for step in (_schedule_for_now, _wake)))
        if room.runtime.db.dialect_name == "sqlite":  # one group, in this order
            assert await room.runtime.read(_payloads) == ['{"times":3}']
