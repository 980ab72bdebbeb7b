"""Tables of planning: how full the cells are, what agents wished, when relationships are asked about, what a draft would have done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.survey.models.base import INDIRECT, Base


class Cell(Base, table=True):
    """One cell of a programme's sample in its present period; its row is the lock under which quotas are counted."""

    __tablename__ = "cell"

    programme: str = Field(primary_key=True)
    name: str = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    """The values of the programme's cell attributes, e.g. `site=leipzig,channel=voice`."""
    period_start: datetime
    eligible: int
    """Occasions on which nothing but the lot and the quota stood between the customer and the ask."""
    asked: int
    answered: int
    satisfied: int
    """Of those that answered."""
    share: float
    """The inclusion probability in force, set by the last allocation."""
    stopped_at: datetime | None
    """When the interval was narrow enough; None while the cell asks."""


class Wish(Base, table=True):
    """What an agent said about asking after one contact: skip it or ask for certain, always with a reason code."""

    __tablename__ = "wish"
    __table_args__ = (Index("ix_wish_said", "said_at"),)

    contact_id: UUID = Field(primary_key=True)
    agent_id: UUID = Field(index=True, sa_column_kwargs=INDIRECT)
    wish: str
    """skip or force."""
    reason: str
    said_at: datetime


class Anchor(Base, table=True):
    """From when on a relationship programme counts for one customer."""

    __tablename__ = "anchor"

    programme: str = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    anchored_at: datetime
    round: int
    """How often it came round; 0 before the first time."""


class Simulation(Base, table=True):
    """A draft that is replayed over recorded history beside the live version."""

    __tablename__ = "simulation"
    __table_args__ = (Index("ix_simulation_programme", "programme", "created_at"),)

    id: UUID = Field(primary_key=True)
    programme: str
    draft: dict[str, Any] = Field(sa_type=JSON)
    days: int
    state: str
    """running, done or failed."""
    progress: float
    report: dict[str, Any] | None = Field(sa_type=JSON)
    created_at: datetime
    finished_at: datetime | None
    version: int = 1
