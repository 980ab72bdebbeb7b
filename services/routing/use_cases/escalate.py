"""Have somebody higher up look at a contact, a case or a follow-up, because somebody asks for it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.db import UnitOfWork
from services.kit.errors import Refused
from services.kit.fields import Code, Command, Line, Reference
from services.routing.domain.escalation import Cause, ladder_of
from services.routing.models import Contact, Escalation
from services.routing.repository import contacts, escalations, queues
from services.routing.use_cases.open_escalation import AlreadyEscalated, Subject, open_escalation, subject_of, who_asks
from services.routing.use_cases.queue_contact import UnknownQueue


class OneSubject(Refused):
    """An escalation is of one thing: name a contact, or a case, or a follow-up."""

    code = "escalation_needs_one_subject"


class QueueNeeded(Refused):
    """Nothing of this case or follow-up was ever in a queue: name the queue whose levels count."""

    code = "escalation_needs_queue"


class NoSuchLevel(Refused):
    """The queue has no such level, or none at all. Set them with PUT /routing/v1/queues/{key}/escalation-levels."""

    code = "no_such_escalation_level"


class Escalate(Command):
    """What is escalated (one of the three), why, and by whom; without `raised_by` by whoever holds the key. `queue` where its contact has none."""

    contact_id: UUID | None = None
    case_id: UUID | None = None
    follow_up_id: UUID | None = None
    queue: Code | None = None
    level: Annotated[int, Field(ge=1, le=9)] = 1
    reason: Line
    raised_by: Reference | None = None


async def escalate(uow: UnitOfWork, command: Escalate) -> Escalation:
    """Raise an escalation. Raises OneSubject, ContactNotFound, QueueNeeded, UnknownQueue, NoSuchLevel, AlreadyEscalated."""
    subject = await _subject(uow, command)
    queue = await queues.find(uow, subject.queue)
    if queue is None:
        raise UnknownQueue(f"There is no queue {subject.queue}.", pointer="/queue")
    ladder = ladder_of(queue.escalation)
    if ladder is None or ladder.at(command.level) is None:
        raise NoSuchLevel(f"Queue {queue.key} has no level {command.level}.", pointer="/level")
    known = await escalations.unresolved(uow, subject.name)
    if known is not None:
        raise AlreadyEscalated(f"This is escalation {known.id}, at level {known.level}.")
    return await open_escalation(uow, subject, ladder, command.level, Cause.PERSON, command.reason, command.raised_by or who_asks(uow))


async def _subject(uow: UnitOfWork, command: Escalate) -> Subject:
    named = [(name, value) for name in ("contact", "case", "follow_up") if (value := getattr(command, f"{name}_id")) is not None]
    if len(named) != 1:
        raise OneSubject("Name one of contact_id, case_id and follow_up_id.", pointer="/contact_id")
    kind, value = named[0]
    if command.contact_id is not None:
        contact: Contact | None = await contacts.contact(uow, command.contact_id)
    else:
        contact = await escalations.newest_contact(uow, case_id=command.case_id, follow_up_id=command.follow_up_id)
    queue = command.queue or (contact.queue if contact is not None else None)
    if queue is None:
        raise QueueNeeded("Nothing of this was ever in a queue.", pointer="/queue")
    if contact is None:
        site, vendor = _own_place(uow)
        return Subject(f"{kind}:{value}", queue, None, command.case_id, command.follow_up_id, None, site, vendor)
    return subject_of(contact, queue, name=f"{kind}:{value}")


def _own_place(uow: UnitOfWork) -> tuple[str | None, str | None]:
    """Return site and vendor of who asks, where there is one of each: who is limited sees what they raised themselves."""
    limits = [None if uow.principal is None else getattr(uow.principal, name) for name in ("sites", "vendors")]
    site, vendor = (next(iter(sorted(limit)), None) if limit else None for limit in limits)
    return site, vendor
