"""PostgreSQL over a small asyncpg pool; deadlocks and serialisation failures are tried again, since a use case may run twice."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.kit.clock import Clock
from services.kit.db import Context, Outcome, Place, postgres_dialect
from services.kit.engines import PostgresUnitOfWork
from services.kit.transactions import NOBODY, UseCase, notice

R = TypeVar("R")
ATTEMPTS = 5
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
                notice(outcome, self.on_commit)
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
