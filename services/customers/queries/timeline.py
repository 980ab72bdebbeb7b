"""Read the timeline of one person or of many, over all records that are one person."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, RowMapping, and_, case, func, or_, select
from sqlmodel import col

from services.customers import repository
from services.customers.contract import TimelineEntryView
from services.customers.domain.timeline import EntryKind
from services.customers.models import TimelineEntry
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.kit.tables import from_micros

_ORDER = (col(TimelineEntry.occurred_us).desc(), col(TimelineEntry.id).desc())
_COLUMNS = tuple(col(getattr(TimelineEntry, name)) for name in ("id", "seq", "occurred_us", "kind", "title", "source", "data", "customer_id"))


async def timeline(tx: Tx, customer_id: UUID, cursor: str | None, limit: int, kinds: Sequence[EntryKind] | None) -> Page[TimelineEntryView]:
    """Return a page, newest first. The cursor is the last entry's place, so that late arrivals neither repeat nor hide an entry."""
    wanted = _of(await repository.person(tx, customer_id), kinds)
    if cursor is not None:
        occurred_us, entry_id = _place(cursor)
        same = and_(col(TimelineEntry.occurred_us) == occurred_us, col(TimelineEntry.id) < entry_id)
        wanted.append(and_(col(TimelineEntry.occurred_us) <= occurred_us, or_(col(TimelineEntry.occurred_us) < occurred_us, same)))
    rows = await tx.rows(select(*_COLUMNS).where(*wanted).order_by(*_ORDER).limit(limit + 1))
    shown = rows[:limit]
    more = encode_cursor(str(shown[-1]["occurred_us"]), str(shown[-1]["id"])) if len(rows) > limit else None
    return Page(items=[_view(row) for row in shown], next_cursor=more)


async def timeline_since(tx: Tx, customer_id: UUID, since_seq: int, limit: int, kinds: Sequence[EntryKind] | None) -> Page[TimelineEntryView]:
    """Return what became visible after `since_seq`, in the order in which it did; the last item's `seq` is where to go on."""
    wanted = [*_of(await repository.person(tx, customer_id), kinds), col(TimelineEntry.seq) > since_seq]
    rows = await tx.rows(select(*_COLUMNS).where(*wanted).order_by(col(TimelineEntry.seq)).limit(limit))
    return Page(items=[_view(row) for row in rows], next_cursor=None)


async def newest(tx: Tx, members: Mapping[UUID, Sequence[UUID]], size: int) -> dict[UUID, list[TimelineEntryView]]:
    """Return the newest `size` entries of each person (survivor's id -> records), in one statement."""
    found: dict[UUID, list[TimelineEntryView]] = {person: [] for person in members}
    if not members:
        return found
    if len(members) == 1:
        ((person, records),) = members.items()
        rows = await tx.rows(select(*_COLUMNS).where(*_of(records, None)).order_by(*_ORDER).limit(size))
        return {person: [_view(row) for row in rows]}
    person_of = {record: person for person, records in members.items() for record in records}
    owner = case(person_of, value=col(TimelineEntry.customer_id), else_=col(TimelineEntry.customer_id))
    place = func.row_number().over(partition_by=owner, order_by=_ORDER).label("place")
    ranked = select(*_COLUMNS, place).where(col(TimelineEntry.customer_id).in_(person_of)).subquery()
    rows = await tx.rows(select(ranked).where(ranked.c.place <= size).order_by(ranked.c.occurred_us.desc(), ranked.c.id.desc()))
    for row in rows:
        found[person_of[row["customer_id"]]].append(_view(row))
    return found


async def last_seqs(tx: Tx, records: Collection[UUID]) -> dict[UUID, int]:
    """Return the largest seq of each record that has entries."""
    mine = col(TimelineEntry.customer_id)
    statement = select(mine, func.max(col(TimelineEntry.seq)).label("seq")).where(mine.in_(records)).group_by(mine)
    return {row["customer_id"]: row["seq"] for row in await tx.rows(statement)}


def _of(records: Collection[UUID], kinds: Sequence[EntryKind] | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [col(TimelineEntry.customer_id).in_(records)]
    if kinds:
        wanted.append(col(TimelineEntry.kind).in_([kind.value for kind in kinds]))
    return wanted


def _place(cursor: str) -> tuple[int, UUID]:
    occurred_us, entry_id = decode_cursor(cursor, 2)
    try:
        return int(occurred_us), UUID(entry_id)
    except ValueError as reason:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from reason


def _view(row: RowMapping) -> TimelineEntryView:
    return TimelineEntryView.model_validate({**row, "occurred_at": from_micros(row["occurred_us"]), "data": orjson.loads(row["data"])})
