"""When agents are planned to work, and what they did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.routing.models.base import Base


class AgentShift(Base, table=True):
    """One weekly or dated shift of an agent, as it was said: weekly or dated, time_zone (None: the agent's)."""

    __tablename__ = "agent_shift"
    agent_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    version: int
    document: dict[str, Any] = Field(sa_type=JSON)
    changed_at: datetime


class AgentDoing(Base, table=True):
    """From when until when an agent did something. Kept for adherence; `ends_at` is None for what is done now."""

    __tablename__ = "agent_doing"
    __table_args__ = (Index("ix_agent_doing", "agent_id", "begins_at"),)
    id: UUID = Field(primary_key=True)
    agent_id: UUID
    activity: str
    begins_at: datetime
    ends_at: datetime | None
