"""Among the replicas of a service, one speaks and listens at a time, so that order is kept; PostgreSQL's advisory lock says which."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

import asyncpg

from services.kit.log import get_logger

RETRY_S = 1.0
PULSE_S = 2.0


async def hold_lease(database_url: str, room: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` while this process holds the lease of `room`; wait for it, and for its return when it is lost. Runs until cancelled."""
    log = get_logger(room)
    while True:
        try:
            await _hold_once(database_url.replace("+asyncpg", ""), room, work)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("lease.lost", exc=error)
        await asyncio.sleep(RETRY_S)


async def _hold_once(url: str, room: str, work: Callable[[], Awaitable[None]]) -> None:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", 7301, zlib.crc32(room.encode()) - 2**31):
            return
        task = asyncio.ensure_future(work())
        try:
            while not task.done():
                await asyncio.wait({task}, timeout=PULSE_S)
                await connection.fetchval("SELECT 1", timeout=5)
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    finally:
        await connection.close(timeout=2)
