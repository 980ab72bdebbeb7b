"""Where reviews come from, and what platforms sent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.feedback.models.base import DIRECT as _DIRECT
from services.feedback.models.base import INDIRECT as _INDIRECT
from services.feedback.models.base import NONE as _NONE
from services.feedback.models.base import Base


class WebhookSource(Base, table=True):
    """A review platform's address here. Only hashes of its secret are kept; the one before stays good for a while after a change."""

    __tablename__ = "webhook_source"

    key: str = Field(primary_key=True)
    kind: str
    reference_kind: str
    secret_hash: str
    previous_hash: str | None
    previous_until: datetime | None
    version: int
    settings: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """What the platform needs beside the secret: addresses of its API, our business unit; never a credential."""
    credentials: bytes | None = Field(default=None, sa_column_kwargs=_NONE)
    """Signing secret and API keys, sealed."""


class WebhookCall(Base, table=True):
    """A call that was acknowledged and is not applied yet: what came, sealed. The row goes in the transaction that applies it."""

    __tablename__ = "webhook_call"

    id: UUID = Field(primary_key=True)
    source_key: str
    kind: str
    reference_kind: str
    sealed: bytes = Field(sa_column_kwargs=_DIRECT)
    received_at: datetime
    failure: str | None = Field(default=None, sa_column_kwargs=_NONE)
    """The kind of error that applying it met; it then waits for a person. None while it waits for its turn."""


class ReviewToFetch(Base, table=True):
    """A review of which its platform told only that it exists. The row goes in the transaction that takes the review in."""

    __tablename__ = "review_to_fetch"

    source_key: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True, sa_column_kwargs=_INDIRECT)
    told_at: datetime
    """When the platform told of it last."""
    failure: str | None = Field(default=None, sa_column_kwargs=_NONE)
    """Why it could not be fetched; None while it waits for its turn."""


class WebhookEvent(Base, table=True):
    """What a platform sent, as it was, sealed: every version of a review, and events that we do not know."""

    __tablename__ = "webhook_event"
    __table_args__ = (Index("webhook_event_item", "item_id", "id"),)

    id: UUID = Field(primary_key=True)
    source_key: str
    name: str = Field(sa_column_kwargs=_NONE)
    outcome: str
    item_id: UUID | None
    sealed: bytes | None = Field(sa_column_kwargs=_DIRECT)
    received_at: datetime
