"""Opens a service's database and runs use cases in transactions.

SQLite: one writer thread with group commit (many use cases, each in its savepoint, between one BEGIN IMMEDIATE and one COMMIT) and a few
readers; the ordinary way, a pool of writers, loses updates or answers "database is locked" (measured, infra/decisions/0002).
PostgreSQL: a small asyncpg pool; deadlocks and serialisation failures are tried again, since a use case may run twice.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from services.kit.clock import Clock
from services.kit.crypto import derive
from services.kit.db import Context, Outcome, Place, PostgresUnitOfWork, SqliteUnitOfWork, Tx, UnitOfWork, postgres_dialect
from services.kit.settings import ServiceSettings

R = TypeVar("R")
UseCase = Callable[..., Awaitable[R]]
NOBODY = Context()
GROUP = 256
READERS = 2
ATTEMPTS = 5
_AGAIN = frozenset({"40001", "40P01"})


class Database(Protocol):
    """One service's own database."""

    dialect_name: str
    on_commit: list[Callable[[Outcome], None]]
    """Called on the event loop after each commit that left something to be noticed."""

    async def open(self) -> None:
        """Connect."""

    async def close(self) -> None:
        """Finish what is running and disconnect."""

    async def write(self, use_case: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run `use_case(uow, *args)` in one transaction and return its result after the commit."""

    async def read(self, query: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run `query(tx, *args)` in one read-only transaction."""


def drive(step: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine that never suspends to its end."""
    try:
        step.send(None)
    except StopIteration as done:
        result: R = done.value
        return result
    step.close()
    raise RuntimeError("a use case awaited something other than its transaction")


async def _whole(uow: UnitOfWork, use_case: UseCase[R], args: tuple[Any, ...]) -> R:
    result = await use_case(uow, *args)
    await uow.flush()
    return result


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
            connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": 512},
        )
        connection = self._connect()
        self._thread = threading.Thread(target=self._write_forever, args=(connection,), name=f"writer-{self._path.stem}", daemon=True)
        self._thread.start()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"reader-{self._path.stem}")

    def _connect(self, *, read_only: bool = False) -> Connection:
        if self._engine is None:
            raise RuntimeError("the database is not open")
        connection = self._engine.connect()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-16000"):
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
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect(read_only=True)
        connection.exec_driver_sql("BEGIN")
        try:
            tx: Tx = SqliteUnitOfWork(connection, self._place, self._clock.now(), context)
            return drive(query(tx, *args))  # type: ignore[arg-type]  # a query is always a coroutine function
        finally:
            connection.exec_driver_sql("ROLLBACK")

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
        """Run all; what fails alone is undone alone; when the commit itself fails, all have failed."""
        try:
            driver.execute("BEGIN IMMEDIATE")
            for task in tasks:
                driver.execute("SAVEPOINT task")
                self._run_one(connection, driver, task)
                driver.execute("RELEASE SAVEPOINT task")
            driver.execute("COMMIT")
        except Exception as error:  # noqa: BLE001  whatever the reason, every caller must hear of it
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            for task in tasks:
                task.error = task.error or error

    def _run_one(self, connection: Connection, driver: sqlite3.Connection, task: _Task) -> None:
        uow = SqliteUnitOfWork(connection, self._place, self._clock.now(), task.context)
        try:
            task.result = drive(_whole(uow, task.use_case, task.args))
            task.outcome = uow.outcome
        except Exception as error:  # noqa: BLE001  goes to the caller
            task.error = error
            driver.execute("ROLLBACK TO SAVEPOINT task")


def _resolve(tasks: list[_Task], on_commit: list[Callable[[Outcome], None]]) -> None:
    """Wake the waiting callers, once per event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Task]] = {}
    for task in tasks:
        by_loop.setdefault(task.loop, []).append(task)
    for loop, group in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_deliver, group, on_commit)


def _deliver(tasks: list[_Task], on_commit: list[Callable[[Outcome], None]]) -> None:
    for task in tasks:
        if not task.future.done():
            if task.error is None:
                task.future.set_result(task.result)
            else:
                task.future.set_exception(task.error)
        _notice(task.outcome, on_commit)


def _notice(outcome: Outcome | None, on_commit: list[Callable[[Outcome], None]]) -> None:
    if outcome is not None and (outcome.events or outcome.due_from is not None):
        for notice in on_commit:
            notice(outcome)


class PostgresDatabase:
    """One schema of one server."""

    dialect_name = "postgresql"

    def __init__(self, url: str, schema: str, clock: Clock, secret: Callable[[str], bytes], pool_size: int) -> None:
        self._url = url
        self._schema = schema
        self._clock = clock
        self._pool_size = pool_size
        self._place = Place(postgres_dialect(), secret)
        self._engine: AsyncEngine | None = None
        self.on_commit: list[Callable[[Outcome], None]] = []

    async def open(self) -> None:
        """Make the pool; connections open when they are needed."""
        self._engine = create_async_engine(
            self._url,
            pool_size=self._pool_size,
            max_overflow=0,
            pool_timeout=30,
            connect_args={"server_settings": {"search_path": self._schema, "idle_in_transaction_session_timeout": "60000", "jit": "off"}},
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._engine is not None:
            await self._engine.dispose()

    async def write(self, use_case: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run in a transaction; tried again when PostgreSQL chose it as the victim of a deadlock."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result, outcome = await self._transact(use_case, args, context, commit=True)
            except Exception as error:
                if attempt == ATTEMPTS or _sqlstate(error) not in _AGAIN:
                    raise
                await asyncio.sleep(0.005 * 2**attempt)
            else:
                _notice(outcome, self.on_commit)
                return result
        raise AssertionError  # pragma: no cover  the loop returns or raises

    async def read(self, query: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run in a transaction that is rolled back."""
        result, _ = await self._transact(query, args, context, commit=False)
        return result

    async def _transact(self, use_case: UseCase[R], args: tuple[Any, ...], context: Context, *, commit: bool) -> tuple[R, Outcome]:
        if self._engine is None:
            raise RuntimeError("the database is not open")
        async with self._engine.connect() as connection:
            transaction = await connection.begin()
            fairy = await connection.get_raw_connection()
            # SQLAlchemy tells the driver to begin with its own first statement; ours may come first and must be inside.
            await fairy.dbapi_connection._start_transaction()  # type: ignore[union-attr]  # noqa: SLF001
            uow = PostgresUnitOfWork(connection, fairy.driver_connection, self._place, self._clock.now(), context)
            result = await use_case(uow, *args)
            if commit:
                await uow.flush()
                await transaction.commit()
            else:
                await transaction.rollback()
            return result, uow.outcome


def _sqlstate(error: BaseException) -> str | None:
    origin = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(origin, "sqlstate", None) or getattr(getattr(origin, "__cause__", None), "sqlstate", None)
    return state if isinstance(state, str) else None


def make_database(name: str, settings: ServiceSettings, clock: Clock) -> Database:
    """Return the database of the service `name`: its schema of `database_url`, or its own SQLite file."""
    secret = lru_cache(maxsize=64)(partial(derive, settings.secret_key))
    if settings.database_url is None:
        return SqliteDatabase(settings.data_dir / f"{name}.sqlite3", clock, secret)
    return PostgresDatabase(settings.database_url, name, clock, secret, settings.pool_size)
