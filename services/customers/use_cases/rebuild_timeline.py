"""Make the timeline anew from the archive of what was heard: some of it in each transaction, so that it may be stopped, and others go on.

Entries are taken out and written again at the places that they had, each by what its event says today. Nobody ever sees a hole; what is heard
meanwhile writes its own entry. Whose an entry is, is the archive's to say: rebuilding finds no customers and tells nobody anything.
"""

from dataclasses import dataclass, replace

from services.customers import repository
from services.customers.domain.timeline import SubjectKind
from services.customers.repository import Archived, NewEntry
from services.customers.use_cases.note_fact import Concerned, entry
from services.customers.use_cases.write_timeline import DESCRIBE
from services.kit.db import UnitOfWork
from services.kit.events import Envelope
from services.kit.tables import from_micros

EVENTS = {event.subject: event for event in DESCRIBE}
SOME = 500
"""Events in one transaction: the customers that they concern cannot be written about for that long."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    entries: int
    total: int
    done: bool


async def begin_rebuild(uow: UnitOfWork, anew: bool) -> Progress:
    """Go on with a rebuild that was stopped; `anew`, or when the last one came to its end, begin at the first event."""
    known = await repository.rebuild(uow)
    row = await repository.begin_rebuild(uow) if anew or known is None or known.ended_at is not None else known
    return Progress(row.entries, row.total, done=False)


async def rebuild_some(uow: UnitOfWork, some: int = SOME) -> Progress:
    """Write the entries of the next `some` events anew; call it until it is done."""
    row = await repository.rebuild(uow) or await repository.begin_rebuild(uow)
    owner_of = await repository.archived_next(uow, row.done_seq, row.last_seq, some)
    if not owner_of:
        await repository.change_rebuild(uow, {"ended_at": row.ended_at or uow.now})
        return Progress(row.entries, row.total, done=True)
    owners = {owner for owner in owner_of.values() if owner is not None}
    await repository.lock_people(uow, owners)
    keys = await repository.sealers(uow, owners)
    found = [one for one in await repository.archived(uow, owner_of.keys(), keys) if one.heard.subject in EVENTS]
    await repository.drop_entries(uow, [one.id for one in found])
    await repository.put_back_entries(uow, [(one.seq, described(one)) for one in found], keys)
    await repository.renew_timelines(uow, owners, 2 * row.last_seq + 1)
    entries = row.entries + len(found)
    await repository.change_rebuild(uow, {"done_seq": max(owner_of), "entries": entries})
    return Progress(entries, row.total, done=False)


def described(one: Archived) -> NewEntry:
    """Return the entry as it would be written if its event were heard now; of an erased customer's is left that it happened, and when."""
    heard = one.heard
    if not heard.event:
        source = heard.subject.partition(".")[0]
        return NewEntry(one.id, one.customer_id, one.subject_kind, one.subject_id, one.occurred_us, one.kind, "", source, "{}", None)
    told = Envelope(one.id, heard.subject, from_micros(heard.told_us), "", "", None, heard.event)
    kind = EVENTS[heard.subject]
    fact = DESCRIBE[kind](kind.model_validate_json(heard.event), told)
    subject = (SubjectKind(one.subject_kind), one.subject_id) if one.subject_kind and one.subject_id else None
    return replace(entry(fact, Concerned(one.customer_id, subject), told), heard=None)
