"""The one due engine: timers, reminders, retries, anything that must be done at or after a moment, on SQLite and PostgreSQL.

Claiming pushes the row's due time by a lease; finishing deletes the row, for a TxJob in the transaction of its effect. A process that dies simply
does not finish, and the row falls due again when the lease ends. Cost per job: one index probe and two row versions, whatever else waits.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any, Protocol

from services.kit.clock import Clock
from services.kit.database import Database
from services.kit.db import Outcome, UnitOfWork
from services.kit.due_rows import DueJob, claim, failed, finish, next_due
from services.kit.log import get_logger
from services.kit.metrics import DEAD_LETTERS, DUE_DONE, DUE_FAILED, DUE_LATENESS
from services.kit.tables import from_micros, to_micros
from services.kit.waiting import rest

__all__ = ["BatchJob", "DueEngine", "DueJob", "Job", "TxJob"]

BATCH = 500
LEASE = timedelta(seconds=60)
ATTEMPTS = 10
IDLE_S = 1.0
FLUSH_S = 0.1
BREATH_S = 0.02
AT_ONCE = {"postgresql": 4, "sqlite": 2}
"""Batches in hand at once, each with a connection of the pool. While the server works for some, the process works on another; SQLite has
one writer, whom others wait for too."""
_LONGEST_PAUSE_S = 3600.0


class _Runtime(Protocol):
    """What a Job gets to work with; see `services.kit.service.Runtime`."""

    db: Database


@dataclass(frozen=True)
class TxJob:
    """Work inside one transaction: `handler(uow, job)`; its effect and the end of the due row commit together."""

    kind: str
    handler: Callable[[UnitOfWork, DueJob], Awaitable[None]]


@dataclass(frozen=True)
class BatchJob:
    """Work for many rows in one transaction: `handler(uow, jobs)`; their effect and their end commit together. When it fails, each is tried alone."""

    kind: str
    handler: Callable[[UnitOfWork, Sequence[DueJob]], Awaitable[None]]


@dataclass(frozen=True)
class Job:
    """Work that reaches outside (mail, models, HTTP): `handler(runtime, job)`; it may run twice and must not mind."""

    kind: str
    handler: Callable[[Any, DueJob], Awaitable[None]]
    concurrency: int = 8


class _Done:
    """Finished outside jobs whose rows are still to be deleted."""

    def __init__(self) -> None:
        self._jobs: list[DueJob] = []
        self._since = 0.0

    def add(self, job: DueJob) -> None:
        if not self._jobs:
            self._since = time.monotonic()
        self._jobs.append(job)

    @property
    def ripe(self) -> bool:
        return len(self._jobs) >= BATCH or bool(self._jobs and time.monotonic() - self._since > FLUSH_S)

    def take(self) -> list[DueJob]:
        jobs, self._jobs = self._jobs, []
        return jobs


class LostLeaseError(Exception):
    """The row was re-timed or taken by another worker meanwhile: what was done here must not commit."""


class DueEngine:
    """One per process and service; any number may share a PostgreSQL database."""

    def __init__(self, room: str, db: Database, clock: Clock, jobs: Sequence[TxJob | BatchJob | Job], runtime: _Runtime) -> None:
        self._room = room
        self._db = db
        self._clock = clock
        self._jobs = {job.kind: job for job in jobs}
        self._gates = {job.kind: asyncio.Semaphore(job.concurrency) for job in jobs if isinstance(job, Job)}
        self._runtime = runtime
        self._wake = asyncio.Event()
        self._running: set[asyncio.Future[None]] = set()
        self._in_hand = {True: 0, False: 0}
        """Jobs that are not ended yet: those that reach outside, and the others."""
        self._most_inside = BATCH * (AT_ONCE[db.dialect_name] - 1)
        self._next: int | None = None
        self._told: int | None = None
        """The earliest moment that commits told of while the engine looked for the next: the look may have begun before them."""
        self._log = get_logger(room)
        db.on_commit.append(self._notice)

    def _notice(self, outcome: Outcome) -> None:
        """Wake when something falls due earlier than we would have looked."""
        if outcome.due_from is not None:
            self._told = min(outcome.due_from, self._told or outcome.due_from)
            if self._next is None or outcome.due_from < self._next:
                self._wake.set()

    def look_again(self) -> None:
        """The clock was moved."""
        self._wake.set()

    async def step(self) -> int:
        """Claim what is due now and do it to the end; return how many jobs were claimed."""
        claimed = await self._claim(BATCH)
        await asyncio.gather(*self._start(claimed))
        return len(claimed)

    async def run(self) -> None:
        """Work until cancelled; then let what is running finish. A slow job never holds up the claiming of others."""
        try:
            while True:
                self._wake.clear()
                try:
                    await self._round()
                except Exception as error:  # noqa: BLE001  the rows are still there
                    self._log.warning("due.waits", exc=error)
                    await asyncio.sleep(IDLE_S)
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=20)

    async def _round(self) -> None:
        claimed = [] if self._full else await self._claim(BATCH)
        for work in self._start(claimed):
            task = asyncio.ensure_future(work)
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        if len(claimed) < BATCH:
            pause = IDLE_S if self._full else await self._pause()
            await rest(self._wake, pause)

    @property
    def _full(self) -> bool:
        """Say whether enough is in hand: of what reaches outside, which is slow, less than would outlast its lease."""
        return self._in_hand[True] > BATCH or self._in_hand[False] > self._most_inside

    def _left(self, count: int, *, outside: bool) -> None:
        """Jobs ended; claim again when there is room."""
        was_full = self._full
        self._in_hand[outside] -= count
        if was_full and not self._full:
            self._wake.set()

    async def _pause(self) -> float:
        """Return the seconds until the next row falls due, at most IDLE_S: other processes may add rows unseen."""
        # A stream of commits must not wake the engine for each: what comes within the breath is claimed together.
        await asyncio.sleep(BREATH_S)
        self._told = None
        found = await self._db.read(next_due)
        self._next = min((at for at in (found, self._told) if at is not None), default=None)
        now = to_micros(self._clock.now())
        return IDLE_S if self._next is None else min(IDLE_S, max(0.0, (self._next - now) / 1e6))

    async def _claim(self, limit: int) -> list[DueJob]:
        if not self._jobs:
            return []
        now = to_micros(self._clock.now())
        return await self._db.write(claim, now, limit, now + to_micros(from_micros(0) + LEASE))

    def _start(self, claimed: Iterable[DueJob]) -> list[Any]:
        work: list[Any] = []
        for kind, group in groupby(sorted(claimed, key=lambda job: job.kind), key=lambda job: job.kind):
            jobs = list(group)
            known = self._jobs.get(kind)
            now, lateness = self._clock.now(), DUE_LATENESS.labels(self._room, kind)
            for job in jobs:
                lateness.observe(max(0.0, (now - job.due_at).total_seconds()))
            self._in_hand[isinstance(known, Job)] += len(jobs)
            if known is None:
                work.append(self._counted(self._unknown(jobs), len(jobs)))
            elif isinstance(known, TxJob | BatchJob):
                work.append(self._counted(self._in_transaction(known, jobs), len(jobs)))
            else:
                work.append(self._counted(self._outside(known, jobs), 0, outside=True))  # which counts them one by one
        return work

    async def _counted(self, work: Awaitable[None], count: int, *, outside: bool = False) -> None:
        """Whatever becomes of the work, its `count` jobs are in nobody's hands afterwards: a row that could not be changed falls due again."""
        try:
            await work
        except Exception as error:  # noqa: BLE001  the rows are still there
            self._log.warning("due.waits", exc=error)
        finally:
            self._left(count, outside=outside)

    async def _unknown(self, jobs: list[DueJob]) -> None:
        for job in jobs:
            await self._fail(job, LookupError(f"nobody does {job.kind}"))

    async def _in_transaction(self, known: TxJob | BatchJob, jobs: list[DueJob]) -> None:
        """All together first; when one fails, each alone, so that it spoils no other."""
        try:
            await self._db.write(self._do_all, known, jobs)
        except Exception:  # noqa: BLE001  found out one by one
            for job in jobs:
                await self._one_in_transaction(known, job)
        else:
            DUE_DONE.labels(self._room, known.kind).inc(len(jobs))

    async def _one_in_transaction(self, known: TxJob | BatchJob, job: DueJob) -> None:
        try:
            await self._db.write(self._do_all, known, [job])
        except LostLeaseError:
            return
        except Exception as error:  # noqa: BLE001  noted beside the row
            await self._fail(job, error)
        else:
            DUE_DONE.labels(self._room, known.kind).inc()

    async def _do_all(self, uow: UnitOfWork, known: TxJob | BatchJob, jobs: list[DueJob]) -> None:
        if len(await finish(uow, jobs)) != len(jobs):
            raise LostLeaseError
        if isinstance(known, BatchJob):
            await known.handler(uow, jobs)
            return
        for job in jobs:
            await known.handler(uow, job)

    async def _outside(self, known: Job, jobs: list[DueJob]) -> None:
        """A few workers share the jobs; what is done is written down in batches, but never later than FLUSH_S."""
        waiting, done, flushing = iter(jobs), _Done(), asyncio.Lock()

        async def one(job: DueJob) -> None:
            if await self._one_outside(known, job):
                done.add(job)
            if done.ripe and not flushing.locked():
                async with flushing:
                    await self._write_down(known, done.take())

        async def worker() -> None:
            for job in waiting:
                await self._counted(one(job), 1, outside=True)

        await asyncio.gather(*(worker() for _ in range(min(known.concurrency, len(jobs)))))
        await self._write_down(known, done.take())

    async def _write_down(self, known: Job, done: list[DueJob]) -> None:
        if done:
            await self._db.write(finish, done)
            DUE_DONE.labels(self._room, known.kind).inc(len(done))

    async def _one_outside(self, known: Job, job: DueJob) -> bool:
        async with self._gates[known.kind]:
            try:
                await known.handler(self._runtime, job)
            except Exception as error:  # noqa: BLE001  noted beside the row
                await self._fail(job, error)
                return False
        return True

    async def _fail(self, job: DueJob, error: BaseException) -> None:
        last = job.attempts >= ATTEMPTS
        tell = self._log.error if last else self._log.warning
        tell("due.dead" if last else "due.failed", kind=job.kind, key=job.key, attempts=job.attempts, exc=error)
        (DEAD_LETTERS if last else DUE_FAILED).labels(self._room, job.kind).inc()
        # The pause is spread so that work that failed together does not come back together.
        pause = min(_LONGEST_PAUSE_S, 2.0**job.attempts) * random.uniform(0.8, 1.2)  # noqa: S311
        again_at = to_micros(self._clock.now() + timedelta(seconds=pause))
        await self._db.write(failed, job, again_at, type(error).__name__ if last else None)
