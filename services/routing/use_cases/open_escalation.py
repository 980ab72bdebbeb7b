"""An escalation begins or comes to a level: it is written down, the others are told, and the clockwork climbs on when nobody acknowledges it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.ids import new_id
from services.routing.contract import ContactEscalated
from services.routing.domain.escalation import Cause, EscalationState, Ladder
from services.routing.models import Contact, Escalation
from services.routing.repository import escalations

CLIMB = "climb_escalation"


class AlreadyEscalated(Conflict):
    """This is escalated already; the detail names the escalation. Raise that one to the next level instead."""

    code = "already_escalated"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is escalated, with all that is known of it."""

    name: str
    queue: str
    contact_id: UUID | None
    case_id: UUID | None
    follow_up_id: UUID | None
    customer_id: UUID | None
    site: str | None
    vendor: str | None


def who_asks(uow: UnitOfWork) -> str:
    """Return the name of who holds the key."""
    return "the house" if uow.principal is None else uow.principal.subject


def subject_of(contact: Contact, queue: str, name: str | None = None) -> Subject:
    """Return a contact as what is escalated."""
    return Subject(
        name=name or f"contact:{contact.id}",
        queue=queue,
        contact_id=contact.id,
        case_id=contact.case_id,
        follow_up_id=contact.follow_up_id,
        customer_id=contact.customer_id,
        site=contact.site,
        vendor=contact.vendor,
    )


async def open_escalation(
    uow: UnitOfWork, subject: Subject, ladder: Ladder, level: int, cause: Cause, reason: str, from_whom: str | None
) -> Escalation:
    """Write it down, tell the others, and come back when nobody acknowledges it in time. Raises AlreadyEscalated."""
    escalation_id = new_id()
    row: dict[str, Any] = {
        "id": escalation_id,
        "version": 1,
        "subject": subject.name,
        "contact_id": subject.contact_id,
        "case_id": subject.case_id,
        "follow_up_id": subject.follow_up_id,
        "customer_id": subject.customer_id,
        "queue": subject.queue,
        "reason": reason,
        "raised_at": uow.now,
        "resolved_at": None,
        "resolved_by": None,
        "outcome": None,
        "site": subject.site,
        "vendor": subject.vendor,
    }
    row |= await at_level(uow, escalation_id, ladder, level, cause, from_whom, [])
    if not await escalations.add(uow, row):
        raise AlreadyEscalated("This was escalated at the same moment.")
    found = Escalation.model_validate(row)
    tell(uow, found)
    return found


async def at_level(
    uow: UnitOfWork, escalation_id: UUID, ladder: Ladder, level: int, cause: Cause, from_whom: str | None, before: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return how an escalation stands that comes to a level now, and have the clockwork climb on when nobody acknowledges it."""
    step = ladder.levels[level - 1]
    by = None if step.acknowledge_s is None else uow.now + timedelta(seconds=step.acknowledge_s)
    if by is not None and ladder.at(level + 1) is not None:
        await uow.schedule(CLIMB, key=str(escalation_id), at=by)
    else:
        await uow.cancel(CLIMB, key=str(escalation_id))
    told = {"level": level, "cause": cause.value, "from_whom": from_whom, "to_whom": step.to_whom, "at": uow.now.isoformat()}
    return {
        "level": level,
        "cause": cause.value,
        "from_whom": from_whom,
        "to_whom": step.to_whom,
        "state": EscalationState.OPEN.value,
        "level_since": uow.now,
        "acknowledge_by": by,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "steps": [*before, told],
    }


def tell(uow: UnitOfWork, found: Escalation) -> None:
    """Tell the others at which level it is now."""
    uow.emit(
        ContactEscalated(
            escalation_id=found.id,
            contact_id=found.contact_id,
            case_id=found.case_id,
            follow_up_id=found.follow_up_id,
            customer_id=found.customer_id,
            queue=found.queue,
            level=found.level,
            cause=found.cause,
            from_whom=found.from_whom,
            to_whom=found.to_whom,
            reason=found.reason,
            acknowledge_by=found.acknowledge_by,
            escalated_at=found.level_since,
        )
    )
