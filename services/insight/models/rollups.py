"""Facts added up by day and by week, so that a year is read as quickly as a month.

Derived from the facts alone: they may be thrown away and built anew. `day` counts days since 1970-01-01 in UTC and begins a span of
`days` (1, or 7 from a Monday on); what is unknown is the empty text, since a key may not be null.
"""

from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from services.insight.models.base import Base

CLUSTERED = {"sqlite_with_rowid": False}
"""Rows lie in the order of their key, so a span of days is read in one go."""


class TouchedDay(Base, table=True):
    """A day whose facts changed since it was added up: it is read from the facts until then. One row a change, so writers never wait."""

    __tablename__ = "touched_day"
    __table_args__ = (Index("ix_touched_day", "subject", "day"),)

    id: UUID = Field(primary_key=True)
    subject: str
    """contact, feedback or answer."""
    day: int


class _Span(Base):
    """Which days a row is about; the key begins with it, so that a span of days is read in one go."""

    days: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class _Caused(_Span):
    """What it was about, and where."""

    driver: str = Field(primary_key=True)
    department: str = Field(primary_key=True)
    site: str = Field(primary_key=True)
    vendor: str = Field(primary_key=True)


class ContactDay(_Caused, table=True):
    """Contacts of a day by driver and place."""

    __tablename__ = "contact_day"
    __table_args__ = CLUSTERED

    contacts: int
    handle_ms: int = Field(sa_type=BigInteger)
    cents: int = Field(sa_type=BigInteger)
    unpriced: int


class FeedbackDay(_Caused, table=True):
    """Feedback of a day by driver and place; `judged` items have a sentiment."""

    __tablename__ = "feedback_day"
    __table_args__ = CLUSTERED

    items: int
    judged: int
    negative: int


class AnswerDay(_Span, table=True):
    """Answers of a day by kind, mark and place, with the sums that weighting needs: over those whose probability of being asked is known."""

    __tablename__ = "answer_day"
    __table_args__ = CLUSTERED

    kind: str = Field(primary_key=True)
    mark: str = Field(primary_key=True)
    site: str = Field(primary_key=True)
    vendor: str = Field(primary_key=True)
    answers: int
    flagged: int
    """Left out of all other numbers."""
    known: int
    weight: float
    squares: float


class SatisfactionDay(_Caused, table=True):
    """Satisfaction (csat5) of a day by driver and place."""

    __tablename__ = "satisfaction_day"
    __table_args__ = CLUSTERED

    answers: int
    satisfied: int
    known: int
    """Answers whose probability of being asked is known; weights are over those."""
    weight: float
    squares: float
    good_weight: float
