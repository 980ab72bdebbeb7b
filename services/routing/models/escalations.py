"""Contacts, cases and follow-ups that somebody higher up has to look at."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from services.routing.models.base import FREE_TEXT, INDIRECT, Base

OPEN_SQL = text("state <> 'resolved'")


class Escalation(Base, table=True):
    """One escalation. At most one of a subject is not resolved; the database sees to it. Site and vendor are those of the contact."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index("uq_escalation_open", "subject", unique=True, sqlite_where=OPEN_SQL, postgresql_where=OPEN_SQL),
        Index("ix_escalation_raised_at", "raised_at", "id"),
        Index("ix_escalation_customer", "customer_id"),
    )
    id: UUID = Field(primary_key=True)
    version: int
    subject: str
    """contact, case or follow_up, a colon, and its id."""
    contact_id: UUID | None = Field(index=True)
    case_id: UUID | None
    follow_up_id: UUID | None
    customer_id: UUID | None
    queue: str
    level: int
    cause: str
    reason: str = Field(sa_column_kwargs=FREE_TEXT)
    from_whom: str | None = Field(sa_column_kwargs=INDIRECT)
    """Who raised it to this level; None: a rule did."""
    to_whom: str = Field(sa_column_kwargs=INDIRECT)
    state: str
    raised_at: datetime
    level_since: datetime
    acknowledge_by: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None = Field(sa_column_kwargs=INDIRECT)
    resolved_at: datetime | None
    resolved_by: str | None = Field(sa_column_kwargs=INDIRECT)
    outcome: str | None = Field(sa_column_kwargs=FREE_TEXT)
    steps: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    """Every level that it has been at, oldest first."""
    site: str | None
    vendor: str | None
