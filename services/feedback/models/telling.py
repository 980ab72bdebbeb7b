"""What changed, and who is told of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from services.feedback.models.base import INDIRECT as _INDIRECT
from services.feedback.models.base import NONE as _NONE
from services.feedback.models.base import Base


class Initiative(Base, table=True):
    """A published change that contributors are told about."""

    __tablename__ = "initiative"

    initiative_id: UUID = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=_NONE)
    driver: str
    messages: dict[str, str] = Field(sa_type=JSON)
    since: datetime
    published_at: datetime


class Telling(Base, table=True):
    """Who is to be told about which initiative, and what became of it: planned, told, or withheld and why."""

    __tablename__ = "telling"

    initiative_id: UUID = Field(primary_key=True)
    customer_id: UUID = Field(primary_key=True, sa_column_kwargs=_INDIRECT)
    state: str
    reason: str | None
    """Why not, in survey's words; None while planned and when told."""
    channel: str | None
    """None unless told."""
    language: str | None
    settled_at: datetime | None
