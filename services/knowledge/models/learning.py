"""Tables of training and of process maps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from services.knowledge.models.base import COUNT, FREE_TEXT, Base

_OPEN = text("completed_at IS NULL")


class TrainingModule(Base, table=True):
    """Something to learn."""

    __tablename__ = "training_module"

    code: str = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=COUNT)
    text: str = Field(sa_column_kwargs=FREE_TEXT)
    html: str = Field(sa_column_kwargs=FREE_TEXT)
    language: str
    topic: str | None = Field(index=True)
    """The driver that it teaches; None when it is about none."""
    minutes: int
    articles: list[str] = Field(sa_type=JSON)
    skill: str | None
    """The routing skill that completion raises; None when it raises none."""
    skill_level: int | None
    refresh_days: int | None
    """After how many days it is due again; None: never."""
    active: bool
    version: int
    changed_at: datetime


class TrainingNeed(Base, table=True):
    """A topic on which a group of agents resolves less than others, or a manager's wish."""

    __tablename__ = "training_need"

    id: UUID = Field(primary_key=True)
    topic: str = Field(index=True)
    group: str | None
    """A team or site as the finder names it; None: everybody."""
    agents: list[str] = Field(sa_type=JSON, sa_column_kwargs={"info": {"pii": "indirect"}})
    effect: float | None = Field(sa_column_kwargs=COUNT)
    """Resolution that the topic costs the group, in percentage points; None when not measured."""
    evidence: str = Field(sa_column_kwargs=FREE_TEXT)
    source: str
    state: str = Field(index=True)
    """open, assigned or closed."""
    found_at: datetime


class TrainingAssignment(Base, table=True):
    """One agent has one module to learn."""

    __tablename__ = "training_assignment"
    __table_args__ = (Index("ux_training_assignment_open", "agent_id", "module", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: UUID = Field(primary_key=True)
    agent_id: UUID = Field(index=True)
    module: str = Field(index=True)
    need_id: UUID | None
    reason: str
    """need, refresher or manager."""
    assigned_by: str
    assigned_at: datetime
    due_at: datetime
    completed_at: datetime | None = Field(index=True)
    minutes: int | None
    version: int


class TrainingHours(Base, table=True):
    """The ledger of time spent learning; rows are only added, a mistake is put right by a row with minus."""

    __tablename__ = "training_hours"

    id: UUID = Field(primary_key=True)
    agent_id: UUID = Field(index=True)
    minutes: int
    what: str
    """The module's code, or what was learned elsewhere."""
    assignment_id: UUID | None = Field(unique=True)
    at: datetime
    entered_by: str


class ProcessMap(Base, table=True):
    """How something is done, step by step, and which drivers show that a step fails."""

    __tablename__ = "process_map"

    code: str = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=COUNT)
    steps: list[dict[str, Any]] = Field(sa_type=JSON)
    version: int
    changed_by: str
    changed_at: datetime
