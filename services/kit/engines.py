"""The unit of work on each engine: synchronous under SQLite's writer thread, awaiting under asyncpg."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.db import Context, Place, UniqueViolation, UnitOfWork
from services.kit.errors import IdempotencyKeyTaken
from services.kit.pending import COPIED, FROM_ARRAYS, Pending

UNIQUE_VIOLATION = "23505"
"""PostgreSQL's SQLSTATE."""
MANY = 64
"""Rows from which on a COPY is worth its second round trip."""


class SqliteUnitOfWork(UnitOfWork):
    """Runs inside the writer thread, or, read only, inside a reader thread."""

    def __init__(self, connection: Connection, place: Place, now: datetime, context: Context, group: "Group | None" = None) -> None:
        super().__init__(place, now, context)
        self._connection = connection
        self._driver: Any = connection.connection.dbapi_connection
        self._group = group
        self.touched = False
        """Whether a statement ran, inside a savepoint of its own; until then there is nothing to undo."""

    async def _touch(self) -> None:
        """Before the first statement, write what the use cases before this one left, and draw the line to which this one is undone."""
        if self._group is not None and not self.touched:
            self._group.settle()
            self._driver.execute("SAVEPOINT task")
            self.touched = True
        if self.pending.inserts:
            await self._write_rows()

    async def run(self, statement: Executable, parameters: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Execute one Core statement, synchronously."""
        await self._touch()
        try:
            return self._connection.execute(statement, parameters)
        except IntegrityError as error:
            raise violation(error) from error

    async def raw(self, sql: str, *parameters: Any) -> list[Any]:
        """Execute on sqlite3 itself."""
        await self._touch()
        cursor = self._driver.execute(sql.replace("$", "?"), parameters)
        rows: list[Any] = cursor.fetchall()
        return rows

    async def peek(self, sql: str, *parameters: Any) -> list[Any]:
        """Read on sqlite3 itself, without drawing a line before it."""
        rows: list[Any] = self._driver.execute(sql.replace("$", "?"), parameters).fetchall()
        return rows

    async def raw_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute on sqlite3 itself, once per row."""
        await self._touch()
        write_many(self._driver, sql, rows)


class GroupBrokenError(Exception):
    """Rows of one use case in a group collide with what is there: each must be tried alone, to see whose they are."""


class Group:
    """What the use cases between one BEGIN and one COMMIT want written, together; `broken` when that failed."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver
        self._pending = Pending()
        self.broken = False

    def add(self, pending: Pending) -> None:
        """Keep what a finished use case wants written."""
        if self._pending.contradicts(pending):
            self.settle()
        self._pending.add(pending)

    def settle(self) -> None:
        """Write it all; raises GroupBrokenError."""
        if not self._pending:
            return
        try:
            for sql, rows in self._pending.statements():
                write_many(self._driver, sql, rows)
            self._pending.clear()
        except Exception as error:
            self.broken = True
            raise GroupBrokenError from error


class PostgresUnitOfWork(UnitOfWork):
    """Runs on the event loop, over asyncpg; a connection is taken, and a transaction begun, with the first statement."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[tuple[AsyncConnection, Any]]],
        look: Callable[..., Awaitable[list[Any]]],
        place: Place,
        now: datetime,
        context: Context,
    ) -> None:
        super().__init__(place, now, context)
        self._connect = connect
        self._look = look
        self._connection: AsyncConnection | None = None
        self._driver: Any = None

    @property
    def touched(self) -> bool:
        """Whether a statement ran."""
        return self._connection is not None

    async def breathe(self) -> None:
        """Go round the loop once."""
        await asyncio.sleep(0)

    async def commit(self) -> None:
        """Commit what was done; nothing when nothing was."""
        if self._connection is not None:
            await self._connection.commit()

    async def _touch(self) -> AsyncConnection:
        if self._connection is None:
            self._connection, self._driver = await self._connect()
        if self.pending.inserts:
            await self._write_rows()
        return self._connection

    async def run(self, statement: Executable, parameters: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Execute one Core statement."""
        connection = await self._touch()
        try:
            return await connection.execute(statement, parameters)
        except IntegrityError as error:
            raise violation(error) from error

    async def raw(self, sql: str, *parameters: Any) -> list[Any]:
        """Execute on asyncpg itself."""
        await self._touch()
        rows: list[Any] = await _unless_known(self._driver.fetch(sql, *parameters))
        return rows

    async def peek(self, sql: str, *parameters: Any) -> list[Any]:
        """Read outside any transaction while there is none, so that what only adds stays one statement."""
        return await (self._look(sql, *parameters) if self._connection is None else self.raw(sql, *parameters))

    async def raw_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute on asyncpg itself, pipelined when there is more than one row."""
        if len(rows) >= MANY and sql in COPIED:
            await self.copy(*COPIED[sql], rows)
            return
        await self._touch()
        if len(rows) > 1 and sql in FROM_ARRAYS:
            written = self._driver.execute(FROM_ARRAYS[sql], *zip(*rows, strict=True))
        else:
            written = self._driver.execute(sql, *rows[0]) if len(rows) == 1 else self._driver.executemany(sql, rows)
        await _unless_known(written)

    async def copy(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Send the rows by COPY, which costs the server a third of what an INSERT does."""
        await self._touch()
        await _unless_known(self._driver.copy_records_to_table(table, columns=names, records=rows))


async def _unless_known(asked: Awaitable[Any]) -> Any:
    """Wait until the driver has done it; a broken unique key is told as ours."""
    try:
        return await asked
    except Exception as error:
        if getattr(error, "sqlstate", None) == UNIQUE_VIOLATION:  # asyncpg's own class would bring the driver into a house on SQLite
            raise violation(error) from error
        raise


def write_many(driver: Any, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute on sqlite3, once per row."""
    try:
        driver.executemany(sql.replace("$", "?"), rows)
    except sqlite3.IntegrityError as error:
        raise violation(error) from error


def violation(error: Exception) -> Exception:
    """Turn a broken unique key into a refusal; any other broken constraint is a fault of ours and stays what it is."""
    text = str(getattr(error, "orig", error)).lower()
    if "idempotency_key" in text:
        return IdempotencyKeyTaken("A request with this Idempotency-Key was done meanwhile. Send yours again to get its answer.")
    if "unique" in text or "primary key" in text:
        return UniqueViolation("Something with this name or number exists already.")
    return error
