"""Tables of survey alone: what it owns, and its own copies of what it must know about customers, contacts and orders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, true
from sqlmodel import Field

from services.kit.tables import kit_tables
from services.survey.models import asked, told
from services.survey.models.base import DIRECT, FREE_TEXT, INDIRECT, Base
from services.survey.models.planning import Anchor, Cell, Simulation, Wish

__all__ = ["Anchor", "Base", "Cell", "Simulation", "Wish", "asked", "told"]


class SurveyVersion(Base, table=True):
    """One version of a survey; frozen from its first answer on."""

    __tablename__ = "survey_version"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: UUID = Field(primary_key=True)
    key: str
    version: int
    definition: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime
    answered_at: datetime | None
    """When the first answer froze it; None while it may still be put right."""


class ProgrammeVersion(Base, table=True):
    """One version of a programme; append-only, one of them is current."""

    __tablename__ = "programme_version"
    __table_args__ = (UniqueConstraint("key", "version"), Index("ix_programme_current", "trigger", "current"))

    id: UUID = Field(primary_key=True)
    key: str
    version: int
    current: bool
    trigger: str
    rules: dict[str, Any] = Field(sa_type=JSON)
    state: str = Field(default="active", sa_column_kwargs={"server_default": "active"})
    """draft, active, paused, replaced or archived."""
    note: str | None = Field(default=None, sa_column_kwargs=FREE_TEXT)
    """Why this version was made, in the words of who made it."""
    saved_by: str | None = Field(default=None, sa_column_kwargs=INDIRECT)
    created_at: datetime
    activated_at: datetime | None = None


class Decision(Base, table=True):
    """Whether one occasion (a contact, an order, an event) led to an ask in one programme, and every rule that had a say."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("programme", "occasion"),
        Index("ix_decision_contact", "contact_id"),
        Index("ix_decision_customer", "customer_id", "outcome"),
        Index("ix_decision_order", "order_reference", "outcome"),
        Index("ix_decision_programme", "programme", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    programme: str
    programme_version: int
    occasion: str = Field(sa_column_kwargs=INDIRECT)
    """`contact:<id>`, `order:<reference>`, `case:<id>` or `event:<id>`; what the lot is drawn on."""
    contact_id: UUID | None
    customer_id: UUID | None = Field(sa_column_kwargs=INDIRECT)
    order_reference: str | None = Field(sa_column_kwargs=INDIRECT)
    attribution: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    channel: str
    """What the ask is about: the channel of the contact, or `order`, `case`, `event`."""
    language: str | None
    """The language of the contact; spoken when the customer's own is not known."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}", **INDIRECT})
    """What conditions read about the occasion, frozen when it happened."""
    occurred_at: datetime
    outcome: str
    """pending, invited or skipped."""
    waits_for: str | None
    """customer, order_delivered or moment; None once decided."""
    reason: str | None
    rules: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    inclusion_probability: float | None
    lot: float | None = None
    """What was drawn, in [0, 1); None when another rule refused before the lot."""
    cell: str | None = None
    """The cell of the sample; None before it was drawn, or when the programme has none."""
    late_ms: int | None = None
    """Between the planned moment and the verdict; None when it was decided without waiting for a moment."""
    next_possible_at: datetime | None
    give_up_at: datetime
    invitation_id: UUID | None
    created_at: datetime
    decided_at: datetime | None
    version: int = 1


class Invitation(Base, table=True):
    """One ask. The link is not stored: only the SHA-256 of its token."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_customer", "customer_id", "invited_at"), Index("ix_invitation_contact", "contact_id"))

    id: UUID = Field(primary_key=True)
    decision_id: UUID = Field(unique=True)
    programme: str
    survey: str
    survey_version: int
    customer_id: UUID = Field(sa_column_kwargs=INDIRECT)
    contact_id: UUID | None
    channel: str
    language: str
    about_channel: str
    about_at: datetime
    attribution: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    inclusion_probability: float
    token_hash: str = Field(unique=True)
    stop_hash: str = Field(unique=True)
    state: str
    """queued, sent, answered, withdrawn or undeliverable."""
    invited_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    expires_at: datetime
    reminded_at: list[str] = Field(default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    """The moments of the reminders, ISO 8601 in UTC; caps count them when the programme says so."""
    cell: str | None = None
    version: int = 1


class Response(Base, table=True):
    """One answer sheet; at most one per invitation."""

    __tablename__ = "response"
    __table_args__ = (Index("ix_response_customer", "customer_id", "answered_at"), Index("ix_response_contact", "contact_id"))

    id: UUID = Field(primary_key=True)
    invitation_id: UUID | None = Field(unique=True)
    programme: str | None
    survey: str
    survey_version: int
    customer_id: UUID | None = Field(sa_column_kwargs=INDIRECT)
    contact_id: UUID | None
    mode: str
    language: str
    answers: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs=FREE_TEXT)
    comment: str | None = Field(sa_column_kwargs=FREE_TEXT)
    wants_contact: bool
    contact_channel: str | None
    contact_time: str | None
    inclusion_probability: float | None
    attribution: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    flags: list[str] = Field(sa_type=JSON)
    complete: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    """False for one that was broken off: what was answered is kept."""
    revision: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Grows when the customer changes or adds something."""
    answered_at: datetime
    version: int = 1


class KnownCustomer(Base, table=True):
    """Survey's copy of whom it may ask; its row is the lock under which caps are counted."""

    __tablename__ = "known_customer"

    customer_id: UUID = Field(primary_key=True)
    version: int
    """The version that customers gave it; -1 while only the id was heard."""
    display_name: str | None = Field(sa_column_kwargs=DIRECT)
    language: str | None = Field(sa_column_kwargs=INDIRECT)
    time_zone: str | None = Field(sa_column_kwargs=INDIRECT)
    email: str | None = Field(sa_column_kwargs=DIRECT)
    phone: str | None = Field(default=None, sa_column_kwargs=DIRECT)
    country: str | None = Field(default=None, sa_column_kwargs=INDIRECT)
    tier: str | None = Field(default=None, sa_column_kwargs=INDIRECT)
    segment: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}", **INDIRECT})
    preferred_channel: str | None = Field(sa_column_kwargs=INDIRECT)
    erased_at: datetime | None


class KnownKey(Base, table=True):
    """Which customer an identity key names."""

    __tablename__ = "known_key"

    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True, sa_column_kwargs=DIRECT)
    customer_id: UUID = Field(index=True, sa_column_kwargs=INDIRECT)


class KnownMerge(Base, table=True):
    """Two customers that are one person, until undone."""

    __tablename__ = "known_merge"

    merge_id: UUID = Field(primary_key=True)
    survivor_id: UUID = Field(index=True)
    merged_id: UUID = Field(index=True)
    undone: bool


class ConsentWord(Base, table=True):
    """The latest word of a customer about one purpose and channel, told to customers or said to us by a stop link."""

    __tablename__ = "consent_word"

    customer_id: UUID = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    purpose: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    granted: bool
    said_at: datetime


class KnownContact(Base, table=True):
    """An ended contact with its attribution, frozen at the end; only the ids while just its customer was heard."""

    __tablename__ = "known_contact"

    contact_id: UUID = Field(primary_key=True)
    customer_id: UUID | None = Field(sa_column_kwargs=INDIRECT)
    channel: str | None
    attribution: dict[str, Any] | None = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    facts: dict[str, Any] | None = Field(default=None, sa_type=JSON, sa_column_kwargs=INDIRECT)
    """What conditions read about it: simulations replay it."""
    language: str | None = None
    ended_at: datetime | None = Field(index=True)


class KnownOrder(Base, table=True):
    """Where an order stands."""

    __tablename__ = "known_order"

    order_reference: str = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    """None while only a contact named the order."""
    product: str | None = None
    placed_at: datetime | None = None
    delivered_at: datetime | None
    cancelled_at: datetime | None


class OpenMatter(Base, table=True):
    """A case, follow-up or running contact that is open, or was; kept after closing so that a late `opened` cannot reopen it."""

    __tablename__ = "open_matter"

    matter_id: UUID = Field(primary_key=True)
    kind: str
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    opened_at: datetime | None = None
    """None when only its end was heard, or when it was noted by an earlier version."""
    closed_at: datetime | None


KIT = kit_tables(Base.metadata)
