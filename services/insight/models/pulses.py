"""What employees say. No row here can be joined to a person: no address, no link, no moment finer than a week, no order of arrival."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlmodel import Field

from services.insight.models.base import FREE_TEXT, NONE, Base


class PulseAnswer(Base, table=True):
    """One answer sheet, written in a shuffled batch of at least five under a random id."""

    __tablename__ = "pulse_answer"
    __table_args__ = (Index("ix_pulse_answer", "pulse", "week"),)

    id: UUID = Field(primary_key=True)
    """Random: an id that grows would tell who came when."""
    pulse: str
    week: str
    """ISO year and week, e.g. 2026-W47."""
    groups: dict[str, str] = Field(sa_type=JSON)
    """Fixed bands alone: site, team, tenure, ... as the pulse declares them."""
    scores: dict[str, int] = Field(sa_type=JSON)
    comment: str | None = Field(sa_column_kwargs=FREE_TEXT)


class Pulse(Base, table=True):
    """A pulse: which questions (1 to 5), and by which attributes and bands it may be split."""

    __tablename__ = "pulse"

    key: str = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=NONE)
    questions: dict[str, str] = Field(sa_type=JSON)
    groups: dict[str, list[str]] = Field(sa_type=JSON)
    minimum: int
    scales: dict[str, list[int]] | None = Field(default=None, sa_type=JSON)
    """Question to the steps of its scale, lowest first; a question that is not named goes from 1 to 5."""
    created_at: datetime
    version: int


class Release(Base, table=True):
    """The disclosure ledger: a set of answer sheets whose total was shown once; what is shown later must not differ from it by a few."""

    __tablename__ = "disclosure_release"
    __table_args__ = (Index("uq_disclosure_release", "pulse", "week", "cells", unique=True),)

    id: UUID = Field(primary_key=True)
    pulse: str
    week: str
    cells: str
    """The shown set as an ordered text of elementary cells: attribute=band combinations with their sizes."""
    size: int
    released_at: datetime
    about: dict[str, Any] = Field(sa_type=JSON)
