"""Writing the timeline: plain SQL, since every event of every service that names a customer ends here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import col

from services.customers.domain.timeline import SubjectKind
from services.customers.models import Subject, TimelineEntry
from services.customers.repository.ciphers import MARK, Sealer
from services.customers.repository.sealing import sealers_for
from services.kit.db import UnitOfWork

ENTRY = "timeline_entry.data"
_INSERT = (
    "INSERT INTO timeline_entry (id, customer_id, subject_kind, subject_id, occurred_us, kind, title, source, data)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING"
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


async def add_entries(uow: UnitOfWork, entries: Iterable[NewEntry]) -> None:
    """Write entries, those of a known customer sealed; one whose id is known changes nothing.

    Ids go to the driver as 32 hex digits, which both databases read.
    """
    entries = list(entries)
    keys = await sealers_for(uow, {entry.customer_id for entry in entries if entry.customer_id is not None})
    entries = [replace(entry, title="", data=_sealed(keys[entry.customer_id], entry)) if entry.customer_id else entry for entry in entries]
    rows = [
        (
            entry.id.hex,
            entry.customer_id and entry.customer_id.hex,
            entry.subject_kind,
            entry.subject_id and entry.subject_id.hex,
            entry.occurred_us,
            entry.kind,
            entry.title,
            entry.source,
            entry.data,
        )
        for entry in entries
    ]
    if rows:
        await uow.raw_many(_INSERT, rows)


def _sealed(sealer: Sealer, entry: NewEntry) -> str:
    return sealer.seal(f"{entry.title}\0{entry.data}", ENTRY)


def opened_entry(sealer: Sealer | None, title: str, data: str) -> tuple[str, str]:
    """Return title and data of an entry; what was sealed with a key that is destroyed reads as nothing."""
    if not data.startswith(MARK):
        return title, data
    found = sealer.open(data, ENTRY) if sealer else "\0{}"
    title, _, data = found.partition("\0")
    return title, data


async def take_waiting(uow: UnitOfWork, kind: SubjectKind, subject_id: UUID) -> list[TimelineEntry]:
    """Take out the entries that wait for the customer of this subject, oldest arrival first."""
    waiting = (
        col(TimelineEntry.subject_kind) == kind.value,
        col(TimelineEntry.subject_id) == subject_id,
        col(TimelineEntry.customer_id).is_(None),
    )
    found = await uow.all(select(TimelineEntry).where(*waiting).order_by(col(TimelineEntry.seq)), TimelineEntry)
    if found:
        await uow.execute(delete(TimelineEntry).where(*waiting))
    return found


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
