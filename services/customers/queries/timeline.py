"""Read the timeline of one person or of many, over all records that are one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, RowMapping, and_, or_, select
from sqlmodel import col

from services.customers import repository
from services.customers.contract import TimelineEntryView
from services.customers.domain.timeline import EntryKind
from services.customers.models import CustomerMember, TimelineEntry
from services.customers.queries.newest import newest_of_each, of_people
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.kit.tables import from_micros, to_micros

_TABLE: Any = TimelineEntry.__table__  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
_ORDER = (_TABLE.c.occurred_us, _TABLE.c.id)
_PLACE = ("occurred_us", "id")
_COLUMNS = tuple(_TABLE.c[name] for name in ("id", "seq", "occurred_us", "kind", "title", "source", "data", "customer_id"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries a reader wants; None asks for all."""

    kinds: Sequence[EntryKind] | None = None
    sources: Sequence[str] | None = None
    since: datetime | None = None
    """First moment."""
    until: datetime | None = None
    """First moment after."""

    def where(self) -> list[ColumnElement[bool]]:
        """Return it as conditions."""
        found: list[ColumnElement[bool]] = []
        if self.kinds:
            found.append(col(TimelineEntry.kind).in_([kind.value for kind in self.kinds]))
        if self.sources:
            found.append(col(TimelineEntry.source).in_(self.sources))
        if self.since is not None:
            found.append(col(TimelineEntry.occurred_us) >= to_micros(self.since))
        if self.until is not None:
            found.append(col(TimelineEntry.occurred_us) < to_micros(self.until))
        return found


async def timeline(tx: Tx, customer_id: UUID, cursor: str | None, limit: int, wanted: Wanted) -> Page[TimelineEntryView]:
    """Return a page, newest first. The cursor is the last entry's place, so that late arrivals neither repeat nor hide an entry."""
    members = await repository.person(tx, customer_id)
    where = wanted.where()
    if cursor is not None:
        occurred_us, entry_id = _place(cursor)
        same = and_(col(TimelineEntry.occurred_us) == occurred_us, col(TimelineEntry.id) < entry_id)
        where.append(and_(col(TimelineEntry.occurred_us) <= occurred_us, or_(col(TimelineEntry.occurred_us) < occurred_us, same)))
    rows = of_people(await newest_of_each(tx, _TABLE, _COLUMNS, _ORDER, members, limit + 1, *where), {customer_id: members}, _PLACE, limit + 1)
    shown = rows[customer_id][:limit]
    more = encode_cursor(str(shown[-1]["occurred_us"]), str(shown[-1]["id"])) if len(rows[customer_id]) > limit else None
    return Page(items=await _views(tx, shown), next_cursor=more)


async def timeline_since(tx: Tx, customer_id: UUID, since_seq: int, limit: int, wanted: Wanted) -> Page[TimelineEntryView]:
    """Return what became visible after `since_seq`, in the order in which it did; the last item's `seq` is where to go on."""
    members = await repository.person(tx, customer_id)
    where = [col(TimelineEntry.customer_id).in_(members), *wanted.where(), col(TimelineEntry.seq) > since_seq]
    rows = await tx.rows(select(*_COLUMNS).where(*where).order_by(col(TimelineEntry.seq)).limit(limit))
    return Page(items=await _views(tx, rows), next_cursor=None)


async def newest(tx: Tx, members: Mapping[UUID, Sequence[UUID]], size: int) -> dict[UUID, list[TimelineEntryView]]:
    """Return the newest `size` entries of each person (survivor's id -> records), in one statement."""
    records = [record for own in members.values() for record in own]
    rows = await newest_of_each(tx, _TABLE, _COLUMNS, _ORDER, records, size)
    chosen = of_people(rows, members, _PLACE, size)
    views = {view.id: view for view in await _views(tx, [row for own in chosen.values() for row in own])}
    return {person: [views[row["id"]] for row in own] for person, own in chosen.items()}


async def last_seqs(tx: Tx, records: Collection[UUID]) -> dict[UUID, int]:
    """Return the largest seq of each record that has entries, by one index probe each."""
    theirs = select(col(TimelineEntry.seq)).where(col(TimelineEntry.customer_id) == col(CustomerMember.customer_id))
    last = theirs.order_by(col(TimelineEntry.seq).desc()).limit(1).scalar_subquery()
    rows = await tx.rows(select(col(CustomerMember.customer_id), last.label("seq")).where(col(CustomerMember.customer_id).in_(records)))
    return {row["customer_id"]: row["seq"] for row in rows if row["seq"] is not None}


def _place(cursor: str) -> tuple[int, UUID]:
    occurred_us, entry_id = decode_cursor(cursor, 2)
    try:
        return int(occurred_us), UUID(entry_id)
    except ValueError as reason:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from reason


async def _views(tx: Tx, rows: Sequence[RowMapping]) -> list[TimelineEntryView]:
    keys = await repository.sealers(tx, {row["customer_id"] for row in rows})
    return [_view(row, *repository.opened_entry(keys.get(row["customer_id"]), row["title"], row["data"])) for row in rows]


def _view(row: RowMapping, title: str, data: str) -> TimelineEntryView:
    return TimelineEntryView.model_validate({**row, "title": title, "occurred_at": from_micros(row["occurred_us"]), "data": orjson.loads(data)})
