"""The rows of due work: claiming, finishing, failing; one statement each on either database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from services.kit.db import Tx, UnitOfWork
from services.kit.ids import new_id_text
from services.kit.tables import from_micros, to_micros

_CLAIM = {
    "postgresql": "WITH ripe AS MATERIALIZED"
    " (SELECT ctid AS place, due_at FROM due WHERE due_at <= $1 ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)"
    " UPDATE due SET due_at = $3, attempts = attempts + 1, owner = $4 FROM ripe WHERE due.ctid = ripe.place"
    " RETURNING due.kind, due.key, ripe.due_at, due.attempts, due.payload, due.ctid::text",
    "sqlite": "SELECT kind, key, due_at, attempts + 1, payload, rowid FROM due WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
}
_TAKE_SQLITE = "UPDATE due SET due_at = $2, attempts = attempts + 1, owner = $3 WHERE rowid IN (SELECT value FROM json_each($1))"
_FINISH = {
    # Found where claiming put them: a row that was written since is elsewhere, and somebody else's. Locked in the order in which writers lock
    # them (by kind and key), or the two would wait for each other.
    "postgresql": "WITH done AS MATERIALIZED (SELECT ctid AS place FROM due WHERE ctid = ANY($1::text::tid[]) AND owner = $2"
    ' ORDER BY kind COLLATE "C", key COLLATE "C" FOR UPDATE)'
    " DELETE FROM due USING done WHERE due.ctid = done.place AND due.owner = $2 RETURNING due.kind, due.key",
    "sqlite": "DELETE FROM due WHERE (kind, key) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1)) AND owner = $2 RETURNING kind, key",
}


@dataclass(slots=True)
class DueJob:
    """Work that fell due; never changed (not frozen: that would set each field of the many by a detour)."""

    kind: str
    key: str
    due_at: datetime
    attempts: int
    """1 the first time."""
    payload: dict[str, Any]
    owner: str = ""
    """The one claim that took it."""
    place: str = ""
    """Where that claim put its row, on PostgreSQL."""


async def finish(uow: UnitOfWork, jobs: Sequence[DueJob]) -> list[Any]:
    """Delete the rows of jobs that were claimed together and are still their claim's; return their kinds and keys."""
    if uow.dialect_name == "postgresql":
        quoted = '","'.join([job.place for job in jobs])
        which = f'{{"{quoted}"}}'
    else:
        which = orjson.dumps([(job.kind, job.key) for job in jobs]).decode()
    return await uow.raw(_FINISH[uow.dialect_name], which, jobs[0].owner)


async def claim(uow: UnitOfWork, now: int, limit: int, lease: int) -> list[DueJob]:
    """Take up to `limit` rows that are due, earliest first, until `lease`; all moments in microseconds."""
    # A name for each claim, not for each process: the place of a row that was written meanwhile may be another's by now, but not in the same claim.
    owner = new_id_text()
    on_postgres = uow.dialect_name == "postgresql"
    if on_postgres:
        # A claim that a crash of the server undoes is claimed again: nobody need wait for the disk.
        await uow.raw("SET LOCAL synchronous_commit TO off")
    rows = await uow.raw(_CLAIM[uow.dialect_name], now, limit, *([lease, owner] if on_postgres else []))
    if rows and not on_postgres:
        await uow.raw(_TAKE_SQLITE, f"[{','.join(str(row[5]) for row in rows)}]", lease, owner)
    return [DueJob(row[0], row[1], from_micros(row[2]), row[3], orjson.loads(row[4]), owner, row[5] if on_postgres else "") for row in rows]


async def next_due(tx: Tx) -> int | None:
    """Return the earliest due moment, None when nothing waits."""
    rows = await tx.raw("SELECT due_at FROM due ORDER BY due_at LIMIT 1")
    return int(rows[0][0]) if rows else None


async def failed(uow: UnitOfWork, job: DueJob, next_at: int, dead_because: str | None) -> None:
    """Put the row back for `next_at`, or, with a reason, among the dead letters."""
    if dead_because is None:
        await uow.raw("UPDATE due SET due_at = $3, owner = NULL WHERE kind = $1 AND key = $2 AND owner = $4", job.kind, job.key, next_at, job.owner)
        return
    await uow.raw("DELETE FROM due WHERE kind = $1 AND key = $2 AND owner = $3", job.kind, job.key, job.owner)
    await uow.raw(
        "INSERT INTO dead_letter (kind, key, died_at, attempts, payload, error) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (kind, key) DO UPDATE SET died_at = excluded.died_at, attempts = excluded.attempts, error = excluded.error",
        *(job.kind, job.key, to_micros(uow.now), job.attempts, orjson.dumps(job.payload).decode(), dead_because),
    )
