"""Say what routing told in words of the timeline; a contact that knows only keys finds its customer by them."""

from collections.abc import Sequence
from datetime import datetime

from services.customers.domain.timeline import EntryKind, SubjectKind, named
from services.customers.use_cases.note_fact import Fact
from services.kit.events import Envelope
from services.routing.contract import (
    ContactAbandoned,
    ContactConnected,
    ContactEnded,
    ContactEscalated,
    ContactOffered,
    ContactQueued,
    ContactTransferred,
    EscalationAcknowledged,
    EscalationResolved,
)

_ENDED = (
    "contact_id",
    "external_id",
    "channel",
    "direction",
    "queue",
    "topic",
    "language",
    "agent_id",
    "agent_name",
    "team",
    "site",
    "vendor",
    "disposition",
    "driver",
    "department",
    "resolved",
    "order_reference",
    "case_id",
    "follow_up_id",
    "transfers",
    "articles",
    "started_at",
    "handle_seconds",
)
"""What the timeline keeps of a contact: all but the notes."""

_Told = ContactQueued | ContactOffered | ContactConnected | ContactEnded | ContactAbandoned | ContactTransferred


def queued(event: ContactQueued, _told: Envelope) -> Fact:
    """A contact waits."""
    seen = ("contact_id", "channel", "queue", "topic", "language", "case_id", "follow_up_id")
    return _fact(event, EntryKind.CONTACT_QUEUED, f"Waits for an agent ({event.channel}, queue {event.queue})", event.queued_at, seen)


def offered(event: ContactOffered, told: Envelope) -> Fact:
    """An agent was asked."""
    seen = ("contact_id", "reservation_id", "agent_id", "expires_at")
    return _fact(event, EntryKind.CONTACT_OFFERED, "Offered to an agent", told.occurred_at, seen)


def connected(event: ContactConnected, _told: Envelope) -> Fact:
    """An agent took it."""
    seen = ("contact_id", "agent_id", "waited_seconds")
    return _fact(event, EntryKind.CONTACT_CONNECTED, f"An agent answered after {event.waited_seconds:.0f} s", event.connected_at, seen)


def ended(event: ContactEnded, _told: Envelope) -> Fact:
    """A contact is over; the notes stay with routing and feedback."""
    title = named(f"Contact ended ({event.channel}, {event.direction})", event.disposition)
    return _fact(event, EntryKind.CONTACT_ENDED, title, event.ended_at, _ENDED)


def abandoned(event: ContactAbandoned, _told: Envelope) -> Fact:
    """The customer left."""
    title = f"Left after waiting {event.waited_seconds:.0f} s ({event.channel}, queue {event.queue})"
    return _fact(event, EntryKind.CONTACT_ABANDONED, title, event.abandoned_at, ("contact_id", "channel", "queue", "waited_seconds"))


def transferred(event: ContactTransferred, told: Envelope) -> Fact:
    """A contact moved on."""
    title = named("Transferred", event.to_queue, joint=" to queue ")
    return _fact(
        event,
        EntryKind.CONTACT_TRANSFERRED,
        title,
        told.occurred_at,
        ("contact_id", "from_queue", "to_queue", "from_agent_id", "reason"),
    )


_ABOUT = ("escalation_id", "contact_id", "case_id", "level")


def escalated(event: ContactEscalated, _told: Envelope) -> Fact:
    """Somebody further up was asked."""
    title = named(f"Escalated to level {event.level}", event.to_whom, joint=", ")
    seen = (*_ABOUT, "queue", "cause", "from_whom", "to_whom", "reason", "acknowledge_by")
    return _escalation(event, EntryKind.CONTACT_ESCALATED, title, event.escalated_at, seen)


def acknowledged(event: EscalationAcknowledged, _told: Envelope) -> Fact:
    """Who was asked further up looks after it."""
    title = named("Escalation looked after", event.acknowledged_by, joint=" by ")
    return _escalation(event, EntryKind.ESCALATION_ACKNOWLEDGED, title, event.acknowledged_at, (*_ABOUT, "acknowledged_by"))


def de_escalated(event: EscalationResolved, _told: Envelope) -> Fact:
    """Who was asked further up has settled it."""
    title = named("Escalation resolved", event.outcome)
    return _escalation(event, EntryKind.ESCALATION_RESOLVED, title, event.resolved_at, (*_ABOUT, "resolved_by", "outcome"))


def _escalation(
    event: ContactEscalated | EscalationAcknowledged | EscalationResolved, kind: EntryKind, title: str, at: datetime, seen: Sequence[str]
) -> Fact:
    subject = (SubjectKind.CONTACT, event.contact_id) if event.contact_id is not None else None
    data = {name: getattr(event, name) for name in seen}
    return Fact(kind, title, at, event.customer_id, data, subject=subject, case_id=event.case_id, follow_up_id=event.follow_up_id)


def _fact(event: _Told, kind: EntryKind, title: str, at: datetime, seen: Sequence[str]) -> Fact:
    keys = event.customer_keys if isinstance(event, ContactQueued | ContactEnded | ContactAbandoned) else []
    data = {name: getattr(event, name) for name in seen}
    return Fact(kind, title, at, event.customer_id, data, subject=(SubjectKind.CONTACT, event.contact_id), keys=keys)
