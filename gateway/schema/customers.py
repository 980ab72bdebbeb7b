"""What customers knows: cases, orders, consents, mood, offers and the timeline."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.schema import ids
from gateway.schema.relay import Node, global_id, mapped, maybe
from services.customers import contract


@strawberry.enum(description="What a key is, the strongest evidence first. PLATFORM: an id on a platform. REFERENCE: of an invitation.")
class IdentityKeyKind(StrEnum):
    """Kinds of identity keys, strongest evidence first."""

    ACCOUNT = "account"
    PLATFORM = "platform"
    EMAIL = "email"
    PHONE = "phone"
    ORDER = "order"
    REFERENCE = "reference"


@strawberry.enum(description="Where an issue stands. RESOLVED: solved, as we say. CONFIRMED: solved, as the customer says.")
class CaseStatus(StrEnum):
    """States of a case."""

    OPEN = "open"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"


@strawberry.enum(description="Where an order stands. DELIVERED: the goods are in hand.")
class OrderStatus(StrEnum):
    """States of an order."""

    PLACED = "placed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@strawberry.type(description="A key that names a customer: account, phone, email, platform, order or reference.")
class IdentityKey:
    """A key of a customer."""

    kind: str = strawberry.field(description="account, phone, email, platform, order or reference.")
    value: str = strawberry.field(description="The value, normalised (E.164, lower case).")


@strawberry.input(description="A key that names a customer.")
class IdentityKeyInput:
    """A key of a customer, as it is given to find one."""

    kind: str = strawberry.field(description="account, phone, email, platform, order or reference.")
    value: str = strawberry.field(description="The value; spaces and letter case do not matter where the kind has none.")


@strawberry.type(description="A name and a value.")
class Entry:
    """One entry of a map."""

    name: str = strawberry.field(description="The name.")
    value: str = strawberry.field(description="The value.")


def entries(values: dict[str, str]) -> list[Entry]:
    """Return a map as a sorted list."""
    return [Entry(name=name, value=value) for name, value in sorted(values.items())]


def case_status(case: Any) -> CaseStatus | None:
    """Return the state of a case, or of the struct of one, as the schema names it."""
    return _CASE_STATUS.get(case.state)


def order_status(order: Any) -> OrderStatus | None:
    """Return the state of an order, or of the struct of one, as the schema names it."""
    return _ORDER_STATUS.get(order.state)


_CASE_STATUS: dict[str, CaseStatus] = {one.value: one for one in CaseStatus}
_ORDER_STATUS: dict[str, OrderStatus] = {one.value: one for one in OrderStatus}


@strawberry.type(description="A customer's issue; groups the contacts about it.")
class Case(Node):
    """A case."""

    uid: UUID = strawberry.field(description="The id in REST.")
    customer_id: UUID = strawberry.field(description="The record that the case belongs to.")
    title: str = strawberry.field(description="What it is about, in a line.")
    description: str = strawberry.field(description="What the customer says.")
    product: str | None = strawberry.field(description="The product concerned; null when not said.")
    driver: str | None = strawberry.field(description="Why the customer had to make contact; null while unknown.")
    language: str = strawberry.field(description="BCP 47 language of the texts.")
    owner: str | None = strawberry.field(description="Who takes care of it; null while nobody does.")
    status: CaseStatus | None = strawberry.field(description="Where it stands; null for a state that is newer than this gateway.")
    state: str = strawberry.field(description="open, resolved or confirmed.", deprecation_reason="Ask for status.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    resolved_at: datetime | None = strawberry.field(description="When it was solved; null while open.")
    confirmed_at: datetime | None = strawberry.field(description="When the customer agreed that it is; null before.")
    promise: str | None = strawberry.field(description="What was promised; null when nothing was.")
    promised_for: datetime | None = strawberry.field(description="Until when it was promised.")
    contact_count: int = strawberry.field(description="Contacts about it.")
    written_exchanges: int = strawberry.field(description="Those of them in writing.")
    call_advised: bool = strawberry.field(description="Set with the second exchange in writing: call instead of writing again.")
    version: int = strawberry.field(description="Grows with each change.")

    @classmethod
    def of(cls, view: contract.CaseView) -> "Case":
        """Build it from the view."""
        return mapped(cls, view, id=global_id(ids.CASE, view.id), uid=view.id, status=case_status(view))


@strawberry.type(description="What was wrong and what solved it.")
class WriteUp:
    """A write-up of a case."""

    uid: UUID = strawberry.field(description="The id in REST.")
    case_id: UUID = strawberry.field(description="The case.")
    title: str = strawberry.field(description="What it is about, in a line.")
    problem: str = strawberry.field(description="What was wrong.")
    environment: str | None = strawberry.field(description="Where and with what it happened.")
    cause: str | None = strawberry.field(description="Why it happened.")
    resolution: str = strawberry.field(description="What solved it.")
    language: str = strawberry.field(description="BCP 47 language of the texts.")
    author: str = strawberry.field(description="Who wrote it.")
    written_at: datetime = strawberry.field(description="When it was written.")

    @classmethod
    def of(cls, view: contract.WriteUpView) -> "WriteUp":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="An order and what became of it.")
class Order:
    """An order."""

    order_reference: str = strawberry.field(description="The shop's order number.")
    customer_id: UUID = strawberry.field(description="The record that the order belongs to.")
    product: str | None = strawberry.field(description="What was ordered; null when not said.")
    status: OrderStatus | None = strawberry.field(description="Where it stands; null for a state that is newer than this gateway.")
    state: str = strawberry.field(description="placed, delivered or cancelled.", deprecation_reason="Ask for status.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    closed_at: datetime | None = strawberry.field(description="When it was delivered or cancelled; null before.")
    version: int = strawberry.field(description="Grows with each change.")
    amount: str | None = strawberry.field(description="What it cost, as decimal text in the unit of currency; null when nobody said.")
    currency: str | None = strawberry.field(description="ISO 4217 code; null when nobody said an amount.")

    @classmethod
    def of(cls, view: contract.OrderView) -> "Order":
        """Build it from the view."""
        return mapped(cls, view, status=order_status(view))


@strawberry.type(description="One word of the customer on one purpose and channel, with its proof.")
class Consent:
    """A consent."""

    purpose: str = strawberry.field(description="survey, marketing or service.")
    channel: str = strawberry.field(description="email, sms, voice, message or any.")
    granted: bool = strawberry.field(description="Yes or no.")
    text_version: str = strawberry.field(description="The version of the sentence that was agreed to or refused.")
    source: str = strawberry.field(description="Where it was said.")
    recorded_by: str = strawberry.field(description="Who recorded it.")
    given_at: datetime = strawberry.field(description="When it was said.")
    counts: bool = strawberry.field(description="Whether no newer word replaced it.")

    @classmethod
    def of(cls, view: contract.ConsentView) -> "Consent":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="How the customer stands to us.")
class Mood:
    """A mood."""

    mood: str = strawberry.field(description="unhappy, neutral or happy.")
    because: str | None = strawberry.field(description="The fact that says so; null before the first.")
    since: datetime | None = strawberry.field(description="Since when; null before the first fact.")

    @classmethod
    def of(cls, view: contract.MoodView) -> "Mood":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="An amount of money.")
class Amount:
    """An amount."""

    currency: str = strawberry.field(description="ISO 4217 code.")
    amount: str = strawberry.field(description="Decimal text.")


@strawberry.type(description="What the customer is worth by recency, frequency and money (RFM) of the orders of the last year.")
class CustomerValue:
    """A customer's value."""

    window_days: int = strawberry.field(description="How far back orders count.")
    orders: int = strawberry.field(description="Frequency: placed in that time and not cancelled since.")
    cancelled: int = strawberry.field(description="Placed in that time and cancelled.")
    without_amount: int = strawberry.field(description="How many of the orders said no amount.")
    amounts: list[Amount] = strawberry.field(description="Money: what the orders cost, by currency; nothing is converted.")
    last_order_at: datetime | None = strawberry.field(description="When the last order that stands was placed, however long ago; null without one.")
    recency_days: int | None = strawberry.field(description="Whole days since then.")

    @classmethod
    def of(cls, view: contract.ValueView) -> "CustomerValue":
        """Build it from the view."""
        return mapped(cls, view, amounts=[mapped(Amount, one) for one in view.amounts])


@strawberry.type(description="Why no offer is shown.")
class WithheldReason:
    """A reason."""

    code: str = strawberry.field(
        description="open_case, bad_last_score, open_follow_up, recent_complaint, unhappy, no_marketing_consent or no_fitting_offer.",
    )
    sentence: str = strawberry.field(description="The reason for a person to read.")


@strawberry.type(description="An offer that fits this customer now.")
class MadeOffer:
    """An offer."""

    key: str = strawberry.field(description="The key in the catalogue.")
    title: str = strawberry.field(description="What it is.")
    text: str = strawberry.field(description="The sentence for the customer, in their language where there is one.")
    product: str | None = strawberry.field(description="The purchase that it fits; null when it suits everybody.")


@strawberry.type(description="An offer, or every reason why none is shown.")
class Offer:
    """The offer guard's answer."""

    place: str = strawberry.field(description="desk or self_service.")
    offer: MadeOffer | None = strawberry.field(description="Null when it is withheld.")
    withheld: list[WithheldReason] = strawberry.field(description="Empty when there is an offer.")

    @classmethod
    def of(cls, view: contract.OfferView) -> "Offer":
        """Build it from the view."""
        reasons = [mapped(WithheldReason, reason) for reason in view.withheld]
        return cls(place=view.place, offer=maybe(lambda found: mapped(MadeOffer, found), view.offer), withheld=reasons)


@strawberry.type(description="One fact in the life of a customer.")
class TimelineEntry:
    """An entry of the timeline."""

    uid: UUID = strawberry.field(description="The id of the fact.")
    seq: str = strawberry.field(description="Grows, as a number, in the order in which entries became visible: where a live reader goes on.")
    occurred_at: datetime = strawberry.field(description="When it happened.")
    kind: str = strawberry.field(description="The fact's subject, for those who phrase it themselves.")
    title: str = strawberry.field(description="The fact in an English sentence.")
    source: str = strawberry.field(description="The service that told it.")
    data: JSON = strawberry.field(description="The fact's own fields.")
    customer_id: UUID = strawberry.field(description="The record that it happened to.")

    @classmethod
    def of(cls, view: contract.TimelineEntryView) -> "TimelineEntry":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id, seq=str(view.seq))
