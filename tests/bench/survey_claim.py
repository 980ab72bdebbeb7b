"""Due invitations claimed, judged by all rules and marked, with a million pending; and whether their lot was honest.

References, same server, same run: procrastinate fetching jobs that do nothing, and the bare SQL of claiming and marking the same rows.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg

from services.kit.clock import SystemClock
from services.kit.db import Tx, UnitOfWork
from services.kit.due import BatchJob, DueEngine, DueJob, Job
from services.kit.migrate import migrate
from services.kit.service import House, Runtime, running
from services.survey.app import service
from services.survey.domain.design import Questionnaire
from services.survey.domain.programme import Rules
from services.survey.jobs import JOBS
from services.survey.queries.audit_sample import audit_lot
from services.survey.settings import SurveySettings
from services.survey.use_cases.judge_decision import SEND
from services.survey.use_cases.set_programme import set_programme
from services.survey.use_cases.set_survey import set_survey
from services.survey.use_cases.skip_decision import JUDGE
from tests.bench.figure import Figure
from tests.bench.survey_population import AGENTS, FILL, PROGRAMME, QUESTIONS, moments
from tests.support.servers import PostgresServer, fresh_database, postgres_server

ROOT = Path(__file__).parents[2]
PENDING = int(os.environ.get("CLAIM_PENDING", "1000000"))
JUDGED = max(10_000, PENDING // 10)
FEW_PENDING = 10_000
WARM = 20_000
RAW = 30_000
ROUNDS = 5
"""Ours and the bare SQL take turns, so that a machine whose speed changes is the same for both."""
PEER_JOBS = 2_000
PUNCTUAL, PUNCTUAL_S = 3_000, 10
"""Decisions that fall due one after the other within so many seconds, to see how late each is judged."""
BATCH = 500
BULK = 200_000
SECONDARY = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'survey' AND tablename = 'decision' AND indexname LIKE 'ix_%'"
"""Written anew after a large addition: faster than keeping them up row by row."""
idle = replace(service, consumers=[], jobs=[])


async def nothing(_: Any, __: DueJob) -> None:
    """Sending is not measured here: the letters of the bench go nowhere."""


async def fill(connection: Any, first: int, count: int, *, ahead: bool) -> None:
    """Add open decisions with their due rows: due now, or within the next thirty days."""
    await connection.execute("SET synchronous_commit = off")
    indexes = await connection.fetch(SECONDARY) if count > BULK else []
    for index in indexes:
        await connection.execute(f"DROP INDEX survey.{index['indexname']}")
    for sql in FILL:
        await connection.execute(sql, *moments(first, count, ahead=ahead))
    for index in indexes:
        await connection.execute(index["indexdef"])
    await connection.execute("ANALYZE survey.decision")
    await connection.execute("ANALYZE survey.due")


async def drain(runtime: Runtime, count: int) -> float:
    """Decisions judged per second of wall clock by the service's own jobs in the running engine."""
    done = 0
    own = next(job for job in JOBS if isinstance(job, BatchJob) and job.kind == JUDGE)

    async def judged(uow: UnitOfWork, jobs: Sequence[DueJob]) -> None:
        nonlocal done
        await own.handler(uow, jobs)
        done += len(jobs)

    engine = DueEngine("survey", runtime.db, SystemClock(), [replace(own, handler=judged), Job(SEND, nothing, concurrency=BATCH)], runtime)
    started = time.perf_counter()
    task = asyncio.create_task(engine.run())
    while done < count:
        await asyncio.sleep(0.01)
    elapsed = time.perf_counter() - started
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return count / elapsed


async def bare(connection: Any, count: int) -> float:
    """The same rows by bare SQL: claim a batch, mark its decisions, delete its due rows; three statements and one commit for 500."""
    started, left = time.perf_counter(), count
    claim = (
        "WITH ripe AS MATERIALIZED (SELECT ctid AS place FROM survey.due WHERE due_at <= $1 AND kind = 'judge_decision' ORDER BY due_at LIMIT $2"
        " FOR UPDATE SKIP LOCKED) UPDATE survey.due SET due_at = $3, attempts = attempts + 1 FROM ripe WHERE due.ctid = ripe.place RETURNING due.key"
    )
    mark = (
        "UPDATE survey.decision SET outcome = 'skipped', reason = 'not_sampled', waits_for = NULL, decided_at = now(), version = version + 1"
        " WHERE id = ANY($1::uuid[]) AND outcome = 'pending'"
    )
    while left > 0:
        now = int(time.time() * 1e6)
        async with connection.transaction():
            keys = [row["key"] for row in await connection.fetch(claim, now, BATCH, now + 60_000_000)]
            if not keys:
                raise RuntimeError(f"{left} rows were not there")
            await connection.execute(mark, keys)
            await connection.execute("DELETE FROM survey.due WHERE kind = 'judge_decision' AND key = ANY($1::text[])", keys)
        left -= len(keys)
    return count / (time.perf_counter() - started)


async def in_turns(connection: Any, runtime: Runtime) -> tuple[float, float]:
    """Return decisions per second of the service and of the bare SQL, over all rounds."""
    ours_s = bare_s = 0.0
    for number in range(ROUNDS):
        await fill(connection, 3_000_000 + number * JUDGED, JUDGED // ROUNDS, ahead=False)
        ours_s += JUDGED // ROUNDS / await drain(runtime, JUDGED // ROUNDS)
        await fill(connection, 4_000_000 + number * RAW, RAW // ROUNDS, ahead=False)
        bare_s += RAW // ROUNDS / await bare(connection, RAW // ROUNDS)
    return JUDGED / ours_s, RAW / bare_s


async def peer(url: str) -> float:
    """Return procrastinate's jobs per second; its process prints one JSON line."""
    import json

    command = (sys.executable, "-m", "tests.bench.peers.procrastinate_worker", url, "--jobs", str(PEER_JOBS))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError("procrastinate failed")
    return float(json.loads(out.decode().strip().splitlines()[-1])["jobs_per_s"])


async def share_invited(tx: Tx) -> float:
    rows = await tx.raw("SELECT avg((outcome = 'invited')::int) FROM decision WHERE outcome <> 'pending'")
    return float(rows[0][0])


async def lateness(connection: Any, runtime: Runtime) -> tuple[float, float]:
    """Return median and 99th percentile of the milliseconds between the planned moment and the verdict, at a steady rate."""
    start = int(time.time() * 1e6) + 3_000_000
    for sql in FILL:
        await connection.execute(sql, 5_000_000, 5_000_000 + PUNCTUAL, start, PUNCTUAL_S * 1_000_000)
    await drain(runtime, PUNCTUAL)
    found = await connection.fetchrow(
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late_ms) AS median, percentile_cont(0.99) WITHIN GROUP (ORDER BY late_ms) AS p99"
        " FROM survey.decision WHERE occasion >= 'contact:5000000' AND occasion < 'contact:6' AND late_ms IS NOT NULL"
    )
    return float(found["median"]), float(found["p99"])


async def prepare(runtime: Runtime) -> None:
    """Put the survey and its programme in force."""
    await runtime.write(set_survey, "delivery", Questionnaire.model_validate(QUESTIONS))
    await runtime.write(set_programme, "asking", Rules.model_validate(PROGRAMME))


async def clear(uow: UnitOfWork) -> None:
    await uow.raw("DELETE FROM due WHERE kind = 'allocate_cells'")


async def measured(server: PostgresServer, folder: Path) -> list[Figure]:
    url = await fresh_database(server)
    settings = SurveySettings(data_dir=folder, database_url=url)
    await migrate(room="survey", package=service.package, database_url=url, data_dir=folder)
    plain = url.replace("+asyncpg", "")
    connection = await asyncpg.connect(plain)
    async with running(idle, House(clock=SystemClock(), settings=settings, background=False)) as runtime:
        await prepare(runtime)
        await runtime.write(clear)
        await fill(connection, 0, FEW_PENDING, ahead=True)
        await fill(connection, 2_000_000, WARM, ahead=False)
        few = await drain(runtime, WARM)
        await fill(connection, FEW_PENDING, PENDING - FEW_PENDING, ahead=True)
        many, floor = await in_turns(connection, runtime)
        median, p99 = await lateness(connection, runtime)
        invited = await runtime.read(share_invited)
        now = SystemClock().now()
        audit = await runtime.read(audit_lot, "asking", now.replace(year=now.year - 1), now)
    await connection.close()
    theirs = await peer((await fresh_database(server)).replace("+asyncpg", ""))
    note = f"{JUDGED} due among {PENDING} pending on PostgreSQL; {invited:.0%} invited, the others skipped with reasons"
    return [
        Figure(
            "survey.claim_ratio", many, "decisions/s", goal=10, reference=f"procrastinate, {PEER_JOBS} no-op jobs", reference_value=theirs, note=note
        ),
        Figure("survey.claim_vs_raw", many, "decisions/s", goal=0.2, reference="bare SQL claim and mark, batches of 500", reference_value=floor),
        Figure("survey.claim_growth", 1 / many, "s", goal=1.5, lower_is_better=True, reference=f"{FEW_PENDING} pending", reference_value=1 / few),
        Figure(
            "survey.lateness_p99",
            p99,
            "ms",
            goal=1000,
            lower_is_better=True,
            note=f"median {median:.0f} ms; {PUNCTUAL} in {PUNCTUAL_S} s among {PENDING} pending",
        ),
        Figure(
            "survey.lot_stored_rate_z", abs(audit.rate_z), "sd", goal=2.58, lower_is_better=True, note=f"{audit.drawn} lots, {audit.chosen} drawn"
        ),
        Figure("survey.lot_stored_agent_p", audit.agent_p, "p", goal=0.01, note=f"{AGENTS} agents, chi-square {audit.agent_chi_square:.1f}"),
    ]


async def run() -> list[Figure]:
    """Measure on a server of our own."""
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        return await measured(server, Path(folder))
