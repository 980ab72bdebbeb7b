"""Who owes a customer an answer, and by which rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from services.feedback.models.base import FREE as _FREE
from services.feedback.models.base import INDIRECT as _INDIRECT
from services.feedback.models.base import Base

_OPEN = text("state <> 'closed' AND customer_id IS NOT NULL")


class FollowUpRule(Base, table=True):
    """When somebody owes the customer an answer, and by when. Overrides the shipped rule of the same key."""

    __tablename__ = "follow_up_rule"

    key: str = Field(primary_key=True)
    rule: dict[str, Any] = Field(sa_type=JSON)
    version: int


class FollowUpRuleVersion(Base, table=True):
    """Every version of every rule, for ever: which promise held when."""

    __tablename__ = "follow_up_rule_version"

    key: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    rule: dict[str, Any] = Field(sa_type=JSON)
    by: str = Field(sa_column_kwargs=_INDIRECT)
    at: datetime


class FollowUp(Base, table=True):
    """The duty to get back to one customer about one issue."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("follow_up_one_open", "customer_id", "issue", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("follow_up_customer", "customer_id", "id"),
        Index("follow_up_state", "state", "id"),
    )

    id: UUID = Field(primary_key=True)
    item_id: UUID
    customer_id: UUID | None = Field(sa_column_kwargs=_INDIRECT)
    issue: str
    reason: str
    state: str
    version: int
    severity: int
    department: str | None
    owner: str | None = Field(sa_column_kwargs=_INDIRECT)
    escalate_to: str | None = Field(sa_column_kwargs=_INDIRECT)
    wants_call_back: bool
    channel: str
    language: str | None
    attempt: int
    reopens: UUID | None
    escalation: int
    opened_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None
    contacted_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    note: str | None = Field(sa_column_kwargs=_FREE)
