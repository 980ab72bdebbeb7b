"""The unit of work on each engine: synchronous under SQLite's writer thread, awaiting under asyncpg."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.db import Context, Place, UniqueViolation, UnitOfWork


class SqliteUnitOfWork(UnitOfWork):
    """Runs inside the writer thread, or, read only, inside a reader thread."""

    def __init__(self, connection: Connection, place: Place, now: datetime, context: Context) -> None:
        super().__init__(place, now, context)
        self._connection = connection
        self._driver: Any = connection.connection.dbapi_connection

    async def run(self, statement: Executable, parameters: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Execute one Core statement, synchronously."""
        try:
            return self._connection.execute(statement, parameters)
        except IntegrityError as error:
            raise _violation(error) from error

    async def raw(self, sql: str, *parameters: Any) -> list[Any]:
        """Execute on sqlite3 itself."""
        cursor = self._driver.execute(sql.replace("$", "?"), parameters)
        rows: list[Any] = cursor.fetchall()
        return rows

    async def raw_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute on sqlite3 itself, once per row."""
        import sqlite3

        try:
            self._driver.executemany(sql.replace("$", "?"), rows)
        except sqlite3.IntegrityError as error:
            raise _violation(error) from error


class PostgresUnitOfWork(UnitOfWork):
    """Runs on the event loop, over asyncpg."""

    def __init__(self, connection: AsyncConnection, driver: Any, place: Place, now: datetime, context: Context) -> None:
        super().__init__(place, now, context)
        self._connection = connection
        self._driver = driver

    async def run(self, statement: Executable, parameters: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Execute one Core statement."""
        try:
            return await self._connection.execute(statement, parameters)
        except IntegrityError as error:
            raise _violation(error) from error

    async def raw(self, sql: str, *parameters: Any) -> list[Any]:
        """Execute on asyncpg itself."""
        rows: list[Any] = await self._driver.fetch(sql, *parameters)
        return rows

    async def raw_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute on asyncpg itself, pipelined when there is more than one row."""
        import asyncpg

        try:
            if len(rows) == 1:
                await self._driver.execute(sql, *rows[0])
            else:
                await self._driver.executemany(sql, rows)
        except asyncpg.UniqueViolationError as error:
            raise _violation(error) from error


def _violation(error: Exception) -> Exception:
    """Turn a broken unique key into a refusal; any other broken constraint is a fault of ours and stays what it is."""
    text = str(getattr(error, "orig", error)).lower()
    if "unique" in text or "primary key" in text:
        return UniqueViolation("Something with this name or number exists already.")
    return error
