"""What a room still keeps of one person beside its own tables: what it told, holds back, gave up, and answered.

The room blanks its own rows; `forget_told` does the rest, now and once more later, since an event of the same moment may not be told yet.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import MetaData, Table, Uuid, select

from services.kit.db import Tx, UnitOfWork
from services.kit.due_rows import DueJob

AGAIN = timedelta(minutes=10)
KIND = "forget_told"
TIDY = "tidy_file"
MOST_ROWS = 50_000
_HELD = (("held_event", "envelope"), ("dead_letter", "payload"), ("idempotency_key", "body"))
_LISTED = {"sqlite": "SELECT value FROM json_each({0})", "postgresql": "SELECT value FROM json_array_elements_text({0}::json) AS w(value)"}
_NAMED = {"sqlite": "instr({0}, w.value) > 0", "postgresql": "strpos({0}, w.value) > 0"}


async def forget_told(uow: UnitOfWork, words: Collection[str], keys: Collection[str] = ()) -> int:
    """Delete told events, held events, dead letters and stored answers that name a person; return how many rows.

    `words` are ids of the person, looked for in the texts; `keys` are ids of what was the person's (contacts, items, …), by which events are
    ordered. Events not told yet are left to the second round.
    """
    count = await _forget(uow, words, keys)
    payload = {"words": sorted(words), "keys": sorted(keys)}
    await uow.schedule(KIND, key=min(words, default=""), at=uow.now + AGAIN, payload=payload)
    return count


async def forget_again(uow: UnitOfWork, job: DueJob) -> None:
    """The second round; `TxJob(KIND, forget_again)` in every service. Afterwards the file is tidied, once for all who were forgotten together."""
    await _forget(uow, job.payload["words"], job.payload["keys"])
    await uow.wake(TIDY, key="file")


async def tidy(runtime: Any, _job: DueJob) -> None:
    """`Job(TIDY, tidy)` in every service."""
    await runtime.db.tidy()


async def _forget(uow: UnitOfWork, words: Collection[str], keys: Collection[str]) -> int:
    dialect = uow.dialect_name
    listed, named = _LISTED[dialect], _NAMED[dialect]
    given = orjson.dumps(sorted(words)).decode()
    told = f"key IN ({listed.format('$2')}) OR EXISTS (SELECT 1 FROM ({listed.format('$1')}) w WHERE {named.format('data')})"
    rows = await uow.raw(
        f"DELETE FROM outbox WHERE published_at IS NOT NULL AND ({told}) RETURNING seq", given, orjson.dumps([*words, *keys]).decode()
    )
    count = len(rows)
    for table, column in _HELD:
        statement = f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM ({listed.format('$1')}) w WHERE {named.format(column)}) RETURNING 1"
        count += len(await uow.raw(statement, given))
    return count


async def rows_about(tx: Tx, metadata: MetaData, column: str, ids: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return table → rows in which `column` is one of `ids`, with the rows of tables that hang on such a row.

    Those have a column whose info says `{"part_of": "table.column"}`. At most MOST_ROWS of a table; bytes (sealed text, vectors) are left out,
    moments are ISO 8601.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        where = _about(table, metadata, column, ids)
        if where is not None:
            rows = await tx.rows(select(*table.columns).where(where).limit(MOST_ROWS))
            found[table.name] = [{name: _plain(value) for name, value in row.items() if not isinstance(value, bytes)} for row in rows]
    return found


def _about(table: Table, metadata: MetaData, column: str, ids: Collection[UUID]) -> Any:
    if column in table.columns and isinstance(table.columns[column].type, Uuid):
        return table.columns[column].in_(ids)
    for own in table.columns:
        if parent := own.info.get("part_of"):
            name, _, key = parent.partition(".")
            above = metadata.tables[name]
            where = _about(above, metadata, column, ids)
            return None if where is None else own.in_(select(above.columns[key]).where(where))
    return None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value
