"""What was found without being asked for: themes, spikes; and the words by which items are found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.feedback.models.base import FREE, INDIRECT, NONE, Base


class Theme(Base, table=True):
    """Something that is said again and again and fits no code. Its id stays as long as it is the same by its middle."""

    __tablename__ = "theme"

    id: UUID = Field(primary_key=True)
    version: int
    state: str
    """open, quiet (not found again), promoted to a code, or dismissed."""
    words: list[str] = Field(sa_type=JSON)
    name: str | None = Field(sa_column_kwargs=NONE)
    """What a person called it; None while its words name it."""
    embedder: str
    middle: bytes
    size: int
    recent: int
    """Members of the last seven days."""
    growth: float
    coherence: float
    quotes: list[str] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    """Ids of the items nearest to the middle."""
    code: str | None
    """The driver that it became."""
    first_seen: datetime
    last_seen: datetime
    told_at: datetime | None


class ThemeMember(Base, table=True):
    """An item of a theme; `closeness` is the place from the middle, 0 nearest."""

    __tablename__ = "theme_member"
    __table_args__ = (Index("theme_member_item", "item_id"),)

    theme_id: UUID = Field(primary_key=True)
    item_id: UUID = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    closeness: int


class Spike(Base, table=True):
    """A day on which a code was heard more often than its past explains."""

    __tablename__ = "spike"

    day: date = Field(primary_key=True)
    code: str = Field(primary_key=True)
    id: UUID
    observed: int
    expected: float
    total: int
    """All voices of that day: more of everything is no spike."""
    p: float
    q: float
    quotes: list[str] = Field(sa_type=JSON, sa_column_kwargs=INDIRECT)
    found_at: datetime


class ItemTerm(Base, table=True):
    """A word of an item, for finding it again; written when the item is read."""

    __tablename__ = "item_term"
    __table_args__ = (Index("item_term_item", "item_id"),)

    term: str = Field(primary_key=True, sa_column_kwargs=FREE)
    item_id: UUID = Field(primary_key=True, sa_column_kwargs=INDIRECT)


class TaxonomyVersion(Base, table=True):
    """Every version of every code, for ever: what a label of then meant."""

    __tablename__ = "taxonomy_version"

    axis: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    by: str = Field(sa_column_kwargs=INDIRECT)
    at: datetime


class Forgotten(Base, table=True):
    """A customer who was erased, as a keyed hash of the id alone: what comes in about them later is not taken in."""

    __tablename__ = "forgotten"

    digest: str = Field(primary_key=True)
    since: datetime
