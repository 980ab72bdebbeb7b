"""Kill -9 under load, 25 times in each topology: what was acknowledged and is lost, or is there twice. And eight writers on one SQLite file."""

import asyncio
import sqlite3
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import col, select, update

from infra.demo.organisation import load_organisation
from services.kit.clock import SystemClock
from services.kit.db import Tx, UnitOfWork
from services.kit.migrate import migrate
from services.kit.service import House, running
from services.kit.settings import ServiceSettings
from tests.bench.figure import Figure
from tests.support.crash import Crashing, Load, SplitCrashing, embedded_crashing, ordeal, quiet
from tests.support.crash_verdict import Verdict, judge
from tests.support.parcels.app import Parcel, SendParcel, send_parcel, service
from tests.support.split import split_house

KILLS = 25
SEED = 20261122
WRITERS = 8
UPDATES = 250
SHOWN = 20


async def endured(house: Crashing) -> tuple[Load, Counter[str], Verdict]:
    """Crash, wait until it is quiet (leases run out by themselves), judge."""
    load, died = await ordeal(house, KILLS, SEED)
    async with httpx.AsyncClient(base_url=house.url, headers={"Authorization": f"Bearer {house.key}"}, timeout=30) as api:
        await asyncio.sleep(65)  # what a dead process had claimed falls due again after 60 s
        return load, died, await judge(api, load, await quiet(api, skip_leases=False))


def told(topology: str, load: Load, died: Counter[str], verdict: Verdict) -> list[Figure]:
    """Return both figures; what was found goes to standard error by name."""
    for what, found in (("lost", verdict.lost), ("doubled", verdict.doubled), ("left", verdict.left)):
        for one in found[:SHOWN]:
            print(f"{topology}: {what}: {one}", file=sys.stderr)
    killed = ", ".join(f"{room} {count}" for room, count in sorted(died.items()))
    note = (
        f"{topology}: killed {killed}; {len(load.items)} items and {len(load.contacts)} ended contacts acknowledged, {load.repeated.total()} requests"
        f" repeated, {load.replayed} answered from memory; {verdict.compared} marks compared; {len(verdict.left)} things left lying"
    )
    suffix = "" if topology == "embedded" else "_split"
    lost = len(verdict.lost) + len(verdict.left)  # what is parked, dead or refused has not arrived
    return [
        Figure(f"crash.lost{suffix}", lost, "requests", goal=0, lower_is_better=True, note=note),
        Figure(f"crash.doubled{suffix}", len(verdict.doubled), "requests", goal=0, lower_is_better=True, note=note),
    ]


async def count_up(uow: UnitOfWork) -> None:
    """Read, then write what was read plus one: the pattern that loses updates among several SQLite connections."""
    found = await uow.first(select(Parcel), Parcel)
    if found is None:
        raise LookupError
    await uow.execute(update(Parcel).where(col(Parcel.id) == found.id).values(reminded=found.reminded + 1))


async def total(tx: Tx) -> int:
    return int(await tx.scalar(select(Parcel.reminded)))


def is_locked(error: BaseException) -> bool:
    """Say whether SQLite refused because somebody else was writing."""
    cause: Any = getattr(error, "orig", error)
    return isinstance(cause, sqlite3.OperationalError) and any(word in str(cause) for word in ("locked", "busy"))


async def writers(folder: Path) -> list[Figure]:
    """Let eight writers count up one row while others read."""
    settings = ServiceSettings(data_dir=folder)
    await migrate(room="parcels", package=service.package, database_url=None, data_dir=folder)
    locked = 0
    async with running(service, House(clock=SystemClock(), settings=settings, background=False)) as runtime:
        await runtime.write(send_parcel, SendParcel(name="x", weight=1))

        async def writer() -> None:
            nonlocal locked
            for _ in range(UPDATES):
                try:
                    await runtime.write(count_up)
                    await runtime.read(total)
                except Exception as error:
                    if not is_locked(error):
                        raise
                    locked += 1

        await asyncio.gather(*(writer() for _ in range(WRITERS)))
        missing = WRITERS * UPDATES - locked - await runtime.read(total)
    note = f"{WRITERS} writers, {UPDATES} updates each, each followed by a read"
    return [
        Figure("writers.lost_updates", missing, "updates", goal=0, lower_is_better=True, note=note),
        Figure("writers.locked", locked, "errors", goal=0, lower_is_better=True, note=note),
    ]


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = await writers(folder / "writers")
        async with embedded_crashing(folder / "embedded") as house:
            figures += told("embedded", *await endured(house))
        async with split_house(folder / "split") as split:
            key = await split.issue_key("administrator")
            await load_organisation(split.gateway_url, key)
            figures += told("split", *await endured(SplitCrashing(split, key)))
    return figures
