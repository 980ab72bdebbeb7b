"""How many events a second, and how late: commit → outbox → bus → inbox and projection committed, all by the kit's real path."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from services.kit.bus import InProcessBus
from services.kit.clock import SystemClock
from services.kit.db import Tx, UnitOfWork
from services.kit.events import Envelope, Event
from services.kit.ids import new_id
from services.kit.service import Consumer, House, Runtime, running
from services.kit.settings import ServiceSettings
from tests.bench.figure import Figure
from tests.support.parcels.app import Heard, ParcelMoved, service
from tests.support.servers import fresh_database, nats_server, postgres_server

BULK = 40_000
STEADY = 4_000
RATE = 1_000


async def project(uow: UnitOfWork, batch: Sequence[tuple[Event, Envelope]]) -> None:
    """One projection row per event: what a busy listener does."""
    rows = [{"id": new_id(), "place": e.place, "parcel": e.parcel, "number": e.number} for e, _ in batch if isinstance(e, ParcelMoved)]
    await uow.insert(Heard, *rows)


async def tell(uow: UnitOfWork, first: int, count: int) -> None:
    for number in range(first, first + count):
        uow.emit(ParcelMoved(parcel=f"p{number % 997}", place="a depot at the river, hall 4, second floor", number=number))


async def heard(tx: Tx) -> int:
    return int((await tx.raw("SELECT count(*) FROM heard"))[0][0])


speaker = replace(service, consumers=[], jobs=[])
listener = replace(service, consumers=[Consumer(ParcelMoved, project, batch=True)], jobs=[])


@asynccontextmanager
async def pair(folder: Path, urls: tuple[str | None, str | None], nats_url: str | None) -> AsyncIterator[tuple[Runtime, Runtime]]:
    """A speaking and a listening service with their own databases."""
    clock, bus = SystemClock(), None if nats_url else InProcessBus()
    settings = [ServiceSettings(data_dir=folder / name, database_url=url, bus_url=nats_url) for name, url in zip("sl", urls, strict=True)]
    for one in settings:
        await _migrated(one)
    async with (
        running(listener, House(bus=bus, clock=clock, settings=settings[1])) as hearing,
        running(speaker, House(bus=bus, clock=clock, settings=settings[0])) as speaking,
    ):
        yield speaking, hearing


async def _migrated(settings: ServiceSettings) -> None:
    from services.kit.migrate import migrate

    await migrate(room="parcels", package=service.package, database_url=settings.database_url, data_dir=settings.data_dir)


async def bulk(speaking: Runtime, hearing: Runtime) -> float:
    """Events per second from the first commit until the last projection row is committed."""
    started = time.perf_counter()
    for first in range(0, BULK, 500):
        await speaking.write(tell, first, 500)
    while await hearing.read(heard) < BULK:
        await asyncio.sleep(0.02)
    return BULK / (time.perf_counter() - started)


async def steady(speaking: Runtime, hearing: Runtime) -> float:
    """99th percentile of milliseconds from the commit of an event to the commit of its projection, at RATE a second."""
    committed: dict[int, float] = {}
    delays: list[float] = []
    before = await hearing.read(heard)
    deliver = hearing.inbox._handle

    async def watched(uow: UnitOfWork, envelopes: Sequence[Envelope], *rest: object) -> list[int]:
        await deliver(uow, envelopes, *rest)  # type: ignore[arg-type]
        return [ParcelMoved.model_validate_json(one.data).number for one in envelopes]

    write = hearing.db.write

    async def noting(use_case: object, *args: object, **more: object) -> object:
        if use_case == deliver:
            numbers = await write(watched, *args, **more)  # type: ignore[arg-type]
            now = time.perf_counter()
            delays.extend(1000 * (now - committed[number]) for number in numbers if number in committed)
            return None
        return await write(use_case, *args, **more)  # type: ignore[arg-type]

    hearing.db.write = noting  # type: ignore[method-assign,assignment]
    step, started = 10, time.perf_counter()
    for first in range(0, STEADY, step):
        number = 1_000_000 + first
        now = time.perf_counter()
        committed.update(dict.fromkeys(range(number, number + step), now))
        await speaking.write(tell, number, step)
        committed.update(dict.fromkeys(range(number, number + step), time.perf_counter()))
        await asyncio.sleep(max(0.0, started + (first + step) / RATE - time.perf_counter()))
    while await hearing.read(heard) < before + STEADY:
        await asyncio.sleep(0.02)
    hearing.db.write = write  # type: ignore[method-assign]
    return statistics.quantiles(delays, n=100)[98]


async def run() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres, nats_server() as nats:
        urls = (await fresh_database(postgres), await fresh_database(postgres))
        async with pair(Path(folder) / "split", urls, nats.url) as (speaking, hearing):
            await asyncio.sleep(3)  # leases and subscriptions
            figures.append(Figure("events.per_s", await bulk(speaking, hearing), "events/s", goal=5000, note="PostgreSQL, JetStream"))
            figures.append(Figure("events.p99_ms", await steady(speaking, hearing), "ms", goal=60, lower_is_better=True, note=f"{RATE}/s"))
        async with pair(Path(folder) / "embedded", (None, None), None) as (speaking, hearing):
            figures.append(Figure("events.embedded_per_s", await bulk(speaking, hearing), "events/s", goal=12000, note="SQLite, in process"))
            figures.append(Figure("events.embedded_p99_ms", await steady(speaking, hearing), "ms", goal=60, lower_is_better=True, note=f"{RATE}/s"))
    return figures
