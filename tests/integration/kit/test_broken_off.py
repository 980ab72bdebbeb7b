"""Calls that are broken off, and servers that go away: what the next caller is told to be written is written."""

import asyncio

from sqlalchemy import func
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from tests.conftest import OpenRoom
from tests.support.parcels.app import Parcel, SendParcel, send_parcel, service


async def _count_and_send(uow: UnitOfWork, name: str) -> int:
    """Look before writing: a transaction of several statements."""
    before = int(await uow.scalar(select(func.count()).select_from(Parcel)))
    await send_parcel(uow, SendParcel(name=name, weight=1))
    return before


async def _names(tx: Tx) -> set[str]:
    return {row["name"] for row in await tx.rows(select(col(Parcel.name)))}


async def test_what_is_broken_off_at_any_moment_spoils_nothing_that_comes_after_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room, asyncio.timeout(60):
        told: set[str] = set()
        for turns in range(40):
            doomed = asyncio.ensure_future(room.runtime.write(_count_and_send, f"doomed {turns}"))
            for _ in range(turns):
                await asyncio.sleep(0)
            await asyncio.sleep(turns % 4 * 0.0005)
            doomed.cancel()
            await asyncio.gather(doomed, return_exceptions=True)
            await room.runtime.write(_count_and_send, f"told {turns}")
            told.add(f"told {turns}")
        # As many at once as there are connections: each of them sees all that was told.
        seen = await asyncio.gather(*(room.runtime.read(_names) for _ in range(8)))
        assert [told - names for names in seen] == [set()] * 8


async def _others_gone(uow: UnitOfWork) -> None:
    await uow.raw("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")


async def test_a_server_that_ended_our_connections_costs_no_call(open_room: OpenRoom) -> None:
    async with open_room(service) as room, asyncio.timeout(60):
        if room.runtime.db.dialect_name == "sqlite":  # a file ends no connection
            return
        await asyncio.gather(*(room.runtime.write(_count_and_send, f"before {number}") for number in range(8)))
        await room.runtime.write(_others_gone)
        await asyncio.sleep(0.1)
        await asyncio.gather(*(room.runtime.write(_count_and_send, f"after {number}") for number in range(8)))
        assert len(await room.runtime.read(_names)) == 16
