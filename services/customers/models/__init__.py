"""Tables of customers. Every record keeps its own facts for ever; who is one person with whom is said by `customer_member` alone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, Identity, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from services.customers.models.archive import ArchivedEvent, TimelineRebuild
from services.customers.models.base import DIRECT, FALSE, FREE_TEXT, INDIRECT, NONE, SERIAL, ZERO, Base
from services.customers.models.orders import CustomerOrder
from services.customers.models.privacy import ErasedKey, Erasure, ErasureReceipt, IdentityHint, RefusedPair, SubjectKey
from services.kit.tables import kit_tables

__all__ = [
    "KIT",
    "ArchivedEvent",
    "Base",
    "CaseContact",
    "CaseWriteUp",
    "Consent",
    "Customer",
    "CustomerCase",
    "CustomerKey",
    "CustomerMember",
    "CustomerOrder",
    "CustomerStanding",
    "ErasedKey",
    "Erasure",
    "ErasureReceipt",
    "FollowUp",
    "IdentityHint",
    "Merge",
    "Offer",
    "RefusedPair",
    "Subject",
    "SubjectKey",
    "TimelineEntry",
    "TimelineRebuild",
    "Values",
]


class Customer(Base, table=True):
    """One record of a person. After a merge it stays what it was."""

    __tablename__ = "customer"

    id: UUID = Field(primary_key=True)
    display_name: str | None = Field(sa_column_kwargs=DIRECT)
    language: str | None = Field(sa_column_kwargs=INDIRECT)
    time_zone: str | None = Field(sa_column_kwargs=INDIRECT)
    country: str | None = Field(sa_column_kwargs=INDIRECT)
    email: str | None = Field(sa_column_kwargs=DIRECT)
    phone: str | None = Field(sa_column_kwargs=DIRECT)
    preferred_channel: str | None
    tier: str | None = Field(sa_column_kwargs=INDIRECT)
    segment: dict[str, str] | None = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    said_at: dict[str, str] = Field(sa_type=JSON)
    """Field name to the moment it was said (ISO 8601): the newest saying wins when records are one person."""
    version: int
    """Grows with everything that changes about the person; a merge and its undoing lift all records above all versions before."""
    timeline_floor: int = Field(sa_type=BigInteger)
    """Least version of the timeline view since the last merge or undoing."""
    created_at: datetime
    erased_at: datetime | None


class CustomerMember(Base, table=True):
    """Which person a record belongs to now: derived from the merges that are not undone."""

    __tablename__ = "customer_member"

    customer_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(index=True)


class CustomerKey(Base, table=True):
    """A key belongs to one record."""

    __tablename__ = "customer_key"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: UUID = Field(primary_key=True)
    kind: str
    value: str = Field(sa_column_kwargs=DIRECT)
    """The blind index of the key (HMAC), so that it is found without being readable; rows from before sealing hold the key itself."""
    sealed: str | None = Field(sa_column_kwargs=DIRECT)
    """The key, sealed; None in rows from before."""
    customer_id: UUID = Field(index=True)
    added_at: datetime


class Merge(Base, table=True):
    """An edge: `merged_id` was found to be the same person as `survivor_id`. Undone, never deleted."""

    __tablename__ = "merge"
    __table_args__ = (
        Index("merge_active", "merged_id", unique=True, postgresql_where=text("undone_at IS NULL"), sqlite_where=text("undone_at IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    survivor_id: UUID = Field(index=True)
    merged_id: UUID
    reason: str = Field(sa_column_kwargs=FREE_TEXT)
    merged_by: str
    merged_at: datetime
    undone_by: str | None
    undone_at: datetime | None


class Subject(Base, table=True):
    """Whose contact, feedback item or self-service session it turned out to be; the row is there as soon as somebody asked."""

    __tablename__ = "subject"

    kind: str = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    customer_id: UUID | None = Field(index=True)
    identified_at: datetime | None


class TimelineEntry(Base, table=True):
    """One fact in the life of a customer; written by the consumers alone, by plain SQL since it hears everything.

    `seq` is drawn while the person's row is locked: within one person a larger seq became visible later, so a reader that asks for what
    comes after the last seq it saw misses nothing.
    """

    __tablename__ = "timeline_entry"
    __table_args__ = (
        Index("timeline_entry_order", "customer_id", "occurred_us", "id"),
        Index("timeline_entry_seq", "customer_id", "seq"),
        Index(
            "timeline_entry_waiting",
            "subject_kind",
            "subject_id",
            postgresql_where=text("customer_id IS NULL"),
            sqlite_where=text("customer_id IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int = Field(sa_column=Column("seq", SERIAL, Identity(), primary_key=True))
    id: UUID = Field(unique=True)
    """The event's id."""
    customer_id: UUID | None
    """None until the customer is known."""
    subject_kind: str | None
    subject_id: UUID | None
    """What it is about; only set while the customer is not known."""
    occurred_us: int = Field(sa_type=BigInteger)
    """Microseconds since 1970."""
    kind: str
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    source: str
    data: str = Field(sa_column=Column("data", Text, nullable=False, info={"pii": "free_text"}))
    """A JSON object."""


class CustomerCase(Base, table=True):
    """A customer's issue; groups the contacts about it."""

    __tablename__ = "customer_case"
    __table_args__ = (Index("customer_case_newest", "customer_id", "opened_at", "id"),)

    id: UUID = Field(primary_key=True)
    customer_id: UUID
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    description: str = Field(sa_column_kwargs=FREE_TEXT)
    product: str | None
    driver: str | None
    language: str
    owner: str | None
    state: str
    """open, resolved or confirmed."""
    opened_at: datetime
    resolved_at: datetime | None
    confirmed_at: datetime | None
    """When the customer said that it is solved."""
    promise: str | None = Field(sa_column_kwargs=FREE_TEXT)
    """What we said we would do."""
    promised_for: datetime | None
    contact_count: int = Field(sa_column_kwargs=ZERO)
    written_exchanges: int = Field(sa_column_kwargs=ZERO)
    call_advised: bool = Field(sa_column_kwargs=FALSE)
    """Set with the second exchange in writing."""
    version: int


class CaseContact(Base, table=True):
    """A contact about a case; each counts once."""

    __tablename__ = "case_contact"

    case_id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(primary_key=True)
    channel: str
    ended_at: datetime


class CaseWriteUp(Base, table=True):
    """What was wrong and what solved it, as often as it was written down."""

    __tablename__ = "case_write_up"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(index=True)
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    problem: str = Field(sa_column_kwargs=FREE_TEXT)
    environment: str | None = Field(sa_column_kwargs=FREE_TEXT)
    cause: str | None = Field(sa_column_kwargs=FREE_TEXT)
    resolution: str = Field(sa_column_kwargs=FREE_TEXT)
    language: str
    author: str
    written_at: datetime


class Consent(Base, table=True):
    """One word of a customer on one purpose and channel, with its proof; only ever added."""

    __tablename__ = "consent"
    __table_args__ = (Index("consent_of", "customer_id", "purpose", "channel", "given_at"),)

    id: UUID = Field(primary_key=True)
    customer_id: UUID
    purpose: str
    channel: str
    granted: bool
    text_version: str = Field(sa_column_kwargs=NONE)
    source: str
    recorded_by: str
    given_at: datetime


class CustomerStanding(Base, table=True):
    """How a record stands to us: mood, last score, last complaint. A row exists from the first saying on."""

    __tablename__ = "customer_standing"

    customer_id: UUID = Field(primary_key=True)
    mood: str
    because: str | None
    mood_at: datetime | None
    verdict: str | None
    score: float | None
    scale_max: float | None
    scored_at: datetime | None
    complained_at: datetime | None


class FollowUp(Base, table=True):
    """What feedback told of its duty to get back to a customer."""

    __tablename__ = "follow_up"

    follow_up_id: UUID = Field(primary_key=True)
    item_id: UUID | None = Field(index=True)
    customer_id: UUID | None = Field(index=True)
    """None until the item's customer is known."""
    opened_at: datetime | None
    """None when its end was heard before its beginning."""
    closed_at: datetime | None


class Offer(Base, table=True):
    """What may be offered; no products means that it suits everybody."""

    __tablename__ = "offer"

    key: str = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=NONE)
    for_products: list[str] = Field(sa_type=JSON)
    message: dict[str, str] = Field(sa_type=JSON)
    version: int
    changed_at: datetime


KIT = kit_tables(Base.metadata)
Values = dict[str, Any]
"""Columns and what to write into them."""
