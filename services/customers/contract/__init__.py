"""What customers tells the others: who somebody is, and what became of cases, orders and consents."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.customers.contract.views import (
    AmountView,
    CandidateView,
    CaseView,
    ConsentView,
    CustomerSectionsView,
    CustomerView,
    CustomerViews,
    ErasureReceiptView,
    ErasureView,
    EvidenceView,
    ExportView,
    IdentityKey,
    MadeOffer,
    MergeView,
    MoodView,
    OfferView,
    OrderView,
    RefusalView,
    ResolvedCustomer,
    ResolvedCustomers,
    Section,
    TimelineEntryView,
    ValueView,
    WithheldReason,
    WriteUpView,
)
from services.kit.events import Event

__all__ = [
    "AmountView",
    "CallAdvised",
    "CandidateView",
    "CaseConfirmed",
    "CaseOpened",
    "CaseReopened",
    "CaseResolved",
    "CaseView",
    "CaseWrittenUp",
    "ConsentChanged",
    "ConsentView",
    "CustomerChanged",
    "CustomerErased",
    "CustomerSectionsView",
    "CustomerView",
    "CustomerViews",
    "CustomersMerged",
    "CustomersUnmerged",
    "ErasureCompleted",
    "ErasureReceiptView",
    "ErasureView",
    "EvidenceView",
    "ExportView",
    "IdentityKey",
    "MadeOffer",
    "MergeView",
    "MoodChanged",
    "MoodView",
    "OfferView",
    "OrderCancelled",
    "OrderDelivered",
    "OrderPlaced",
    "OrderView",
    "RefusalView",
    "ResolvedCustomer",
    "ResolvedCustomers",
    "Section",
    "SubjectIdentified",
    "TimelineEntryView",
    "ValueView",
    "WithheldReason",
    "WriteUpView",
]


class CustomerChanged(Event):
    """A customer is new or changed; the whole picture that others may keep a copy of."""

    subject: ClassVar[str] = "customers.customer_changed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: UUID
    version: int
    display_name: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    email: str | None
    phone: str | None
    preferred_channel: str | None
    tier: str | None
    segment: dict[str, str]
    keys: list[IdentityKey]


class SubjectIdentified(Event):
    """Something that arrived without a customer now has one. `subject_kind` is contact, feedback_item or self_service."""

    subject: ClassVar[str] = "customers.subject_identified.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    subject_kind: str
    subject_id: UUID
    customer_id: UUID


class CustomersMerged(Event):
    """Two customers turned out to be one. Nothing is destroyed: the merge can be undone by its id."""

    subject: ClassVar[str] = "customers.merged.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("survivor_id",)

    merge_id: UUID
    survivor_id: UUID
    merged_id: UUID


class CustomersUnmerged(Event):
    """A merge was undone; `merged_id` stands alone again."""

    subject: ClassVar[str] = "customers.unmerged.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("survivor_id",)

    merge_id: UUID
    survivor_id: UUID
    merged_id: UUID


class CustomerErased(Event):
    """Everybody forgets this customer: texts, addresses and links go, counts stay; then tells `<service>.subject_erased.v1` with `erasure_id`.

    It is told again to whoever has not answered, so that hearing it twice must do no more than hearing it once.
    """

    subject: ClassVar[str] = "customers.erased.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: UUID
    erasure_id: UUID | None = None
    """None in events from before there were receipts."""


class ErasureCompleted(Event):
    """Every service has said that it forgot this person."""

    subject: ClassVar[str] = "customers.erasure_completed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    completed_at: datetime


class CaseOpened(Event):
    """A customer has an issue that groups the contacts about it."""

    subject: ClassVar[str] = "customers.case_opened.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    case_id: UUID
    customer_id: UUID
    title: str
    description: str
    product: str | None
    driver: str | None
    language: str
    owner: str | None
    opened_at: datetime


class CaseWrittenUp(Event):
    """An agent wrote down what was wrong and what solved it: raw material for the knowledge base."""

    subject: ClassVar[str] = "customers.case_written_up.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    case_id: UUID
    customer_id: UUID
    title: str
    problem: str
    environment: str | None
    cause: str | None
    resolution: str
    product: str | None
    driver: str | None
    language: str
    author: str


class CaseResolved(Event):
    """A case is solved (the customer may still disagree)."""

    subject: ClassVar[str] = "customers.case_resolved.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    case_id: UUID
    customer_id: UUID
    driver: str | None
    resolved_at: datetime


class CaseConfirmed(Event):
    """The customer says that the case is solved."""

    subject: ClassVar[str] = "customers.case_confirmed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    case_id: UUID
    customer_id: UUID
    confirmed_at: datetime


class CaseReopened(Event):
    """The customer says that the case is not solved."""

    subject: ClassVar[str] = "customers.case_reopened.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    case_id: UUID
    customer_id: UUID
    reopened_at: datetime


class CallAdvised(Event):
    """We wrote to each other twice about an open case: call the customer instead of writing a third time."""

    subject: ClassVar[str] = "customers.call_advised.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    case_id: UUID
    customer_id: UUID
    written_exchanges: int
    language: str


class OrderPlaced(Event):
    """An order exists."""

    subject: ClassVar[str] = "customers.order_placed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("order_reference",)

    order_reference: str
    customer_id: UUID
    product: str | None
    placed_at: datetime


class OrderDelivered(Event):
    """The goods are in hand."""

    subject: ClassVar[str] = "customers.order_delivered.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("order_reference",)

    order_reference: str
    customer_id: UUID
    delivered_at: datetime


class OrderCancelled(Event):
    """The order will never be delivered."""

    subject: ClassVar[str] = "customers.order_cancelled.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("order_reference",)

    order_reference: str
    customer_id: UUID
    cancelled_at: datetime


class ConsentChanged(Event):
    """May we use this channel for this purpose? purpose: survey, marketing, service. channel: email, sms, voice, message, any."""

    subject: ClassVar[str] = "customers.consent_changed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: UUID
    purpose: str
    channel: str
    granted: bool


class MoodChanged(Event):
    """How the customer stands to us now: unhappy, neutral or happy, and which fact says so."""

    subject: ClassVar[str] = "customers.mood_changed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: UUID
    mood: str
    because: str
