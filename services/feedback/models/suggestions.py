"""The employees' suggestion box. Nothing in it can be joined to a person: no account, no moment, no id made of a time."""

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.feedback.models.base import FREE, NONE, Base


class SuggestionBox(Base, table=True):
    """A box with its secret address, and the closed lists of groups that a writer may name."""

    __tablename__ = "suggestion_box"

    key: str = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)
    secret_hash: str
    groups: dict[str, list[str]] = Field(sa_type=JSON)
    """team, shift, site, tenure_band → the values that may be chosen."""
    open: bool
    version: int


class Suggestion(Base, table=True):
    """What somebody wrote. The id is drawn by lot; `day` is all that is kept of when; the mailbox opens with a code of which we keep the hash."""

    __tablename__ = "suggestion"
    __table_args__ = (Index("suggestion_box_day", "box", "day", "id"),)

    id: UUID = Field(primary_key=True)
    box: str
    mailbox_hash: str = Field(unique=True)
    state: str
    """new, answered, adopted or declined."""
    version: int
    team: str | None
    shift: str | None
    site: str | None
    tenure_band: str | None
    day: date


class SuggestionMessage(Base, table=True):
    """One message of the two-way mailbox; `place` orders them without a moment."""

    __tablename__ = "suggestion_message"

    suggestion_id: UUID = Field(primary_key=True)
    place: int = Field(primary_key=True)
    from_writer: bool
    text: str = Field(sa_column_kwargs=FREE)
    day: date
