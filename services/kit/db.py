"""What a use case sees of a database: reads (`Tx`), writes, events and due work (`UnitOfWork`); SQLite and PostgreSQL behind the same words.

On PostgreSQL the methods await the server. On SQLite they never suspend: the writer thread drives the use case itself, many of them
between one BEGIN IMMEDIATE and one COMMIT (group commit). So a use case may await nothing but these methods.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel
from sqlalchemy import ARRAY, CursorResult, Dialect, Executable, RowMapping, Table, any_, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from services.kit.auth import Principal
from services.kit.errors import Conflict
from services.kit.events import Envelope, Event
from services.kit.ids import new_id_text
from services.kit.pending import InsertInto, Pending, Row, insert_into, null_unless_named, scalar_defaults
from services.kit.tables import to_micros

T = TypeVar("T", bound=BaseModel)


class UniqueViolation(Conflict):
    """Something with this name or number exists already."""

    code = "already_exists"


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf, and because of what, a transaction runs."""

    principal: Principal | None = None
    correlation_id: str | None = None
    envelope: Envelope | None = None


@dataclass(slots=True)
class Outcome:
    """What a committed transaction left to be noticed: the relay and the due engine look at it to wake at once."""

    events: int = 0
    due_from: int | None = None
    """Earliest scheduled moment in microseconds."""

    def add(self, other: "Outcome") -> None:
        """Take in what another transaction of the same group left."""
        self.events += other.events
        if other.due_from is not None and (self.due_from is None or other.due_from < self.due_from):
            self.due_from = other.due_from


@dataclass(frozen=True, slots=True)
class Place:
    """Where transactions run: the dialect they speak, and the secrets they may derive."""

    dialect: Dialect
    secret: Callable[[str], bytes]


class Tx(ABC):
    """A consistent view of this service's own tables."""

    def __init__(self, place: Place, now: datetime, context: Context) -> None:
        self._place = place
        self._dialect = place.dialect
        self.now = now
        self.context = context

    def secret(self, purpose: str) -> bytes:
        """Return the 32 bytes of this purpose, derived from the installation's secret; never store them."""
        return self._place.secret(purpose)

    @property
    def dialect_name(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._dialect.name

    @property
    def principal(self) -> Principal | None:
        """Who asked; None inside consumers and jobs."""
        return self.context.principal

    @property
    def envelope(self) -> Envelope:
        """The event that is being handled; only inside a consumer."""
        if self.context.envelope is None:
            raise RuntimeError("there is no event here: this is not a consumer")
        return self.context.envelope

    @abstractmethod
    async def run(self, statement: Executable, parameters: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Execute one Core statement."""

    @abstractmethod
    async def raw(self, sql: str, *parameters: Any) -> list[Any]:
        """Execute SQL with $1-style parameters on the driver itself: for the kit's hot paths."""

    async def peek(self, sql: str, *parameters: Any) -> list[Any]:
        """Return rows of committed truth that nothing pending can change; what only adds rows still only adds them, and is written with others."""
        return await self.raw(sql, *parameters)

    async def breathe(self) -> None:  # noqa: B027  on SQLite the work is in a thread of its own, and holds up no loop
        """Let whatever else waits for the event loop have its turn: long work in memory does this every few milliseconds."""

    async def rows(self, statement: Executable) -> list[RowMapping]:
        """Return all rows as mappings."""
        return list((await self.run(statement)).mappings())

    async def all(self, statement: Executable, into: type[T]) -> list[T]:
        """Return all rows, each validated into `into`."""
        return [into.model_validate(dict(row)) for row in await self.rows(statement)]

    async def first(self, statement: Executable, into: type[T]) -> T | None:
        """Return the first row as `into`, or None when there is none."""
        row = (await self.run(statement)).mappings().first()
        return None if row is None else into.model_validate(dict(row))

    def among(self, column: Any, values: Collection[Any]) -> Any:
        """Return the condition that a column has one of the values; on PostgreSQL one array, where `IN` would be one parameter for each."""
        if self._dialect.name == "postgresql":
            return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))
        return column.in_(values)

    async def scalar(self, statement: Executable) -> Any:
        """Return the first column of the first row, or None."""
        return (await self.run(statement)).scalar()


class UnitOfWork(Tx):
    """One transaction that changes something: rows, the events that tell of it, and the work that falls due, all or nothing."""

    def __init__(self, place: Place, now: datetime, context: Context) -> None:
        super().__init__(place, now, context)
        self.pending = Pending()
        self.outcome = Outcome()

    @abstractmethod
    async def raw_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute SQL with $1-style parameters once per row."""

    async def copy(self, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Bring in many rows in the fastest way that the database has; values are as the driver takes them. UniqueViolation: none is there."""
        await self.raw_many(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f'${n}' for n, _ in enumerate(names, 1))})", list(rows))

    async def insert(self, model: type[SQLModel] | Table, *rows: Mapping[str, Any]) -> None:
        """Insert rows; every row names the same columns.

        They are written together with what else is pending, before anything is read or changed, or at the end of the savepoint or transaction:
        UniqueViolation comes from there, and the savepoint or transaction is then over. Use insert_ignore to go on.
        """
        if not rows:
            return
        table = _table(model)
        missing = scalar_defaults(table, frozenset(rows[0]))
        filled: Sequence[Mapping[str, Any]] = [{**missing, **row} for row in rows] if missing else rows
        names = tuple(filled[0])
        if len(filled) == 1:  # a column that is not named is NULL without being bound
            empty = null_unless_named(table)
            names = tuple([name for name, value in filled[0].items() if value is not None or name not in empty])
        into = insert_into(table, names, self._dialect.name)
        self.write_later(into, *(into.bound(row) for row in filled))

    def write_later(self, into: InsertInto, *rows: Row) -> None:
        """Have rows inserted with the rest that is pending."""
        self.pending.inserts.setdefault(into, []).extend(rows)

    async def insert_ignore(self, model: type[SQLModel] | Table, row: Mapping[str, Any]) -> bool:
        """Insert the row unless it collides with a unique key; return whether it is new."""
        statement = self._insert(_table(model)).values(**row).on_conflict_do_nothing()
        return (await self.run(statement)).rowcount == 1

    async def upsert(self, model: type[SQLModel] | Table, row: Mapping[str, Any], *, key: Iterable[str]) -> None:
        """Insert the row, or overwrite all columns that it names but `key` (a primary or unique key) of the row that is there."""
        columns = list(key)
        statement = self._insert(_table(model)).values(**row)
        changed = {name: statement.excluded[name] for name in row if name not in columns}
        await self.run(statement.on_conflict_do_update(index_elements=columns, set_=changed))

    async def execute(self, statement: Executable) -> int:
        """Execute an update or delete; return how many rows it touched."""
        return (await self.run(statement)).rowcount

    def _insert(self, table: Table) -> Any:
        return postgresql.insert(table) if self._dialect.name == "postgresql" else sqlite.insert(table)

    def emit(self, event: Event) -> None:
        """Tell the others, if and when this transaction commits."""
        cause = self.context.envelope
        event_id = new_id_text()
        correlation = (cause.correlation_id if cause else None) or self.context.correlation_id or event_id
        data = event.__pydantic_serializer__.to_json(event).decode()  # what model_dump_json calls, without its twenty options
        row = (event_id, event.subject, event.ordering_key(), to_micros(self.now), correlation, str(cause.id) if cause else None, data)
        self.pending.outbox.append(row)

    async def schedule(self, kind: str, *, key: str, at: datetime, payload: Mapping[str, Any] | None = None) -> None:
        """Have work `kind` done for `key` at `at`; the same kind and key again re-times it and gives it a fresh start."""
        self.pending.soon.discard((kind, key))
        self.pending.due[kind, key] = (to_micros(at), orjson.dumps(dict(payload or {}), default=str).decode())

    async def wake(self, kind: str, *, key: str) -> None:
        """Have work `kind` done for `key` now, unless it waits to be done anyway: for work that looks for itself what there is to do.

        Work that somebody has in hand is scheduled again, since it may have looked too early.
        """
        self.pending.due[kind, key] = (to_micros(self.now), "{}")
        self.pending.soon.add((kind, key))

    async def cancel(self, kind: str, *, key: str) -> None:
        """Take back work that is not done yet; nothing happens when there is none."""
        self.pending.due.pop((kind, key), None)
        await self.raw("DELETE FROM due WHERE kind = $1 AND key = $2", kind, key)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What happens inside is undone alone when it raises; events and due work that it asked for go with it."""
        await self.raw("SAVEPOINT inner_step")
        events, due, soon = len(self.pending.outbox), dict(self.pending.due), set(self.pending.soon)
        try:
            yield
            await self._write_rows()
        except BaseException:
            self.pending.inserts.clear()
            await self.raw("ROLLBACK TO SAVEPOINT inner_step")
            await self.raw("RELEASE SAVEPOINT inner_step")
            del self.pending.outbox[events:]
            self.pending.due, self.pending.soon = due, soon
            raise
        await self.raw("RELEASE SAVEPOINT inner_step")

    async def _write_rows(self) -> None:
        """Insert the rows that wait; every statement that may see them calls this first."""
        rows, self.pending.inserts = self.pending.rows(), {}
        for sql, values in rows:
            await self.raw_many(sql, values)

    def close_books(self) -> Pending:
        """Note what this transaction leaves to be noticed, and return what is still to be written; the kit calls it last."""
        self.outcome.events = len(self.pending.outbox)
        self.outcome.due_from = min((at for at, _ in self.pending.due.values()), default=None)
        return self.pending

    async def flush(self) -> None:
        """Write everything that waits."""
        statements = self.close_books().statements()
        self.pending.clear()
        for sql, rows in statements:
            await self.raw_many(sql, rows)


def _table(model: type[SQLModel] | Table) -> Table:
    if isinstance(model, Table):
        return model
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
    return table
