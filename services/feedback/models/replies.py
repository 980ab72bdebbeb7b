"""Public replies to reviews, and questions to their authors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from services.feedback.models.base import FREE, INDIRECT, NONE, Base


class ReviewerRequest(Base, table=True):
    """The question to the author of a review who they are, put through its platform."""

    __tablename__ = "reviewer_request"

    item_id: UUID = Field(primary_key=True)
    state: str
    """asking, asked, or failed: the platform refused."""
    message: str = Field(sa_column_kwargs=FREE)
    asked_by: str = Field(sa_column_kwargs=INDIRECT)
    asked_at: datetime
    failure: str | None = Field(sa_column_kwargs=NONE)
    """What the platform answered, in short; None while it refused nothing."""


class Reply(Base, table=True):
    """What is answered publicly to a review: drafted by one person, approved by another, sent by the platform's API."""

    __tablename__ = "reply"
    __table_args__ = (Index("reply_item", "item_id", "id"), Index("reply_state", "state", "id"))

    id: UUID = Field(primary_key=True)
    item_id: UUID
    version: int
    state: str
    """drafted, approved, sent, failed, withdrawn; or reopened: the review was edited or deleted after the reply."""
    text: str = Field(sa_column_kwargs=FREE)
    drafted_by: str = Field(sa_column_kwargs=INDIRECT)
    drafted_at: datetime
    approved_by: str | None = Field(sa_column_kwargs=INDIRECT)
    approved_at: datetime | None
    sent_at: datetime | None
    failure: str | None = Field(sa_column_kwargs=NONE)
    """What the platform answered, in short; None while it refused nothing."""
    reopened_by: str | None = Field(sa_column_kwargs=NONE)
    """edited or deleted; None while the review stands as it was answered."""
