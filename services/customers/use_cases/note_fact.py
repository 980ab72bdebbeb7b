"""A fact for the timeline, and whom it concerns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from services.customers import repository
from services.customers.contract import IdentityKey
from services.customers.domain.timeline import EntryKind, SubjectKind
from services.customers.repository import NewEntry
from services.customers.use_cases.archive_event import to_archive
from services.customers.use_cases.identify_subject import ForgottenError, identify
from services.kit.db import UnitOfWork
from services.kit.events import Envelope
from services.kit.tables import to_micros


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened, when, and to whom; the rest finds the customer, now or later, when the event does not name one."""

    kind: EntryKind
    title: str
    occurred_at: datetime
    customer_id: UUID | None
    data: Mapping[str, object]
    subject: tuple[SubjectKind, UUID] | None = None
    keys: Sequence[IdentityKey] = ()
    case_id: UUID | None = None
    follow_up_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Concerned:
    """The customer, or the subject whose customer is awaited; neither when the fact is nobody's."""

    customer_id: UUID | None
    subject: tuple[SubjectKind, UUID] | None = None


async def find_concerned(uow: UnitOfWork, fact: Fact) -> Concerned:
    """Find whom a fact without a customer concerns: by its case, its follow-up, its keys, or what is known of its subject."""
    subject = fact.subject
    if fact.case_id is not None and (owner := await repository.case_customer(uow, fact.case_id)):
        return Concerned(owner)
    if fact.follow_up_id is not None and (known := await repository.follow_up(uow, fact.follow_up_id)):
        if known.customer_id is not None:
            return Concerned(known.customer_id)
        subject = (SubjectKind.FEEDBACK_ITEM, known.item_id) if known.item_id else None
    if subject is None:
        return Concerned(None)
    try:
        return Concerned(await identify(uow, *subject, fact.keys), subject)
    except ForgottenError:
        return Concerned(None)


def entry(fact: Fact, concerned: Concerned, told: Envelope) -> NewEntry:
    """Return the row of the timeline."""
    kind, subject_id = concerned.subject if concerned.customer_id is None and concerned.subject else (None, None)
    return NewEntry(
        id=told.id,
        customer_id=concerned.customer_id,
        subject_kind=kind,
        subject_id=subject_id,
        occurred_us=to_micros(fact.occurred_at),
        kind=fact.kind,
        title=fact.title,
        source=told.subject.partition(".")[0],
        data=orjson.dumps(dict(fact.data), option=orjson.OPT_UTC_Z).decode(),
        heard=to_archive(told),
    )
