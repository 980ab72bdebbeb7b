"""PostgreSQL over a small asyncpg pool; deadlocks and serialisation failures are tried again, since a use case may run twice."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, TypeVar

import asyncpg
import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.kit.clock import Clock
from services.kit.db import Context, Outcome, Place
from services.kit.engines import PostgresUnitOfWork, violation
from services.kit.pending import Pending, as_one, postgres_dialect
from services.kit.transactions import NOBODY, UseCase, notice

R = TypeVar("R")
ATTEMPTS = 5
WRITERS = 1
"""Connections for use cases that only add: what comes while one batch commits is the next batch, and batches never wait for each other's locks."""
LOOKERS = 2
"""Connections for single reads outside a transaction."""
GROUP = 64
_AGAIN = frozenset({"40001", "40P01"})


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
        self._adding: _Adding | None = None
        self._looking: asyncpg.Pool[Any] | None = None
        self.on_commit: list[Callable[[Outcome], None]] = []

    async def open(self) -> None:
        """Make the pools; connections open when they are needed."""
        wanted = {"search_path": self._schema, "idle_in_transaction_session_timeout": "60000", "jit": "off"}
        self._engine = create_async_engine(
            self._url,
            pool_size=self._pool_size,
            max_overflow=0,
            pool_timeout=30,
            connect_args={"server_settings": wanted},
            json_deserializer=orjson.loads,
        )
        # What only adds rows is one statement, and its own transaction: these connections keep no state that would have to be cleaned.
        plain = self._url.replace("+asyncpg", "")
        self._adding = _Adding(await asyncpg.create_pool(plain, min_size=0, max_size=WRITERS, server_settings=wanted, reset=_nothing))
        self._looking = await asyncpg.create_pool(plain, min_size=0, max_size=LOOKERS, server_settings=wanted, reset=_nothing)

    async def close(self) -> None:
        """Close all connections."""
        if self._adding is not None:
            await self._adding.close()
        if self._looking is not None:
            await self._looking.close()
        if self._engine is not None:
            await self._engine.dispose()

    async def tidy(self) -> None:
        """Nothing: the server's autovacuum clears what is deleted, and its files are not ours to look into."""

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
                notice(outcome, self.on_commit)
                return result
        raise AssertionError  # pragma: no cover  the loop returns or raises

    async def read(self, query: UseCase[R], *args: Any, context: Context = NOBODY) -> R:
        """Run in a transaction that is rolled back."""
        result, _ = await self._transact(query, args, context, commit=False)
        return result

    async def _transact(self, use_case: UseCase[R], args: tuple[Any, ...], context: Context, *, commit: bool) -> tuple[R, Outcome]:
        async with AsyncExitStack() as stack:
            uow = PostgresUnitOfWork(partial(self._begin, stack), self._look, self._place, self._clock.now(), context)
            result = await use_case(uow, *args)
            if not commit:
                return result, uow.outcome
            if not uow.touched and await self._add(uow):
                return result, uow.outcome
            await uow.flush()
            await uow.commit()
            return result, uow.outcome

    async def _begin(self, stack: AsyncExitStack) -> tuple[AsyncConnection, Any]:
        """Begin a transaction, which is rolled back with the stack unless it was committed."""
        if self._engine is None:
            raise RuntimeError("the database is not open")
        for dead in range(self._pool_size + 1):
            connection = await stack.enter_async_context(self._engine.connect())
            try:
                await connection.begin()
                fairy = await connection.get_raw_connection()
                # SQLAlchemy tells the driver to begin with its own first statement; ours may come first and must be inside.
                await fairy.dbapi_connection._start_transaction()  # type: ignore[union-attr]  # noqa: SLF001  no public way
            except BaseException as error:
                # The server may have begun all the same: given back like this, the connection would never commit what comes after.
                await connection.invalidate()
                if dead == self._pool_size or not isinstance(error, Exception):  # any other may be one that the server ended long ago
                    raise
            else:
                return connection, fairy.driver_connection
        raise AssertionError  # pragma: no cover  the loop returns or raises

    async def _look(self, sql: str, *parameters: Any) -> list[Any]:
        if self._looking is None:
            raise RuntimeError("the database is not open")
        found: list[Any] = await self._looking.fetch(sql, *parameters)
        return found

    async def _add(self, uow: PostgresUnitOfWork) -> bool:
        """Write what only adds; False when it is too much for one statement."""
        pending = uow.close_books()
        if self._adding is None or (pending and as_one(pending.statements()) is None):
            return False
        if pending:
            await self._adding.add(pending)
        return True


class _Adding:
    """Writes what use cases only add: alone as one statement, its own transaction; what comes while that runs gathers, and is written together."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool
        self._waiting: deque[tuple[Pending, asyncio.Future[None]]] = deque()
        self._writers: set[asyncio.Task[None]] = set()
        self._busy = 0
        """Writers that will look again at what waits: one that has seen that nothing does is none, though its task is not gone yet."""

    async def add(self, pending: Pending) -> None:
        """Return after the commit; raises what PostgreSQL refused."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((pending, done))
        if self._busy < WRITERS:
            self._busy += 1
            writer = asyncio.create_task(self._write())
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        await done

    async def close(self) -> None:
        await asyncio.gather(*self._writers)
        await self._pool.close()

    async def _write(self) -> None:
        try:
            await self._write_all()
        finally:
            self._busy -= 1

    async def _write_all(self) -> None:
        while self._waiting:
            group: list[tuple[Pending, asyncio.Future[None]]] = []
            whole = Pending()
            while self._waiting and len(group) < GROUP and not whole.contradicts(self._waiting[0][0]):
                group.append(self._waiting.popleft())
                whole.add(group[-1][0])
            try:
                await self._commit(whole)
            except Exception as error:  # noqa: BLE001  goes to the callers
                if len(group) == 1:
                    _tell(group[0][1], error)
                else:
                    for pending, done in group:
                        await self._alone(pending, done)
            else:
                for _, done in group:
                    _tell(done, None)

    async def _alone(self, pending: Pending, done: "asyncio.Future[None]") -> None:
        try:
            await self._commit(pending)
        except Exception as error:  # noqa: BLE001  goes to the caller
            _tell(done, error)
        else:
            _tell(done, None)

    async def _commit(self, pending: Pending) -> None:
        statements = pending.statements()
        one = as_one(statements)
        async with self._pool.acquire() as connection:
            if one is not None:
                await connection.execute(one[0], *one[1])
                return
            async with connection.transaction():
                for sql, rows in statements:
                    await connection.executemany(sql, rows)


def _tell(done: "asyncio.Future[None]", error: Exception | None) -> None:
    if done.done():  # the caller went away
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(violation(error) if isinstance(error, asyncpg.UniqueViolationError) else error)


async def _nothing(_: Any) -> None:
    """Nothing is to be cleaned."""


def _sqlstate(error: BaseException) -> str | None:
    origin = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(origin, "sqlstate", None) or getattr(getattr(origin, "__cause__", None), "sqlstate", None)
    return state if isinstance(state, str) else None
