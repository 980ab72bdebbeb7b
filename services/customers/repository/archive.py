"""The archive of what was heard, from which the timeline can be made anew.

It stands beside the timeline row by row, under the same `seq`: each writer of the one writes the other in the same transaction, the archive
first where rows are locked or changed, so that nobody waits in a circle.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from services.customers.domain.timeline import SubjectKind
from services.customers.models import ArchivedEvent, Customer, CustomerMember, TimelineEntry, TimelineRebuild, Values
from services.customers.repository.ciphers import Sealer
from services.kit.db import Tx, UnitOfWork

PLACE = "archived_event.event"
_ONE = 1
_INSERT = (
    "INSERT INTO archived_event (seq, id, customer_id, subject_kind, subject_id, kind, occurred_us, subject, told_us, event)"
    " SELECT seq, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM timeline_entry WHERE id = $1 ON CONFLICT (seq) DO NOTHING"
)
_SEQUENCE = (
    "SELECT setval(pg_get_serial_sequence('timeline_entry', 'seq'), $1::bigint)"
    " WHERE nextval(pg_get_serial_sequence('timeline_entry', 'seq')) < $1::bigint"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as the archive keeps it."""

    subject: str
    told_us: int
    event: bytes
    """JSON; empty when its customer was erased."""


@dataclass(frozen=True, slots=True)
class Archived:
    """One row of the archive and the entry that it stands for."""

    seq: int
    id: UUID
    customer_id: UUID | None
    subject_kind: str | None
    subject_id: UUID | None
    kind: str
    occurred_us: int
    heard: Heard


async def archive(uow: UnitOfWork, rows: Sequence[tuple[Archived, Sealer | None]]) -> None:
    """Keep what stands behind entries that were just written, `seq` being read from those; what is kept already stays."""
    values = [
        (
            row.id.hex,
            row.customer_id and row.customer_id.hex,
            row.subject_kind,
            row.subject_id and row.subject_id.hex,
            row.kind,
            row.occurred_us,
            row.heard.subject,
            row.heard.told_us,
            _packed(row.heard.event, sealer),
        )
        for row, sealer in rows
    ]
    if values:
        await uow.raw_many(_INSERT, values)


async def take_archived(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID) -> dict[UUID, Heard]:
    """Take out what waits for the customer of this subject; by the event's id."""
    mine = (
        col(ArchivedEvent.subject_kind) == kind.value,
        col(ArchivedEvent.subject_id) == subject_id,
        col(ArchivedEvent.customer_id).is_(None),
    )
    found = await uow.all(select(ArchivedEvent).where(*mine).order_by(col(ArchivedEvent.seq)).with_for_update(), ArchivedEvent)
    if found:
        await uow.execute(delete(ArchivedEvent).where(*mine))
    return {row.id: Heard(row.subject, row.told_us, _unpacked(row.event, None)) for row in found}


async def forget_archived(uow: UnitOfWork, members: Collection[UUID]) -> int:
    """Drop what these records' events said; return how many there were. That they happened, and when, is counted on."""
    theirs = (col(ArchivedEvent.customer_id).in_(members), col(ArchivedEvent.event) != b"")
    return await uow.execute(update(ArchivedEvent).where(*theirs).values(event=b""))


async def archived_next(tx: Tx, after: int, last: int, limit: int) -> dict[int, UUID | None]:
    """Return the places of the next `limit` events, in order, and whose they are; nothing when there are none up to `last`."""
    between = (col(ArchivedEvent.seq) > after, col(ArchivedEvent.seq) <= last)
    some = select(col(ArchivedEvent.seq), col(ArchivedEvent.customer_id)).where(*between).order_by(col(ArchivedEvent.seq)).limit(limit)
    return {row["seq"]: row["customer_id"] for row in await tx.rows(some)}


async def archived(uow: UnitOfWork, seqs: Collection[int], keys: Mapping[UUID, Sealer]) -> list[Archived]:
    """Return the events at these places, in order, and let nobody change them until this transaction ends; those that have left are not there."""
    statement = select(ArchivedEvent).where(col(ArchivedEvent.seq).in_(seqs)).order_by(col(ArchivedEvent.seq)).with_for_update()
    return [_opened(row, keys) for row in await uow.all(statement, ArchivedEvent)]


def read_archived(sealer: Sealer | None, event: bytes, customer_id: UUID | None) -> bytes:
    """Return an archived event as JSON; empty when its key is gone."""
    readable = event != b"" and (customer_id is None or sealer is not None)
    return _unpacked(event, None if customer_id is None else sealer) if readable else b""


async def rebuild(uow: UnitOfWork) -> TimelineRebuild | None:
    """Return the last rebuild, locked: two at once share the work."""
    return await uow.first(select(TimelineRebuild).where(col(TimelineRebuild.id) == _ONE).with_for_update(), TimelineRebuild)


async def begin_rebuild(uow: UnitOfWork) -> TimelineRebuild:
    """Begin at the first event; what is heard from now on takes later places, also where the table's own counter was lost."""
    ((count, last),) = await uow.raw("SELECT count(*), max(seq) FROM archived_event")
    row = {"id": _ONE, "total": count, "entries": 0, "done_seq": 0, "last_seq": last or 0, "began_at": uow.now, "ended_at": None}
    await uow.upsert(TimelineRebuild, row, key=("id",))
    if last and uow.dialect_name == "postgresql":  # SQLite counts on from the highest that was ever written
        await uow.raw(_SEQUENCE, last)
    return TimelineRebuild.model_validate(row)


async def change_rebuild(uow: UnitOfWork, values: Values) -> None:
    """Note how far it is."""
    await uow.execute(update(TimelineRebuild).where(col(TimelineRebuild.id) == _ONE).values(**values))


async def drop_entries(uow: UnitOfWork, ids: Iterable[UUID]) -> None:
    """Take these entries out of the timeline, to write them anew."""
    await uow.execute(delete(TimelineEntry).where(col(TimelineEntry.id).in_(list(ids))))


async def renew_timelines(uow: UnitOfWork, ids: Collection[UUID], version: int) -> None:
    """Have readers who remember the timelines of these records' persons read them again."""
    persons = select(col(CustomerMember.person_id)).where(col(CustomerMember.customer_id).in_(ids))
    members = select(col(CustomerMember.customer_id)).where(col(CustomerMember.person_id).in_(persons))
    older = (col(Customer.id).in_(members), col(Customer.timeline_floor) < version)
    await uow.execute(update(Customer).where(*older).values(timeline_floor=version))


def _opened(row: ArchivedEvent, keys: Mapping[UUID, Sealer]) -> Archived:
    sealer = keys.get(row.customer_id) if row.customer_id is not None else None
    heard = Heard(row.subject, row.told_us, read_archived(sealer, row.event, row.customer_id))
    return Archived(row.seq, row.id, row.customer_id, row.subject_kind, row.subject_id, row.kind, row.occurred_us, heard)


def _packed(event: bytes, sealer: Sealer | None) -> bytes:
    small = zlib.compress(event)
    return sealer.seal_bytes(small, PLACE) if sealer else small


def _unpacked(event: bytes, sealer: Sealer | None) -> bytes:
    return zlib.decompress(sealer.open_bytes(event, PLACE) if sealer else event)
