"""Many voices at once: history and exports of other systems. Idempotent by (source, external id); told of and read in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import compress, repeat
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, update
from sqlmodel import col

from services.feedback.domain.items import IMPORTED, RECEIVED
from services.feedback.models import Correction, Item
from services.feedback.use_cases.forgetting import erased_among
from services.feedback.use_cases.prepare_lines import COLUMNS, Prepared, moment_text
from services.feedback.use_cases.take_in import PATIENCE, announce
from services.kit.db import UniqueViolation, UnitOfWork
from services.kit.due import DueJob
from services.kit.ids import new_id

ANNOUNCED = 500
"""Imported items that are told of in one transaction."""
SOON = timedelta(seconds=5)
AT_LATEST = timedelta(seconds=60)
"""An import that never ends must not keep what it brought from being read."""


@dataclass(slots=True)
class Stored:
    """What became of a batch; `differing` are lines whose external id is known with other content."""

    accepted: int = 0
    repeated: int = 0
    differing: list[int] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    """Lines about customers who were erased here."""


async def store_rows(uow: UnitOfWork, batch: Prepared, started: datetime) -> Stored:
    """Store what is new; tell it apart from what is known and from what is known otherwise."""
    told = Stored()
    columns = dict(zip(COLUMNS, batch.columns, strict=True))
    known = await _known(uow, columns["source"], columns["external_id"])
    gone = await _gone(uow, columns["customer_id"])
    new = []
    for line, source, external_id, digest, customer in zip(
        batch.lines, columns["source"], columns["external_id"], columns["digest"], columns["customer_id"], strict=True
    ):
        if customer in gone:
            told.erased.append(line)
            new.append(False)
            continue
        before = known.get((source, external_id))
        new.append(before is None)
        if before is None:
            known[source, external_id] = digest
        elif before == digest:
            told.repeated += 1
        else:
            told.differing.append(line)
    if any(new):
        chosen = batch.columns if all(new) else [list(compress(column, new)) for column in batch.columns]
        written = await (_store_postgres if uow.dialect_name == "postgresql" else _store_sqlite)(uow, chosen)
        told.accepted += written
        told.repeated += sum(new) - written  # another upload brought the same lines at the same moment
        labelled = {UUID(columns["id"][place]): labels for place, labels in batch.labels if new[place]}
        if labelled and written < sum(new):
            here = set((await uow.run(select(col(Item.id)).where(col(Item.id).in_(labelled)))).scalars())
            labelled = {item_id: labels for item_id, labels in labelled.items() if item_id in here}  # the others' were the other upload's
        await _store_labels(uow, labelled)
        await uow.schedule("announce_imported", key="all", at=min(uow.now + SOON, max(uow.now, started + AT_LATEST)))
    return told


async def _gone(uow: UnitOfWork, customers: Sequence[str | None]) -> set[str | None]:
    """Return the customers of these lines who were erased; nobody is looked for while nobody ever was."""
    if not await uow.raw("SELECT 1 FROM forgotten LIMIT 1"):
        return set()
    return {one.hex for one in await erased_among(uow, {UUID(customer) for customer in customers if customer is not None})}


async def _known(uow: UnitOfWork, sources: Sequence[str], external_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return the digests of the lines that came before."""
    by_source: dict[str, list[str]] = {}
    for source, external_id in zip(sources, external_ids, strict=True):
        by_source.setdefault(source, []).append(external_id)
    found: dict[tuple[str, str], str] = {}
    for source, ids in by_source.items():
        if uow.dialect_name == "postgresql":
            sql = "SELECT external_id, digest FROM item WHERE source = $1 AND external_id = ANY($2::text[])"
            listed = await uow.raw(sql, source, ids)
        else:
            sql = "SELECT external_id, digest FROM item WHERE source = $1 AND external_id IN (SELECT value FROM json_each($2))"
            listed = await uow.raw(sql, source, orjson.dumps(ids).decode())
        found |= {(source, external_id): digest for external_id, digest in listed}
    return found


_KINDS = {
    "id": "uuid", "customer_id": "uuid", "customer_keys": "json", "contact_id": "uuid", "sealed": "bytea", "score": "float8", "scale_max": "float8",
    "wants_contact": "bool", "labels": "json", "said_at": "moment", "attributes": "json",
}  # fmt: skip
"""Columns that are no texts on PostgreSQL. Ids, JSON and moments come as the texts that SQLite keeps."""
_FROM_TEXT = {"json": "{}::json", "moment": "{}::timestamp AT TIME ZONE 'UTC'"}
_FIXED = f"'{IMPORTED}', 1, {{true}}, '[]'"


_LATER = ("categorise_from", "received_at", "state", "version", "counted", "reasons")
"""Columns that are alike in all rows of a batch."""


async def _store_postgres(uow: UnitOfWork, columns: Sequence[list[Any]]) -> int:
    """Copy the batch in; when another upload brings one of its lines at the same moment, insert what that one does not."""
    alike = map(repeat, (uow.now, uow.now, IMPORTED, 1, True, "[]"))
    moment = COLUMNS.index("said_at")
    typed = [list(map(_utc, column)) if place == moment else column for place, column in enumerate(columns)]
    try:
        async with uow.savepoint():
            await uow.copy("item", [*COLUMNS, *_LATER], zip(*typed, *alike, strict=False))
    except UniqueViolation:
        return await _insert_postgres(uow, columns)
    return len(columns[0])


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


async def _insert_postgres(uow: UnitOfWork, columns: Sequence[list[Any]]) -> int:
    """One statement for the batch: arrays in, rows out, races decided by the unique key."""
    kinds = [_KINDS.get(name, "text") for name in COLUMNS]
    arrays = ", ".join(f"${place}::{'text' if kind in _FROM_TEXT else kind}[]" for place, kind in enumerate(kinds, 2))
    taken = ", ".join(_FROM_TEXT.get(kind, "{}").format(f"c{place}") for place, kind in enumerate(kinds))
    names = ", ".join(f"c{place}" for place in range(len(COLUMNS)))
    sql = (
        f"WITH fresh AS (INSERT INTO item ({', '.join((*COLUMNS, *_LATER))})"
        f" SELECT {taken}, $1, $1, {_FIXED.format(true='true')} FROM unnest({arrays}) AS t({names})"
        " ON CONFLICT (source, external_id) DO NOTHING RETURNING 1) SELECT count(*) FROM fresh"
    )
    return int((await uow.raw(sql, uow.now, *columns))[0][0])


async def _store_sqlite(uow: UnitOfWork, columns: Sequence[list[Any]]) -> int:
    """One prepared statement, once per row."""
    now = moment_text(uow.now)
    places = ", ".join(f"${place}" for place in range(1, len(COLUMNS) + 1))
    sql = f"INSERT OR IGNORE INTO item ({', '.join((*COLUMNS, *_LATER))}) VALUES ({places}, '{now}', '{now}', {_FIXED.format(true='1')})"
    before = (await uow.raw("SELECT total_changes()"))[0][0]
    await uow.raw_many(sql, list(zip(*columns, strict=True)))
    return int((await uow.raw("SELECT total_changes()"))[0][0]) - int(before)


async def _store_labels(uow: UnitOfWork, labelled: Mapping[UUID, Mapping[str, str]]) -> None:
    """What people said elsewhere is kept as their word, in the history as well."""
    who = uow.principal.subject if uow.principal else "import"
    corrections = [
        {"id": new_id(), "item_id": item_id, "axis": axis, "was": None, "now": code, "by": f"import:{who}", "at": uow.now}
        for item_id, labels in labelled.items()
        for axis, code in labels.items()
    ]
    if corrections:
        await uow.insert(Correction, *corrections)


async def announce_imported(uow: UnitOfWork, job: DueJob) -> None:
    """Tell of the oldest imported items, and have them read."""
    waiting = select(Item).where(col(Item.state) == IMPORTED).order_by(col(Item.id)).limit(ANNOUNCED)
    items = await uow.all(waiting, Item)
    for item in items:
        waits = item.customer_id is None and bool(item.customer_keys)
        await announce(uow, item.model_dump() | {"categorise_from": uow.now + PATIENCE if waits else uow.now})
    of_somebody = [item.id for item in items if item.customer_id is None and item.customer_keys]
    told = update(Item).where(col(Item.id).in_([item.id for item in items]))
    if items:
        await uow.execute(told.values(state=RECEIVED, categorise_from=uow.now))
    if of_somebody:
        await uow.execute(update(Item).where(col(Item.id).in_(of_somebody)).values(categorise_from=uow.now + PATIENCE))
    if len(items) == ANNOUNCED:
        await uow.schedule(job.kind, key=job.key, at=uow.now)
