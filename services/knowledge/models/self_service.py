"""Tables of what customers do for themselves and for each other."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from services.knowledge.models.base import DIRECT, FREE_TEXT, INDIRECT, Base


class HelpSession(Base, table=True):
    """One visitor of self-service, from the first search to the answer or to us."""

    __tablename__ = "help_session"

    id: UUID = Field(primary_key=True)
    customer_id: UUID | None = Field(index=True, sa_column_kwargs=INDIRECT)
    """None while nobody knows who it is."""
    customer_keys: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs=DIRECT)
    language: str | None
    started_at: datetime
    last_at: datetime
    failed_at: datetime | None
    """None while the visitor has not said that nothing helped."""
    wants_contact: bool
    held_out: bool
    """Whether the visitor is shown nothing before contact, so that the effect of showing it can be told."""
    asked_contact_at: datetime | None
    """When the contact form was opened; None when it never was."""
    solved_at: datetime | None
    """When the visitor said that something solved it."""
    driver: str | None
    """Of the first article or guide that was opened."""


class HelpQuery(Base, table=True):
    """What a visitor asked, and how many articles answered."""

    __tablename__ = "help_query"

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(index=True)
    query: str = Field(sa_column_kwargs=FREE_TEXT)
    query_key: str = Field(index=True, sa_column_kwargs=FREE_TEXT)
    """The different terms in alphabetical order: rewordings of one question share it."""
    language: str | None
    results: int | None
    """None when the visitor searched elsewhere and only told us about it."""
    searched_at: datetime


class HelpOpening(Base, table=True):
    """A visitor opened an article."""

    __tablename__ = "help_opening"

    session_id: UUID = Field(primary_key=True)
    article_id: UUID = Field(primary_key=True)
    opened_at: datetime


class PeerAnswer(Base, table=True):
    """What a customer tells other customers; shown only after somebody of ours has looked at it."""

    __tablename__ = "peer_answer"

    id: UUID = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=FREE_TEXT)
    """The question that it answers."""
    text: str = Field(sa_column_kwargs=FREE_TEXT)
    html: str = Field(sa_column_kwargs=FREE_TEXT)
    plain: str = Field(sa_column_kwargs=FREE_TEXT)
    language: str
    article_id: UUID | None = Field(index=True)
    """The article that it adds to; None when there is none."""
    display_name: str | None = Field(sa_column_kwargs=DIRECT)
    session_id: UUID = Field(index=True)
    state: str = Field(index=True)
    """waiting, published, refused or withdrawn."""
    suspicions: list[str] = Field(sa_type=JSON)
    """Why a moderator should look closely: link, personal_data, repeated, too_short."""
    moderated_by: str | None
    moderated_at: datetime | None
    reason: str | None = Field(sa_column_kwargs=FREE_TEXT)
    version: int
    written_at: datetime


class PeerVote(Base, table=True):
    """Whether a peer answer solved it for one visitor; the last word counts."""

    __tablename__ = "peer_vote"

    answer_id: UUID = Field(primary_key=True)
    session_id: UUID = Field(primary_key=True)
    solved: bool
    voted_at: datetime
