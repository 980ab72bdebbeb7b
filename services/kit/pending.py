"""What a use case wants written, kept until it matters: so that many rows, or many use cases, become few statements."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import JSON, Dialect, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel.sql.sqltypes import UTCDateTime

Row = tuple[Any, ...]
MOST_TOGETHER = 16
"""Rows that one statement may write; more go the ordinary way, in a transaction."""
_OUTBOX_NAMES = ("id", "subject", "key", "occurred_at", "correlation_id", "causation_id", "data")
_OUTBOX = f"INSERT INTO outbox ({', '.join(_OUTBOX_NAMES)}) VALUES ($1, $2, $3, $4, $5, $6, $7)"
_SCHEDULE = (
    "INSERT INTO due (kind, key, due_at, payload) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, key) DO UPDATE"
    " SET due_at = excluded.due_at, payload = excluded.payload, attempts = 0, owner = NULL"
)
_WAKE = _SCHEDULE + " WHERE due.owner IS NOT NULL OR due.due_at > excluded.due_at"
_PLACEHOLDER = re.compile(r"\$(\d+)")


def _from_arrays(sql: str, kinds: Sequence[str]) -> str:
    into, _, values = sql.partition(" VALUES ")
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(kinds, 1))
    return f"{into} SELECT * FROM unnest({arrays}){''.join(values.partition(' ON CONFLICT')[1:])}"


_DUE_KINDS = ("text", "text", "bigint", "text")
FROM_ARRAYS = {
    _OUTBOX: _from_arrays(_OUTBOX, ("text", "text", "text", "bigint", "text", "text", "text")),
    _SCHEDULE: _from_arrays(_SCHEDULE, _DUE_KINDS),
    _WAKE: _from_arrays(_WAKE, _DUE_KINDS),
}
"""PostgreSQL's way to write many rows: one statement with an array for each column costs half of as many executions of the plain one."""
COPIED: dict[str, tuple[str, tuple[str, ...]]] = {_OUTBOX: ("outbox", _OUTBOX_NAMES)}
"""Table and columns of each plain INSERT (a collision is an error): what COPY needs, which costs less than arrays for many rows."""


@dataclass(frozen=True, slots=True, eq=False)
class InsertInto:
    """A compiled INSERT; made once per table and columns, so two are the same only when they are one."""

    sql: str
    names: tuple[str, ...]
    processors: tuple[Any, ...]
    place: int
    """Of its table among the tables of the service: what others refer to comes first."""

    def bound(self, row: Any) -> Row:
        """Return the values of a row as the driver wants them."""
        return tuple([process(row[name]) if process else row[name] for name, process in zip(self.names, self.processors, strict=True)])


@dataclass(slots=True)
class Pending:
    """Rows, events and due work that are decided, but not written yet."""

    inserts: dict[InsertInto, list[Row]] = field(default_factory=dict)
    outbox: list[Row] = field(default_factory=list)
    due: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    soon: set[tuple[str, str]] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.inserts or self.outbox or self.due)

    def contradicts(self, later: "Pending") -> bool:
        """Tell whether both time the same work, and not merely wake it: then one must be written before the other."""
        return any(key not in self.soon or key not in later.soon for key in later.due.keys() & self.due.keys())

    def add(self, later: "Pending") -> None:
        """Take in what another use case wants written after this."""
        for into, rows in later.inserts.items():
            self.inserts.setdefault(into, []).extend(rows)
        self.outbox += later.outbox
        self.soon = (self.soon - later.due.keys()) | later.soon
        self.due |= later.due

    def rows(self) -> list[tuple[str, list[Row]]]:
        """Return the statements that insert the rows."""
        return [(into.sql, rows) for into, rows in sorted(self.inserts.items(), key=lambda pair: pair[0].place)]

    def statements(self) -> list[tuple[str, list[Row]]]:
        """Return all statements in the order in which they must run, each with its rows."""
        made = self.rows()
        if self.outbox:
            made.append((_OUTBOX, self.outbox))
        if self.due:
            timed = [(*key, *value) for key, value in sorted(self.due.items()) if key not in self.soon]
            woken = [(*key, *value) for key, value in sorted(self.due.items()) if key in self.soon]
            made += [(sql, rows) for sql, rows in ((_SCHEDULE, timed), (_WAKE, woken)) if rows]
        return made

    def clear(self) -> None:
        """Forget what has been written."""
        self.inserts, self.outbox, self.due, self.soon = {}, [], {}, set()


def as_one(statements: Iterable[tuple[str, list[Row]]]) -> tuple[str, list[Any]] | None:
    """Return one statement for all rows, or None when there are too many: on PostgreSQL it is its own transaction, one round trip for all.

    Data-modifying CTEs all run to their end, and foreign keys are checked after the whole (PostgreSQL manual, 7.8.4).
    """
    singles = [(sql, row) for sql, rows in statements for row in rows]
    if not 0 < len(singles) <= MOST_TOGETHER:
        return None
    return _chained(tuple(sql for sql, _ in singles)), [value for _, row in singles for value in row]


@lru_cache(maxsize=512)
def _chained(statements: tuple[str, ...]) -> str:
    parts, used = [], 0
    for sql in statements:
        before = used
        parts.append(_PLACEHOLDER.sub(lambda found: f"${int(found[1]) + before}", sql))  # noqa: B023  called at once
        used = before + max((int(number) for number in _PLACEHOLDER.findall(sql)), default=0)
    *first, last = parts
    return f"WITH {', '.join(f'step{number} AS ({sql})' for number, sql in enumerate(first))} {last}" if first else last


@lru_cache(maxsize=512)
def insert_into(table: Table, names: tuple[str, ...], dialect_name: str) -> InsertInto:
    """Compile an INSERT once per table and columns: SQLAlchemy's own compilation and bind processing, without its per-call machinery."""
    dialect = postgres_dialect() if dialect_name == "postgresql" else sqlite.dialect(paramstyle="qmark")
    compiled = insert(table).inline().compile(dialect=dialect, column_keys=list(names))
    order = tuple(compiled.positiontup or ())
    moments = {column.name for column in table.columns if isinstance(column.type, UTCDateTime)} if dialect_name == "sqlite" else set()
    own: dict[str, Any] = dict.fromkeys(moments, _moment_text)
    own |= {column.name: _json_text for column in table.columns if isinstance(column.type, JSON) and not column.type.none_as_null}
    processors = tuple(own.get(name) or compiled._bind_processors.get(name) for name in order)  # noqa: SLF001  the documented way costs ten times as much per row
    if dialect_name == "postgresql":
        named = [table.columns[name].type.compile(dialect=dialect) for name in order]
        kinds = ["TEXT" if kind.startswith("VARCHAR") else kind for kind in named]  # a cast to a length would cut, where the column refuses
        FROM_ARRAYS[str(compiled)] = _from_arrays(str(compiled), kinds)
        COPIED[str(compiled)] = (table.name, order)
    return InsertInto(str(compiled), order, processors, table.metadata.sorted_tables.index(table))


@lru_cache(maxsize=512)
def scalar_defaults(table: Table, named: frozenset[str]) -> dict[str, Any]:
    """Return the plain default values of the columns that a row does not name."""
    defaults = {column.name: column.default for column in table.columns if column.name not in named}
    return {name: default.arg for name, default in defaults.items() if isinstance(default, ScalarElementColumnDefault)}


@lru_cache(maxsize=512)
def null_unless_named(table: Table) -> frozenset[str]:
    """Return the columns that are NULL when a row does not name them."""
    return frozenset(column.name for column in table.columns if column.default is None and column.server_default is None)


def postgres_dialect() -> Dialect:
    """Return SQLAlchemy's asyncpg dialect."""
    dialect: Dialect = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy left it untyped
    return dialect


def _json_text(value: Any) -> str:
    """Write JSON at a tenth of the cost of the standard library, which writes what is odd (keys that are no texts, very large numbers)."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value)


def _moment_text(moment: datetime | None) -> str | None:
    """Write a moment as SQLAlchemy does on SQLite, at a fifth of the cost; naive ones are refused as by UTCDateTime."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]
