"""What routing tells the others: the life of a contact, and what is escalated."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.customers.contract import IdentityKey
from services.kit.events import Event
from services.routing.contract.escalations import EscalationStepView, EscalationView
from services.routing.contract.plans import AdherenceView, PlannedInterval, ShiftView, StaffingPlanView
from services.routing.contract.views import (
    AgentView,
    ContactSummary,
    ContactView,
    CustomerContacts,
    DecisionView,
    ExplanationView,
    LoadView,
    OfferView,
    QueueStateView,
    ReservationView,
    StaffingView,
)

__all__ = [
    "AdherenceView",
    "AgentView",
    "ContactAbandoned",
    "ContactConnected",
    "ContactEnded",
    "ContactEscalated",
    "ContactOffered",
    "ContactQueued",
    "ContactSummary",
    "ContactTransferred",
    "ContactView",
    "CustomerContacts",
    "DecisionView",
    "EscalationAcknowledged",
    "EscalationResolved",
    "EscalationStepView",
    "EscalationView",
    "ExplanationView",
    "LoadView",
    "OfferView",
    "PlannedInterval",
    "QueueStateView",
    "ReservationView",
    "ShiftView",
    "StaffingPlanView",
    "StaffingView",
    "SubjectErased",
]


class ContactQueued(Event):
    """A contact waits for an agent."""

    subject: ClassVar[str] = "routing.contact_queued.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("contact_id",)

    contact_id: UUID
    customer_id: UUID | None
    customer_keys: list[IdentityKey]
    channel: str
    queue: str
    topic: str | None
    language: str | None
    case_id: UUID | None
    follow_up_id: UUID | None
    queued_at: datetime


class ContactOffered(Event):
    """One agent was asked to take the contact, and has until `expires_at`."""

    subject: ClassVar[str] = "routing.contact_offered.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("contact_id",)

    contact_id: UUID
    customer_id: UUID | None
    reservation_id: UUID
    agent_id: UUID
    expires_at: datetime


class ContactConnected(Event):
    """An agent took the contact."""

    subject: ClassVar[str] = "routing.contact_connected.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("contact_id",)

    contact_id: UUID
    customer_id: UUID | None
    agent_id: UUID
    waited_seconds: float
    connected_at: datetime


class ContactEnded(Event):
    """A contact is over. The attribution is frozen here: who served, where, for whom, about what, caused by which department."""

    subject: ClassVar[str] = "routing.contact_ended.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("contact_id",)

    contact_id: UUID
    external_id: str | None
    customer_id: UUID | None
    customer_keys: list[IdentityKey]
    channel: str
    direction: str
    """inbound or outbound."""
    queue: str | None
    topic: str | None
    language: str | None
    agent_id: UUID | None
    agent_name: str | None
    team: str | None
    site: str | None
    vendor: str | None
    disposition: str | None
    driver: str | None
    department: str | None
    resolved: str | None
    """The agent's view: yes, partly, no."""
    order_reference: str | None
    case_id: UUID | None
    follow_up_id: UUID | None
    notes: str | None
    transfers: int
    articles: list[UUID]
    started_at: datetime
    ended_at: datetime
    handle_seconds: float
    """Talk plus wrap-up."""


class ContactAbandoned(Event):
    """The customer left before an agent answered."""

    subject: ClassVar[str] = "routing.contact_abandoned.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("contact_id",)

    contact_id: UUID
    customer_id: UUID | None
    customer_keys: list[IdentityKey]
    channel: str
    queue: str
    waited_seconds: float
    abandoned_at: datetime


class ContactTransferred(Event):
    """A contact moved to another queue or agent, with its age and everything known."""

    subject: ClassVar[str] = "routing.contact_transferred.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("contact_id",)

    contact_id: UUID
    customer_id: UUID | None
    from_queue: str | None
    to_queue: str | None
    from_agent_id: UUID | None
    reason: str | None


class ContactEscalated(Event):
    """A contact, or its case or follow-up, is at a level from now on: said when it is raised, and again with every higher level."""

    subject: ClassVar[str] = "routing.contact_escalated.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("escalation_id",)

    escalation_id: UUID
    contact_id: UUID | None
    case_id: UUID | None
    follow_up_id: UUID | None
    customer_id: UUID | None
    queue: str
    level: int
    cause: str
    """person, waited_too_long, unhappy_again, not_acknowledged."""
    from_whom: str | None
    """None: a rule raised it."""
    to_whom: str
    reason: str
    acknowledge_by: datetime | None
    escalated_at: datetime


class EscalationAcknowledged(Event):
    """Somebody looks after an escalation."""

    subject: ClassVar[str] = "routing.escalation_acknowledged.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("escalation_id",)

    escalation_id: UUID
    contact_id: UUID | None
    case_id: UUID | None
    follow_up_id: UUID | None
    customer_id: UUID | None
    level: int
    acknowledged_by: str
    acknowledged_at: datetime


class EscalationResolved(Event):
    """An escalation is over."""

    subject: ClassVar[str] = "routing.escalation_resolved.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("escalation_id",)

    escalation_id: UUID
    contact_id: UUID | None
    case_id: UUID | None
    follow_up_id: UUID | None
    customer_id: UUID | None
    level: int
    resolved_by: str
    outcome: str | None
    resolved_at: datetime


class SubjectErased(Event):
    """Everything here that named, quoted or described this customer is gone; counts stayed."""

    subject: ClassVar[str] = "routing.subject_erased.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    rows: int
    """How many rows were blanked or deleted."""
