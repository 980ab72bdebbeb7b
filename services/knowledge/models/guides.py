"""Tables of guides: graphs of one question a page, and the walks of people through them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from services.knowledge.models.base import FREE_TEXT, INDIRECT, Base


class Guide(Base, table=True):
    """A guide as it stands; `guide_version` keeps every graph, and a run stays on the one it began with."""

    __tablename__ = "guide"

    id: UUID = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    plain: str = Field(sa_column_kwargs=FREE_TEXT)
    """The words of all nodes, for the search."""
    language: str
    audience: str
    product: str | None
    driver: str | None
    state: str = Field(index=True)
    """draft, published or archived."""
    version: int
    published_version: int | None
    """The graph that new runs walk; None before it was ever published."""
    changed_by: str
    changed_at: datetime


class GuideVersion(Base, table=True):
    """One graph of a guide; never changed."""

    __tablename__ = "guide_version"

    guide_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    graph: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=FREE_TEXT)
    changed_by: str
    changed_at: datetime


class GuideRun(Base, table=True):
    """One walk through a guide."""

    __tablename__ = "guide_run"

    id: UUID = Field(primary_key=True)
    guide_id: UUID = Field(index=True)
    guide_version: int
    session_id: UUID | None = Field(index=True)
    case_id: UUID | None
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    at_node: str
    state: str
    """open, solved, unsolved or handed_over."""
    version: int
    """Steps taken so far, plus 1."""
    begun_by: str
    begun_at: datetime
    last_at: datetime


class GuideStep(Base, table=True):
    """One page of a run: what was shown, and what was answered."""

    __tablename__ = "guide_step"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    id: UUID = Field(primary_key=True)
    run_id: UUID = Field(index=True, sa_column_kwargs={"info": {"part_of": "guide_run.id"}})
    number: int
    guide_id: UUID = Field(index=True)
    guide_version: int
    node: str
    answer: str | None = Field(sa_column_kwargs=FREE_TEXT)
    """The chosen option; None when there was nothing to choose."""
    undone: bool
    """Whether the visitor went back behind it."""
    shown: dict[str, Any] = Field(sa_type=JSON, sa_column_kwargs=FREE_TEXT)
    """Question and answer in words, for who takes over."""
    at: datetime
