"""What customers heard, kept so that the timeline can be made anew from nothing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, LargeBinary, text
from sqlmodel import Field

from services.customers.models.base import SERIAL, Base


class ArchivedEvent(Base, table=True):
    """The event behind one entry of the timeline, without the texts that the timeline does not show."""

    __tablename__ = "archived_event"
    __table_args__ = (
        Index("archived_event_of", "customer_id"),
        Index(
            "archived_event_waiting",
            "subject_kind",
            "subject_id",
            postgresql_where=text("customer_id IS NULL"),
            sqlite_where=text("customer_id IS NULL"),
        ),
    )

    seq: int = Field(sa_column=Column("seq", SERIAL, primary_key=True, autoincrement=False))
    """The entry's place in the order of arrival."""
    id: UUID
    """The event's id, and the entry's."""
    customer_id: UUID | None
    """None until the customer is known."""
    subject_kind: str | None
    subject_id: UUID | None
    kind: str
    """The entry's, for those of whom nothing else is left."""
    occurred_us: int = Field(sa_type=BigInteger)
    """The entry's moment, likewise."""
    subject: str
    """The event's type."""
    told_us: int = Field(sa_type=BigInteger)
    """When the event was told, in microseconds since 1970."""
    event: bytes = Field(sa_column=Column("event", LargeBinary, nullable=False, info={"pii": "free_text"}))
    """Deflated JSON, sealed with the record's key once the customer is known; empty when that customer was erased."""


class TimelineRebuild(Base, table=True):
    """How far the timeline is made anew: one row, so that it goes on where it was stopped."""

    __tablename__ = "timeline_rebuild"

    id: int = Field(primary_key=True)
    """Always 1."""
    total: int
    """Events to be read."""
    entries: int
    """Entries written."""
    done_seq: int = Field(sa_type=BigInteger)
    """Everything up to here is made anew."""
    last_seq: int = Field(sa_type=BigInteger)
    """The last event when it began: what is heard later writes its own entry."""
    began_at: datetime
    ended_at: datetime | None
    """None while it is under way."""
