"""Narrow facts, one row each, fed by events."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from services.insight.models.base import INDIRECT, Base


class ContactFact(Base, table=True):
    """One ended contact. `attributed_*` is what it said at its end; `driver` and `department` count after others had their say."""

    __tablename__ = "contact_fact"
    __table_args__ = (
        Index("ix_contact_fact_driver", "driver", "ended_at"),
        Index("ix_contact_fact_department", "department", "ended_at", "contact_id"),
    )

    contact_id: UUID = Field(primary_key=True)
    external_id: str | None = Field(sa_column_kwargs=INDIRECT)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    channel: str
    queue: str | None
    topic: str | None
    team: str | None
    site: str | None
    vendor: str | None
    attributed_driver: str | None
    attributed_department: str | None
    driver: str | None
    department: str | None
    case_id: UUID | None
    articles_used: int
    handle_ms: int = Field(sa_type=BigInteger)
    rate_id: UUID | None
    per_hour_micros: int | None = Field(sa_type=BigInteger)
    cost_cents: int | None = Field(sa_type=BigInteger)
    """None while no rate covers the contact."""
    agent_id: UUID | None = Field(default=None, index=True, sa_column_kwargs=INDIRECT)
    product: str | None = None
    """What feedback about the contact says it was about; None while nothing does."""
    segment: str | None = None
    """The customer's tier when the contact ended."""
    resolved: str | None = None
    """The agent's view: yes, partly, no."""
    transfers: int | None = None
    waited_ms: int | None = Field(default=None, sa_type=BigInteger)
    """From the queue to an agent; None while nobody told."""
    ended_at: datetime = Field(index=True)


class FeedbackFact(Base, table=True):
    """One feedback item. `sentiment` is None until it is categorised; site and vendor come from its contact, if any."""

    __tablename__ = "feedback_fact"
    __table_args__ = (Index("ix_feedback_fact_driver", "driver", "said_at"),)

    item_id: UUID = Field(primary_key=True)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    contact_id: UUID | None = Field(index=True)
    source: str
    kind: str
    sentiment: str | None
    severity: int | None
    driver: str | None
    department: str | None
    driver_by_person: bool
    product: str | None
    site: str | None
    vendor: str | None
    categorised_at: datetime | None
    team: str | None = None
    segment: str | None = None
    score: float | None = None
    scale_max: float | None = None
    said_at: datetime = Field(index=True)


class Correction(Base, table=True):
    """What a person said about one axis of an item; a model's later word never replaces it."""

    __tablename__ = "correction"

    item_id: UUID = Field(primary_key=True)
    axis: str = Field(primary_key=True)
    code: str
    department: str | None
    corrected_at: datetime


class RemovedItem(Base, table=True):
    """A feedback item that its author took back: it is not counted, also when an old telling of it is heard late."""

    __tablename__ = "removed_item"

    item_id: UUID = Field(primary_key=True)
    removed_at: datetime


class AnswerFact(Base, table=True):
    """One scored answer; figures count a response once, by its answers at place 0."""

    __tablename__ = "answer_fact"
    __table_args__ = (
        Index("ix_answer_fact_kind", "kind", "answered_at"),
        Index("ix_answer_fact_driver", "driver", "kind", "answered_at"),
    )

    response_id: UUID = Field(primary_key=True)
    question: str = Field(primary_key=True)
    kind: str
    dimension: str
    place: int
    """Position among the questions of its kind in the response."""
    place_in_dimension: int
    """The same within its dimension."""
    mark: str
    """The score, or the choice of a resolution question, as text."""
    flagged: bool
    probability: float | None
    invitation_id: UUID | None
    contact_id: UUID | None = Field(index=True)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    programme: str | None
    survey: str
    mode: str
    language: str
    team: str | None
    site: str | None
    vendor: str | None
    queue: str | None
    topic: str | None
    attributed_driver: str | None
    attributed_department: str | None
    driver: str | None
    department: str | None
    agent_id: UUID | None = Field(default=None, sa_column_kwargs=INDIRECT)
    product: str | None = None
    segment: str | None = None
    answered_at: datetime


class ResponseFact(Base, table=True):
    """One response as last told; a later telling replaces its answers."""

    __tablename__ = "response_fact"

    response_id: UUID = Field(primary_key=True)
    invitation_id: UUID | None = Field(index=True)
    flagged: bool
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """A response that was changed or added to is told again with the next number."""
    told_at: datetime


class OptOutFact(Base, table=True):
    """A customer does not want to be asked again."""

    __tablename__ = "opt_out_fact"

    event_id: UUID = Field(primary_key=True)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    channel: str
    opted_out_at: datetime = Field(index=True)


class InvitationFact(Base, table=True):
    """One ask."""

    __tablename__ = "invitation_fact"

    invitation_id: UUID = Field(primary_key=True)
    programme: str
    channel: str
    contact_id: UUID | None
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    probability: float
    invited_at: datetime = Field(index=True)


class DeliveryFact(Base, table=True):
    """What became of an ask on its way out, as last told; without a row it has not left yet, or nobody told."""

    __tablename__ = "delivery_fact"

    invitation_id: UUID = Field(primary_key=True)
    state: str
    """sent (a carrier took it) or undeliverable."""
    channel: str
    settled_at: datetime


class SuppressedFact(Base, table=True):
    """Somebody could have been asked and was not: a rule held the ask back."""

    __tablename__ = "suppressed_fact"

    decision_id: UUID = Field(primary_key=True)
    programme: str
    reason: str
    contact_id: UUID | None
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    skipped_at: datetime = Field(index=True)


class FollowUpFact(Base, table=True):
    """One duty to get back to a customer. Opened or closed may be heard first; the later telling decides whether it is open."""

    __tablename__ = "follow_up_fact"
    __table_args__ = (Index("ix_follow_up_fact_open", "closed_at", "due_at"),)

    follow_up_id: UUID = Field(primary_key=True)
    item_id: UUID | None
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    issue: str
    department: str | None
    opened_at: datetime | None = Field(index=True)
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


class ToldFact(Base, table=True):
    """A contributor was told about an initiative, once."""

    __tablename__ = "told_fact"
    __table_args__ = (Index("uq_told_fact", "initiative_id", "customer_id", unique=True),)

    id: UUID = Field(primary_key=True)
    initiative_id: UUID
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    channel: str
    language: str
    told_at: datetime


class ArticleUse(Base, table=True):
    """Knowledge was used in a contact or a case."""

    __tablename__ = "article_use"

    event_id: UUID = Field(primary_key=True)
    article_id: UUID
    contact_id: UUID | None = Field(index=True)
    case_id: UUID | None = Field(index=True)
    used_at: datetime


class KnownSubject(Base, table=True):
    """Whose a contact or feedback item is, learnt apart from it, perhaps before it."""

    __tablename__ = "known_subject"

    subject_id: UUID = Field(primary_key=True)
    kind: str
    customer_id: UUID = Field(index=True, sa_column_kwargs=INDIRECT)


class ErasedCustomer(Base, table=True):
    """A customer who must stay forgotten, also when an old event is heard late."""

    __tablename__ = "erased_customer"

    customer_id: UUID = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    erased_at: datetime


class DriverOwner(Base, table=True):
    """Which department causes a driver, as feedback last said."""

    __tablename__ = "driver_owner"

    driver: str = Field(primary_key=True)
    department: str


class CustomerSegment(Base, table=True):
    """A customer's tier as last told, so that facts can be split by it."""

    __tablename__ = "customer_segment"

    customer_id: UUID = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    segment: str | None


class ContactWait(Base, table=True):
    """How long the customer of a contact that is not over yet has waited; gone when the contact ends."""

    __tablename__ = "contact_wait"

    contact_id: UUID = Field(primary_key=True)
    waited_ms: int = Field(sa_type=BigInteger)
