"""What routing learns from its own past, what it rehearses, and whom it tells of offers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.routing.models.base import INDIRECT, NONE, Base


class Backtest(Base, table=True):
    """A rehearsal: the same days under the rule as it is and under a candidate. `asked` loses its trace when it is over."""

    __tablename__ = "backtest"
    __table_args__ = (Index("ix_backtest_created_at", "created_at", "id"),)
    id: UUID = Field(primary_key=True)
    version: int
    name: str = Field(sa_column_kwargs=NONE)
    state: str
    """waiting, running, done or failed."""
    progress: float
    asked: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    result: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    problem: str | None = Field(sa_column_kwargs=NONE)
    created_at: datetime
    finished_at: datetime | None


class Affinity(Base, table=True):
    """What an agent's outcomes in one queue say: resolution (0 to 1) and pace (1 is the queue's mean); None where there is no evidence."""

    __tablename__ = "affinity"
    agent_id: UUID = Field(primary_key=True)
    queue: str = Field(primary_key=True)
    resolution: float | None = Field(sa_column_kwargs=NONE)
    pace: float | None
    outcomes: int
    learned_at: datetime


class Learning(Base, table=True):
    """One row: whether routing learns, from how many days, with what hold-out, and what the last lesson said."""

    __tablename__ = "learning"
    id: int = Field(primary_key=True)
    version: int
    enabled: bool
    hold_out_share: float
    window_days: int
    repeat_days: int
    report: dict[str, Any] | None = Field(sa_type=JSON, nullable=True)
    learned_at: datetime | None


class SurveyLabel(Base, table=True):
    """What the customer of a contact said afterwards, 0 to 1."""

    __tablename__ = "survey_label"
    contact_id: UUID = Field(primary_key=True)
    resolved: float
    answered_at: datetime


class OfferWebhook(Base, table=True):
    """An adapter that is told of every offer. The key that signs what it gets is derived from its name and `version`."""

    __tablename__ = "offer_webhook"
    key: str = Field(primary_key=True)
    url: str
    version: int
    channels: list[str] = Field(sa_type=JSON)
    """Only offers of these; empty: all."""
    created_at: datetime
    failures: int
    """Deliveries in a row that were not taken."""
    last_status: str | None
    last_at: datetime | None
