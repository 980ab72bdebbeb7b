"""SQLite with one writer thread and group commit.

Many use cases run between one BEGIN IMMEDIATE and one COMMIT; what they only add is written together, what reads or changes first has its
own savepoint; a few readers see snapshots. The ordinary way, a pool of
writers, loses updates or answers "database is locked" (measured, infra/decisions/0002).
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import NullPool

from services.kit.clock import Clock
from services.kit.db import Context, Outcome, Place, Tx
from services.kit.engines import Group, GroupBrokenError, SqliteUnitOfWork
from services.kit.transactions import NOBODY, UseCase, drive, notice

R = TypeVar("R")
GROUP = 256
READERS = 2


@dataclass(slots=True)
class _Task:
    use_case: UseCase[Any]
    args: tuple[Any, ...]
    context: Context
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None
    outcome: Outcome | None = None


class SqliteDatabase:
    """One file, one writer, a few readers."""

    dialect_name = "sqlite"

    def __init__(self, path: Path, clock: Clock, secret: Callable[[str], bytes]) -> None:
        self._path = path
        self._clock = clock
        self._place = Place(sqlite.dialect(), secret)
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._engine: Engine | None = None
        self.on_commit: list[Callable[[Outcome], None]] = []

    async def open(self) -> None:
        """Open the file and start the writer."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(
            f"sqlite+pysqlite:///{self._path}",
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            json_deserializer=orjson.loads,
            connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": 128},
        )
        connection = self._connect()
        self._thread = threading.Thread(target=self._write_forever, args=(connection,), name=f"writer-{self._path.stem}", daemon=True)
        self._thread.start()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"reader-{self._path.stem}")

    def _connect(self, *, read_only: bool = False) -> Connection:
        if self._engine is None:
            raise RuntimeError("the database is not open")
        connection = self._engine.connect()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-2000", "secure_delete=ON"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        if read_only:
            connection.exec_driver_sql("PRAGMA query_only=ON")
        return connection

    async def close(self) -> None:
        """Let the writer finish what it has, then close."""
        if self._thread is not None:
            self._tasks.put(None)
            await asyncio.to_thread(self._thread.join)
        if self._readers is not None:
            await asyncio.to_thread(self._readers.shutdown)
        if self._engine is not None:
            self._engine.dispose()

    async def tidy(self) -> None:
        """Write the file anew: SQLite overwrites what is deleted (secure_delete), but not the copies left behind when it moved rows between pages.

        Takes about 10 s a gigabyte (measured: 0.4 s for 45 MB) and as much room again; writers wait for it, at most `busy_timeout`.
        """
        await asyncio.to_thread(self._tidy)

    def _tidy(self) -> None:
        with self._connect() as connection:
            for step in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.exec_driver_sql(step)

    async def write(self, use_case: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Hand the use case to the writer; returns after its group's commit."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._tasks.put(_Task(use_case, args, context, loop, future))
        return await future

    async def read(self, query: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run the query on a reader thread, on one snapshot."""
        if self._readers is None:
            raise RuntimeError("the database is not open")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query, args, context)

    def _read(self, query: UseCase[R], args: tuple[Any, ...], context: Context) -> R:
        connection: Connection = getattr(self._local, "connection", None) or self._connect(read_only=True)
        self._local.connection = connection
        driver: Any = connection.connection.dbapi_connection  # SQLAlchemy's own way costs ten times as much as these two statements do
        driver.execute("BEGIN")
        try:
            tx: Tx = SqliteUnitOfWork(connection, self._place, self._clock.now(), context)
            return drive(query(tx, *args))  # type: ignore[arg-type]  # a query is always a coroutine function
        finally:
            driver.execute("ROLLBACK")

    def _write_forever(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        stopping = False
        while not stopping:
            group = [self._tasks.get()]
            while len(group) < GROUP and not self._tasks.empty():
                group.append(self._tasks.get())
            stopping = None in group
            tasks = [task for task in group if task is not None]
            if tasks:
                self._commit_group(connection, driver, tasks)
                _resolve(tasks, self.on_commit)
        connection.close()

    def _commit_group(self, connection: Connection, driver: sqlite3.Connection, tasks: list[_Task]) -> None:
        """Run all; what fails alone is undone alone; when what they want written collides, each is run again alone."""
        group = Group(driver)
        try:
            driver.execute("BEGIN IMMEDIATE")
            for task in tasks:
                self._run_one(connection, driver, group, task)
                if group.broken:
                    break
            if not group.broken:
                group.settle()
                driver.execute("COMMIT")
                return
        except Exception as error:  # noqa: BLE001  whatever the reason, every caller must hear of it
            for task in tasks:
                task.error = task.error or (error.__cause__ if isinstance(error, GroupBrokenError) else None) or error
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        if group.broken and len(tasks) > 1:
            for task in tasks:
                task.result = task.error = task.outcome = None
                self._commit_group(connection, driver, [task])

    def _run_one(self, connection: Connection, driver: sqlite3.Connection, group: Group, task: _Task) -> None:
        uow = SqliteUnitOfWork(connection, self._place, self._clock.now(), task.context, group)
        try:
            task.result = drive(task.use_case(uow, *task.args))  # type: ignore[arg-type]  # a use case is always a coroutine function
            if uow.touched:
                drive(uow.flush())
                driver.execute("RELEASE SAVEPOINT task")
            else:
                group.add(uow.close_books())
            task.outcome = uow.outcome
        except Exception as error:  # noqa: BLE001  goes to the caller
            task.error = error
            if uow.touched and not group.broken:
                driver.execute("ROLLBACK TO SAVEPOINT task")
                driver.execute("RELEASE SAVEPOINT task")


def _resolve(tasks: list[_Task], on_commit: list[Callable[[Outcome], None]]) -> None:
    """Wake the waiting callers, once per event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Task]] = {}
    for task in tasks:
        by_loop.setdefault(task.loop, []).append(task)
    for loop, group in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_deliver, group, on_commit)


def _deliver(tasks: list[_Task], on_commit: list[Callable[[Outcome], None]]) -> None:
    left = Outcome()
    for task in tasks:
        if not task.future.done():
            if task.error is None:
                task.future.set_result(task.result)
            else:
                task.future.set_exception(task.error)
        if task.outcome is not None:
            left.add(task.outcome)
    notice(left, on_commit)
