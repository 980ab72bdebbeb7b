"""The due engine beside graphile-worker in its batched mode (Node) and procrastinate (Python): same server, same run."""

import asyncio
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.kit.clock import SystemClock
from services.kit.database import Database
from services.kit.db import Tx, UnitOfWork
from services.kit.due import DueEngine, DueJob, Job
from services.kit.migrate import migrate
from services.kit.service import House, Runtime, running
from services.kit.settings import ServiceSettings
from tests.bench.figure import Figure
from tests.support.parcels.app import service
from tests.support.servers import PostgresServer, fresh_database, postgres_server

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
JOBS = 100_000
FUTURE = 1_000_000
FEW = 2_000
SQLITE_JOBS = 50_000
idle = replace(service, consumers=[], jobs=[])


async def nothing(_: Any, __: DueJob) -> None:
    """A job that does nothing, as the peers' jobs."""


async def fill(uow: UnitOfWork, prefix: str, first: int, count: int, at: int) -> None:
    rows = [("noop", f"{prefix}{number:07}", at) for number in range(first, first + count)]
    await uow.raw_many("INSERT INTO due (kind, key, due_at) VALUES ($1, $2, $3)", rows)


async def left(tx: Tx, now: int) -> int:
    return int((await tx.raw("SELECT count(*) FROM due WHERE due_at <= $1", now))[0][0])


async def add(db: Database, prefix: str, count: int, at: int) -> None:
    for first in range(0, count, 5000):
        await db.write(fill, prefix, first, min(5000, count - first), at)


async def drain(runtime: Runtime, count: int) -> float:
    """Jobs per second of the running engine until no row is left."""
    done = 0

    async def counted(_: Any, __: DueJob) -> None:
        nonlocal done
        done += 1

    engine = DueEngine("bench", runtime.db, SystemClock(), [Job("noop", counted)], runtime)
    started = time.perf_counter()
    task = asyncio.create_task(engine.run())
    while done < count:
        await asyncio.sleep(0.005)
    elapsed = time.perf_counter() - started
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return count / elapsed


async def lateness(runtime: Runtime) -> float:
    """99th percentile of milliseconds between due time and start, 1,000 jobs a second for five seconds."""
    late: list[float] = []

    async def note(_: Any, job: DueJob) -> None:
        late.append((SystemClock().now() - job.due_at).total_seconds() * 1000)

    begin = int((time.time() + 2) * 1e6)
    for second in range(5):
        rows = [("late", f"{second}-{number:04}", begin + second * 1_000_000 + number * 1000) for number in range(1000)]
        await runtime.write(_insert, rows)
    engine = DueEngine("bench", runtime.db, SystemClock(), [Job("late", note)], runtime)
    task = asyncio.create_task(engine.run())
    while len(late) < 5000:
        await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return statistics.quantiles(late, n=100)[98]


async def _insert(uow: UnitOfWork, rows: list[tuple[str, str, int]]) -> None:
    await uow.raw_many("INSERT INTO due (kind, key, due_at) VALUES ($1, $2, $3)", rows)


async def peer(*command: str) -> float:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed")
    return float(json.loads(out.decode().strip().splitlines()[-1])["jobs_per_s"])


async def on_postgres(server: PostgresServer, folder: Path) -> list[Figure]:
    settings = ServiceSettings(data_dir=folder, database_url=await fresh_database(server))
    await migrate(room="parcels", package=service.package, database_url=settings.database_url, data_dir=folder)
    async with running(idle, House(clock=SystemClock(), settings=settings, background=False)) as runtime:
        past, future = int(time.time() * 1e6) - 1_000_000, int((time.time() + 30 * 86400) * 1e6)
        await add(runtime.db, "e", JOBS, past)
        await runtime.write(_analyze)
        empty = await drain(runtime, JOBS)
        await add(runtime.db, "f", FUTURE, future)
        await add(runtime.db, "n", JOBS, past)
        await runtime.write(_analyze)
        ours = await drain(runtime, JOBS)
        late = await lateness(runtime)
    figures = [
        Figure("due.backlog_ratio", ours, "jobs/s", goal=0.8, reference="the same with an empty table", reference_value=empty),
        Figure("due.lateness_p99_ms", late, "ms", goal=250, lower_is_better=True, note="1,000 jobs/s"),
    ]
    few = await peer(sys.executable, "-m", "tests.bench.peers.procrastinate_worker", _plain(await fresh_database(server)), "--jobs", str(FEW))
    figures.append(Figure("due.vs_procrastinate", ours, "jobs/s", goal=30, reference="procrastinate, no-op jobs", reference_value=few))
    if (PEERS / "node_modules").exists() and shutil.which("node"):
        url = _plain(await fresh_database(server))
        theirs = await peer("node", str(PEERS / "graphile_worker.mjs"), url, "--jobs", str(JOBS), "--future", str(FUTURE))
        reference = "graphile-worker, local queue 500, batched completion"
        figures.append(Figure("due.jobs_per_s_vs_graphile", ours, "jobs/s", goal=0.7, reference=reference, reference_value=theirs))
    else:
        print("due.jobs_per_s_vs_graphile: not measured; run `npm ci` in tests/bench/peers (needs Node 20)", file=sys.stderr)
    return figures


async def _analyze(uow: UnitOfWork) -> None:
    await uow.raw("ANALYZE due")


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def on_sqlite(folder: Path) -> Figure:
    """The engine on SQLite beside bare sqlite3 doing the same claim and delete in batches of 256."""
    settings = ServiceSettings(data_dir=folder)
    await migrate(room="parcels", package=service.package, database_url=None, data_dir=folder)
    past = int(time.time() * 1e6) - 1_000_000
    async with running(idle, House(clock=SystemClock(), settings=settings, background=False)) as runtime:
        await add(runtime.db, "n", SQLITE_JOBS, past)
        ours = await drain(runtime, SQLITE_JOBS)
        await add(runtime.db, "r", SQLITE_JOBS, past)
    return Figure("due.sqlite_per_s", ours, "jobs/s", goal=0.35, reference="bare sqlite3", reference_value=_bare(folder / "parcels.sqlite3"))


def _bare(path: Path) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=NORMAL")
    now, started = int(time.time() * 1e6), time.perf_counter()
    while True:
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute(
            "UPDATE due SET due_at = ?1 + 60000000, attempts = attempts + 1, owner = 'b'"
            " WHERE rowid IN (SELECT rowid FROM due WHERE due_at <= ?1 ORDER BY due_at LIMIT 256) RETURNING kind, key",
            (now,),
        ).fetchall()
        connection.execute("COMMIT")
        if not rows:
            break
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("DELETE FROM due WHERE kind = ? AND key = ?", rows)
        connection.execute("COMMIT")
    connection.close()
    return SQLITE_JOBS / (time.perf_counter() - started)


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        return [*(await on_postgres(server, Path(folder) / "pg")), await on_sqlite(Path(folder) / "lite")]
