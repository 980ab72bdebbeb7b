"""Writing the timeline: plain SQL, since every event of every service that names a customer ends here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from services.customers.domain.timeline import SubjectKind
from services.customers.models import Subject, TimelineEntry
from services.customers.repository.archive import Archived, Heard, archive, take_archived
from services.customers.repository.ciphers import MARK, Sealer
from services.customers.repository.sealing import sealers_for
from services.kit.db import UnitOfWork

ENTRY = "timeline_entry.data"
_INSERT = (
    "INSERT INTO timeline_entry (id, customer_id, subject_kind, subject_id, occurred_us, kind, title, source, data)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING"
)
_INSERT_AT = (
    "INSERT INTO timeline_entry (id, customer_id, subject_kind, subject_id, occurred_us, kind, title, source, data, seq)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A row of the timeline before it has its place in the order of arrival."""

    id: UUID
    customer_id: UUID | None
    subject_kind: str | None
    subject_id: UUID | None
    occurred_us: int
    kind: str
    title: str
    source: str
    data: str
    heard: Heard | None
    """The event behind it, for the archive; None for what was heard before there was one."""


async def add_entries(uow: UnitOfWork, entries: Iterable[NewEntry]) -> None:
    """Write entries and archive their events, those of a known customer sealed; one whose id is known changes nothing."""
    entries = list(entries)
    keys = await sealers_for(uow, {entry.customer_id for entry in entries if entry.customer_id is not None})
    if entries:
        await uow.raw_many(_INSERT, [_row(entry, keys) for entry in entries])
        kept = [found for entry in entries if (found := _archived(entry)) is not None]
        await archive(uow, [(one, keys[one.customer_id] if one.customer_id else None) for one in kept])


async def put_back_entries(uow: UnitOfWork, entries: Sequence[tuple[int, NewEntry]], keys: Mapping[UUID, Sealer]) -> None:
    """Write entries at their old places; those of an erased customer, who has no key, say nothing."""
    if entries:
        await uow.raw_many(_INSERT_AT, [(*_row(entry, keys), seq) for seq, entry in entries])


def _row(entry: NewEntry, keys: Mapping[UUID, Sealer]) -> tuple[object, ...]:
    """Return the entry's values, sealed when there is a key; ids as 32 hex digits, which both databases read."""
    sealer = keys.get(entry.customer_id) if entry.customer_id else None
    title, data = (entry.title, entry.data) if sealer is None else ("", sealer.seal(f"{entry.title}\0{entry.data}", ENTRY))
    customer, subject = entry.customer_id and entry.customer_id.hex, entry.subject_id and entry.subject_id.hex
    return entry.id.hex, customer, entry.subject_kind, subject, entry.occurred_us, entry.kind, title, entry.source, data


def _archived(entry: NewEntry) -> Archived | None:
    """Return what the archive keeps; its place is read from the entry that was written."""
    if entry.heard is None:
        return None
    return Archived(0, entry.id, entry.customer_id, entry.subject_kind, entry.subject_id, entry.kind, entry.occurred_us, entry.heard)


def opened_entry(sealer: Sealer | None, title: str, data: str) -> tuple[str, str]:
    """Return title and data of an entry; what was sealed with a key that is destroyed reads as nothing."""
    if not data.startswith(MARK):
        return title, data
    found = sealer.open(data, ENTRY) if sealer else "\0{}"
    title, _, data = found.partition("\0")
    return title, data


async def take_waiting(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID, customer_id: UUID) -> list[NewEntry]:
    """Take out the entries that wait for the customer of this subject, oldest arrival first; return them as that customer's."""
    heard = await take_archived(uow, kind, subject_id)
    waiting = (
        col(TimelineEntry.subject_kind) == kind.value,
        col(TimelineEntry.subject_id) == subject_id,
        col(TimelineEntry.customer_id).is_(None),
    )
    found = await uow.all(select(TimelineEntry).where(*waiting).order_by(col(TimelineEntry.seq)), TimelineEntry)
    if found:
        await uow.execute(delete(TimelineEntry).where(*waiting))
    return [NewEntry(row.id, customer_id, None, None, row.occurred_us, row.kind, row.title, row.source, row.data, heard.get(row.id)) for row in found]


async def claim_subject(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID) -> UUID | None:
    """Return whose it turned out to be, None while nobody knows; nobody else can find out or let an entry wait until this transaction ends."""
    if await uow.insert_ignore(Subject, {"kind": kind.value, "id": subject_id, "customer_id": None, "identified_at": None}):
        return None
    mine = (col(Subject.kind) == kind.value, col(Subject.id) == subject_id)
    found: UUID | None = await uow.scalar(select(col(Subject.customer_id)).where(*mine).with_for_update())
    return found


async def name_subject(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID, customer_id: UUID) -> None:
    """Keep whose it is."""
    mine = (col(Subject.kind) == kind.value, col(Subject.id) == subject_id)
    await uow.execute(update(Subject).where(*mine).values(customer_id=customer_id, identified_at=uow.now))
