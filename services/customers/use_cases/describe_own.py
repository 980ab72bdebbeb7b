"""Say customers' own facts in words of the timeline; they reach it by the same road as everybody else's, under the event's id."""

from services.customers.contract import (
    CallAdvised,
    CaseConfirmed,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseWrittenUp,
    ConsentChanged,
    MoodChanged,
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
)
from services.customers.domain.timeline import EntryKind, named
from services.customers.use_cases.note_fact import Fact
from services.kit.events import Envelope


def case_opened(event: CaseOpened, _told: Envelope) -> Fact:
    """A case was opened."""
    data = event.model_dump(include={"case_id", "title", "product", "driver", "language", "owner"})
    return Fact(EntryKind.CASE_OPENED, named("Case opened", event.title), event.opened_at, event.customer_id, data)


def case_written_up(event: CaseWrittenUp, told: Envelope) -> Fact:
    """An agent wrote down what solved it."""
    data = event.model_dump(include={"case_id", "title", "product", "driver", "language", "author"})
    return Fact(EntryKind.CASE_WRITTEN_UP, named("Case written up", event.title), told.occurred_at, event.customer_id, data)


def case_resolved(event: CaseResolved, _told: Envelope) -> Fact:
    """A case was resolved."""
    data = event.model_dump(include={"case_id", "driver"})
    return Fact(EntryKind.CASE_RESOLVED, "Case resolved", event.resolved_at, event.customer_id, data)


def case_confirmed(event: CaseConfirmed, _told: Envelope) -> Fact:
    """The customer agreed that it is solved."""
    return Fact(EntryKind.CASE_CONFIRMED, "Case confirmed as solved", event.confirmed_at, event.customer_id, {"case_id": event.case_id})


def case_reopened(event: CaseReopened, _told: Envelope) -> Fact:
    """The customer did not agree."""
    return Fact(EntryKind.CASE_REOPENED, "Case opened again", event.reopened_at, event.customer_id, {"case_id": event.case_id})


def call_advised(event: CallAdvised, told: Envelope) -> Fact:
    """Twice in writing is enough."""
    data = event.model_dump(include={"case_id", "written_exchanges"})
    return Fact(EntryKind.CALL_ADVISED, "A call is advised: we wrote to each other twice", told.occurred_at, event.customer_id, data)


def order_placed(event: OrderPlaced, _told: Envelope) -> Fact:
    """An order was placed."""
    data = event.model_dump(include={"order_reference", "product"})
    return Fact(EntryKind.ORDER_PLACED, named("Order placed", event.product), event.placed_at, event.customer_id, data)


def order_delivered(event: OrderDelivered, _told: Envelope) -> Fact:
    """The goods are in hand."""
    data = {"order_reference": event.order_reference}
    return Fact(EntryKind.ORDER_DELIVERED, "Order delivered", event.delivered_at, event.customer_id, data)


def order_cancelled(event: OrderCancelled, _told: Envelope) -> Fact:
    """The order will not be delivered."""
    data = {"order_reference": event.order_reference}
    return Fact(EntryKind.ORDER_CANCELLED, "Order cancelled", event.cancelled_at, event.customer_id, data)


def consent_changed(event: ConsentChanged, told: Envelope) -> Fact:
    """A customer allowed or refused something."""
    data = event.model_dump(include={"purpose", "channel", "granted"})
    title = f"{'Allowed' if event.granted else 'Refused'} {event.purpose} ({event.channel})"
    return Fact(EntryKind.CONSENT_CHANGED, title, told.occurred_at, event.customer_id, data)


def mood_changed(event: MoodChanged, told: Envelope) -> Fact:
    """The customer stands to us in another way than before."""
    data = event.model_dump(include={"mood", "because"})
    return Fact(EntryKind.MOOD_CHANGED, f"Now {event.mood}", told.occurred_at, event.customer_id, data)
