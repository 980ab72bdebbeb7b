"""Tables of telling: what changed because of customers' words, and who is told of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from services.survey.models.base import INDIRECT, Base


class Announcement(Base, table=True):
    """What an initiative says to those who spoke about its cause: words of the house, about nobody."""

    __tablename__ = "announcement"

    initiative_id: UUID = Field(primary_key=True)
    messages: dict[str, str] = Field(sa_type=JSON)
    """BCP 47 language to the sentence."""


class Telling(Base, table=True):
    """One customer who is to be told of one initiative, once. The link to stop is not stored: only the SHA-256 of its token."""

    __tablename__ = "telling"
    __table_args__ = (UniqueConstraint("initiative_id", "customer_id"), Index("ix_telling_customer", "customer_id"))

    id: UUID = Field(primary_key=True)
    initiative_id: UUID
    customer_id: UUID = Field(sa_column_kwargs=INDIRECT)
    state: str
    """waiting (for a decent hour, for room in the caps, for its customer), queued (it may leave), told, withheld or undeliverable."""
    channel: str | None
    language: str | None = Field(sa_column_kwargs=INDIRECT)
    reason: str | None
    """Why it waits, or why it does not go."""
    stop_hash: str | None = Field(unique=True)
    """None before it was written, and once its customer was erased: the link is dead."""
    wanted_at: datetime
    next_possible_at: datetime | None
    counted_at: datetime | None
    """Since when caps count it; None while it waits, and when it found no way out."""
    settled_at: datetime | None
    version: int = 1
