"""Beyond the single voice: themes that nobody defined, rates out of course, public replies, what employees suggest, who saw clear text."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.feedback.models.base import DIRECT, FREE, INDIRECT, NONE, Base


class Theme(Base, table=True):
    """A topic that the taxonomy has no code for. The id stays while its centre stays."""

    __tablename__ = "theme"

    id: UUID = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)
    terms: list[str] = Field(sa_type=JSON)
    quotes: list[str] = Field(sa_type=JSON)
    """Ids of the items nearest to the centre."""
    centre: bytes
    embedder: str
    size: int
    size_before: int
    """Members in the window before; growth is size over it."""
    state: str
    """live, gone or promoted."""
    code: str | None
    first_seen: datetime
    last_seen: datetime
    version: int


class Spike(Base, table=True):
    """A code was named more often on a day than the days before let expect."""

    __tablename__ = "spike"
    __table_args__ = (Index("spike_day", "day"),)

    axis: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    count: int
    expected: float
    p_value: float
    q_value: float
    """After Benjamini-Hochberg over everything that was tested that day."""
    total: int
    total_expected: float
    quotes: list[str] = Field(sa_type=JSON)
    found_at: datetime


class ReviewReply(Base, table=True):
    """A public answer to a review: drafted by one, approved by another, sent through the platform."""

    __tablename__ = "review_reply"
    __table_args__ = (Index("review_reply_item", "item_id", "id"), Index("review_reply_state", "state", "id"))

    id: UUID = Field(primary_key=True)
    item_id: UUID
    item_version: int
    source_key: str
    text: str = Field(sa_column_kwargs=FREE)
    state: str
    """draft, approved, sent, failed or outdated (the review was edited or taken back since)."""
    drafted_by: str = Field(sa_column_kwargs=INDIRECT)
    approved_by: str | None = Field(sa_column_kwargs=INDIRECT)
    error: str | None = Field(sa_column_kwargs=NONE)
    drafted_at: datetime
    sent_at: datetime | None
    version: int


class Suggestion(Base, table=True):
    """An idea of an employee. Nothing in the row leads to a person: no key of theirs, no moment finer than a week, groups instead of names."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("suggestion_mailbox", "mailbox_hash", unique=True),)

    id: UUID = Field(primary_key=True)
    """Random (version 4): a time-ordered id would be a time stamp."""
    mailbox_hash: str
    text: str = Field(sa_column_kwargs=FREE)
    groups: dict[str, str] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    """team, shift, site, tenure band."""
    week: str
    state: str
    version: int


class SuggestionMessage(Base, table=True):
    """One message of the two-way mailbox."""

    __tablename__ = "suggestion_message"
    __table_args__ = (Index("suggestion_message_of", "suggestion_id", "place"),)

    id: UUID = Field(primary_key=True)
    suggestion_id: UUID
    place: int
    sender: str
    """employee or organisation."""
    text: str = Field(sa_column_kwargs=FREE)
    week: str


class Disclosure(Base, table=True):
    """Somebody read the clear text of an item. Rows are only ever added; each carries the hash of the one before."""

    __tablename__ = "disclosure"

    place: int = Field(primary_key=True)
    item_id: UUID
    by: str = Field(sa_column_kwargs=DIRECT)
    reason: str | None = Field(sa_column_kwargs=FREE)
    at: datetime
    chain: str


class Outline(Base, table=True):
    """Small facts by key: where a nightly job stands, what it found last."""

    __tablename__ = "outline"

    key: str = Field(primary_key=True)
    value: dict[str, Any] = Field(sa_type=JSON)
    at: datetime
