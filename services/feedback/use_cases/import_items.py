"""Many voices at once: history and exports of other systems. Idempotent by (source, external id); told of and read in the background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import orjson
from pydantic import Field, model_validator
from sqlalchemy import select, update
from sqlmodel import col

from services.feedback.domain.items import IMPORTED, RECEIVED
from services.feedback.models import Correction, Item
from services.feedback.use_cases.forgetting import erased_among
from services.feedback.use_cases.take_in import PATIENCE, announce
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.fields import Body, Code, Command, Instant, Language, Line, Name, Reference
from services.kit.ids import new_id

ANNOUNCED = 500
"""Imported items that are told of in one transaction."""
SOON = timedelta(seconds=5)
AT_LATEST = timedelta(seconds=60)
"""An import that never ends must not keep what it brought from being read."""
LABELLED = Literal["driver", "product", "disposition", "journey_stage", "topic", "sentiment", "severity"]
KEY_KINDS = Literal["account", "phone", "email", "platform", "order", "reference"]
KINDS = Literal["answer", "service_review", "product_review", "call_note", "chat", "email", "idea"]


class ImportedKey(Command):
    """A key that names a customer."""

    kind: KEY_KINDS
    value: Reference


class ImportedItem(Command):
    """One line of an import. `labels` are what people said about it elsewhere: they count as confirmed and are learned from."""

    external_id: Reference
    kind: KINDS
    text: Body
    source: Code | None = None
    title: Line | None = None
    language: Language | None = None
    score: Annotated[float | None, Field(ge=0, le=100)] = None
    scale_max: Annotated[float | None, Field(gt=1, le=100)] = None
    customer_id: UUID | None = None
    customer_key: ImportedKey | None = None
    contact_id: UUID | None = None
    said_at: Instant | None = None
    wants_contact: bool = False
    labels: Annotated[dict[LABELLED, Code] | None, Field(max_length=7)] = None
    attributes: Annotated[dict[Code, Name] | None, Field(max_length=20)] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.score is None) != (self.scale_max is None):
            raise ValueError("score and scale_max come together")
        if self.score is not None and self.scale_max is not None and self.score > self.scale_max:
            raise ValueError("score must not be larger than scale_max")
        if self.customer_key is not None and self.customer_id is not None:
            raise ValueError("send customer_key or customer_id, not both")
        return self


@dataclass(slots=True)
class ReadyRow:
    """One line, checked and masked."""

    line: int
    external_id: str
    digest: str
    source: str
    values: dict[str, Any]
    labels: Mapping[str, str] | None = None


@dataclass(slots=True)
class Stored:
    """What became of a batch; `differing` are lines whose external id is known with other content."""

    accepted: int = 0
    repeated: int = 0
    differing: list[int] = field(default_factory=list)
    erased: list[int] = field(default_factory=list)
    """Lines about customers who were erased here."""


async def store_rows(uow: UnitOfWork, rows: Sequence[ReadyRow], started: datetime) -> Stored:
    """Store what is new; tell it apart from what is known and from what is known otherwise."""
    told = Stored()
    new: dict[tuple[str, str], ReadyRow] = {}
    known = await _known(uow, rows)
    gone = await _gone(uow, rows)
    for row in rows:
        if row.values["customer_id"] in gone:
            told.erased.append(row.line)
            continue
        key = (row.source, row.external_id)
        digest = known.get(key) or (new[key].digest if key in new else None)
        if digest is None:
            new[key] = row
        elif digest == row.digest:
            told.repeated += 1
        else:
            told.differing.append(row.line)
    if new:
        chosen = list(new.values())
        written = await (_store_postgres if uow.dialect_name == "postgresql" else _store_sqlite)(uow, chosen)
        told.accepted += written
        told.repeated += len(chosen) - written  # another upload brought the same lines at the same moment
        await _store_labels(uow, chosen)
        await uow.schedule("announce_imported", key="all", at=min(uow.now + SOON, max(uow.now, started + AT_LATEST)))
    return told


async def _gone(uow: UnitOfWork, rows: Sequence[ReadyRow]) -> set[UUID]:
    """Return the customers of these lines who were erased; nobody is looked for while nobody ever was."""
    if not await uow.raw("SELECT 1 FROM forgotten LIMIT 1"):
        return set()
    return await erased_among(uow, {row.values["customer_id"] for row in rows if row.values["customer_id"] is not None})


async def _known(uow: UnitOfWork, rows: Sequence[ReadyRow]) -> dict[tuple[str, str], str]:
    """Return the digests of the lines that came before."""
    by_source: dict[str, list[str]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row.external_id)
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


_COLUMNS = {
    "id": "uuid", "source": "text", "external_id": "text", "kind": "text", "digest": "text", "customer_id": "uuid", "customer_keys": "json",
    "contact_id": "uuid", "title": "text", "text": "text", "sealed": "bytea", "score": "float8", "scale_max": "float8", "wants_contact": "bool",
    "language": "text", "labels": "json", "said_at": "timestamptz", "attributes": "json",
}  # fmt: skip
_ON_SQLITE = [(name, kind in {"uuid", "timestamptz"}) for name, kind in _COLUMNS.items()]
"""The columns, and whether SQLite keeps their values in another form than they have here."""
_FIXED = "'imported', 1, {true}, '[]'"


async def _store_postgres(uow: UnitOfWork, rows: Sequence[ReadyRow]) -> int:
    """One statement for the batch: arrays in, rows out, races decided by the unique key."""
    arrays = ", ".join(f"${place}::{'text' if kind == 'json' else kind}[]" for place, kind in enumerate(_COLUMNS.values(), 2))
    taken = ", ".join(f"c{place}::json" if kind == "json" else f"c{place}" for place, kind in enumerate(_COLUMNS.values()))
    names = ", ".join(f"c{place}" for place in range(len(_COLUMNS)))
    sql = (
        f"WITH fresh AS (INSERT INTO item ({', '.join(_COLUMNS)}, categorise_from, received_at, state, version, counted, reasons)"
        f" SELECT {taken}, $1, $1, {_FIXED.format(true='true')} FROM unnest({arrays}) AS t({names})"
        " ON CONFLICT (source, external_id) DO NOTHING RETURNING 1) SELECT count(*) FROM fresh"
    )
    columns = [[row.values[name] for row in rows] for name in _COLUMNS]
    return int((await uow.raw(sql, uow.now, *columns))[0][0])


async def _store_sqlite(uow: UnitOfWork, rows: Sequence[ReadyRow]) -> int:
    """One prepared statement, once per row."""
    now = _sqlite(uow.now)
    places = ", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 1))
    sql = (
        f"INSERT OR IGNORE INTO item ({', '.join(_COLUMNS)}, categorise_from, received_at, state, version, counted, reasons)"
        f" VALUES ({places}, '{now}', '{now}', {_FIXED.format(true='1')})"
    )
    before = (await uow.raw("SELECT total_changes()"))[0][0]
    await uow.raw_many(sql, [[_sqlite(row.values[name]) if other else row.values[name] for name, other in _ON_SQLITE] for row in rows])
    return int((await uow.raw("SELECT total_changes()"))[0][0]) - int(before)


def _sqlite(value: Any) -> Any:
    """Write a value as the tables do on SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value


async def _store_labels(uow: UnitOfWork, rows: Sequence[ReadyRow]) -> None:
    """What people said elsewhere is kept as their word, in the history as well."""
    who = uow.principal.subject if uow.principal else "import"
    corrections = [
        {"id": new_id(), "item_id": row.values["id"], "axis": axis, "was": None, "now": code, "by": f"import:{who}", "at": uow.now}
        for row in rows
        for axis, code in (row.labels or {}).items()
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
