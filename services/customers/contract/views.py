"""What customers returns: who somebody is, and what they have with us."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kit.fields import View


class IdentityKey(BaseModel):
    """A key that names a customer: kind is account, phone, email, platform, order or reference; value is normalised (E.164, lower case)."""

    model_config = ConfigDict(frozen=True)

    kind: str
    value: str


class CustomerView(View):
    """A person: the newest saying of all records that were found to be the same. `id` is the survivor's, `member_ids` are all of them."""

    id: UUID
    member_ids: list[UUID]
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
    created_at: datetime
    erased_at: datetime | None
    """Set when the customer was erased; then nothing else is left."""


class MergeView(View):
    """Two records that were found to be one person; `undone_at` is null while they are."""

    id: UUID
    survivor_id: UUID
    merged_id: UUID
    reason: str
    merged_by: str
    merged_at: datetime
    undone_by: str | None
    undone_at: datetime | None


class EvidenceView(View):
    """Something that two customers share: name, mailbox or line; `bits` is how strongly it speaks for one person."""

    kind: str
    bits: float
    holders: int
    """How many records have it."""
    sentence: str


class CandidateView(View):
    """Somebody who may be the same person: a suggestion to look at, never a merge."""

    customer_id: UUID
    probability: float
    evidence: list[EvidenceView]
    refused_by: str | None
    """Who said that these are different persons; null when nobody did."""
    refused_at: datetime | None


class RefusalView(View):
    """Two records of different persons, as somebody said who looked at them."""

    customer_id: UUID
    other_id: UUID
    refused_by: str
    refused_at: datetime


class ErasureReceiptView(View):
    """What one service says about one record; `rows` and `received_at` are null while it has not answered."""

    service: str
    customer_id: UUID
    rows: int | None
    received_at: datetime | None


class ErasureView(View):
    """How far the forgetting of a person is; state is running or completed."""

    id: UUID
    person_id: UUID
    state: str
    requested_by: str
    requested_at: datetime
    told_at: datetime
    """When the services were told last."""
    rounds: int
    completed_at: datetime | None
    overdue: bool
    """Whether somebody owes a receipt for more than a day."""
    missing: list[str]
    """The services that still owe one."""
    receipts: list[ErasureReceiptView]
    version: int


class ExportView(View):
    """Everything that one service keeps of a person, as it stands, table by table."""

    service: str
    customer_ids: list[UUID]
    as_of: datetime
    tables: dict[str, list[dict[str, Any]]]


class OrderView(View):
    """An order; state is placed, delivered or cancelled, `closed_at` is when it became one of the last two."""

    order_reference: str
    customer_id: UUID
    product: str | None
    state: str
    placed_at: datetime
    closed_at: datetime | None
    version: int
    amount: str | None
    """What it cost, as decimal text in the unit of `currency` (ISO 4217); both are null when nobody said."""
    currency: str | None


class CaseView(View):
    """A case; state is open, resolved or confirmed (the customer agrees). `call_advised` is set with the second exchange in writing."""

    id: UUID
    customer_id: UUID
    title: str
    description: str
    product: str | None
    driver: str | None
    language: str
    owner: str | None
    state: str
    opened_at: datetime
    resolved_at: datetime | None
    confirmed_at: datetime | None
    promise: str | None
    promised_for: datetime | None
    contact_count: int
    written_exchanges: int
    call_advised: bool
    version: int


class WriteUpView(View):
    """What was wrong and what solved it."""

    id: UUID
    case_id: UUID
    title: str
    problem: str
    environment: str | None
    cause: str | None
    resolution: str
    language: str
    author: str
    written_at: datetime


class ConsentView(View):
    """One word on one purpose and channel, with its proof; `counts` says that no newer word replaced it."""

    purpose: str
    channel: str
    granted: bool
    text_version: str
    source: str
    recorded_by: str
    given_at: datetime
    counts: bool


class MoodView(View):
    """How the customer stands to us: unhappy, neutral or happy; `because` and `since` are null before the first saying."""

    mood: str
    because: str | None
    since: datetime | None


class AmountView(View):
    """An amount as decimal text, in the unit of its ISO 4217 currency."""

    currency: str
    amount: str


class ValueView(View):
    """What the customer is worth by recency, frequency and money (RFM) of the orders placed in the last `window_days`."""

    window_days: int
    orders: int
    """Frequency: placed in the window and not cancelled since."""
    cancelled: int
    without_amount: int
    """How many of `orders` said no amount."""
    amounts: list[AmountView]
    """Money: what `orders` cost, by currency; nothing is converted."""
    last_order_at: datetime | None
    """When the last order that stands was placed, however long ago; null when there is none."""
    recency_days: int | None
    """Whole days since then."""


class WithheldReason(View):
    """Why no offer is shown: open_case, bad_last_score, open_follow_up, recent_complaint, unhappy, no_marketing_consent or no_fitting_offer."""

    code: str
    sentence: str


class MadeOffer(View):
    """An offer and the purchase that it fits; `product` is null when it suits everybody."""

    key: str
    title: str
    text: str
    """In the customer's language where the catalogue has it, else in English."""
    message: dict[str, str]
    product: str | None


class OfferView(View):
    """An offer, or every reason why there is none."""

    place: str
    offer: MadeOffer | None
    withheld: list[WithheldReason]


class TimelineEntryView(View):
    """One fact. `title` is an English sentence, `kind` and `data` are for those who phrase it in another language.

    `seq` grows in the order in which entries became visible; an entry that finds its customer late gets a new one.
    """

    id: UUID
    seq: int
    occurred_at: datetime
    kind: str
    title: str
    source: str
    data: dict[str, Any]
    customer_id: UUID


class Section(View):
    """One part of the view of a customer; `version` grows whenever the part changes."""

    version: int
    as_of: datetime
    data: Any


class CustomerSectionsView(View):
    """The sections of one customer by name."""

    sections: dict[str, Section]


class CustomerViews(View):
    """Sections by name by the id that was asked for; ids that nobody has are left out."""

    views: dict[UUID, dict[str, Section]]


class ResolvedCustomer(View):
    """Who a key or an id stands for now; `customer_id` is the survivor, and null when nobody has the key."""

    key: IdentityKey | None
    id: UUID | None
    customer_id: UUID | None
    member_ids: list[UUID]


class ResolvedCustomers(View):
    """Answers in the order of the questions."""

    resolved: list[ResolvedCustomer]
