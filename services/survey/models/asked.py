"""Tables of asking: how an ask travelled, what became of an answer, and the anonymous surveys of employees."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from services.survey.models.base import DIRECT, FREE_TEXT, INDIRECT, Base


class SendAttempt(Base, table=True):
    """One message that was meant to leave: an ask, a reminder or a telling by one channel. Its key makes sending it twice the same as once."""

    __tablename__ = "send_attempt"
    __table_args__ = (UniqueConstraint("invitation_id", "purpose", "channel"), Index("ix_send_attempt_address", "channel", "address"))

    id: UUID = Field(primary_key=True)
    invitation_id: UUID
    """The invitation's id; the telling's with the purpose `telling`."""
    purpose: str
    """ask, reminder_1, reminder_2, …, or telling."""
    channel: str
    address: str = Field(sa_column_kwargs=DIRECT)
    """Where it went: an inbound answer is matched by it, and an address that changed meanwhile does not change the past."""
    state: str
    """sending, accepted, delivered, refused or unknown (the provider did not say; only the same key may be tried again)."""
    tries: int
    reference: str | None
    """The provider's own id; None while it gave none."""
    reason: str | None
    started_at: datetime
    settled_at: datetime | None


class ReportHeard(Base, table=True):
    """A signed message of a provider that was heard: the same id is never believed twice."""

    __tablename__ = "report_heard"

    id: str = Field(primary_key=True)
    heard_at: datetime = Field(index=True)


class ResponseRevision(Base, table=True):
    """What an answer sheet said before it was changed or words were added; append-only, so that every change can be audited."""

    __tablename__ = "response_revision"
    __table_args__ = (UniqueConstraint("response_id", "revision"),)

    id: UUID = Field(primary_key=True)
    response_id: UUID
    revision: int
    mode: str
    answers: list[dict[str, Any]] = Field(sa_type=JSON, sa_column_kwargs=FREE_TEXT)
    comment: str | None = Field(sa_column_kwargs=FREE_TEXT)
    replaced_at: datetime


class Pulse(Base, table=True):
    """An anonymous employee survey."""

    __tablename__ = "pulse"

    key: str = Field(primary_key=True)
    definition: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime
    version: int = 1


class PulseParticipant(Base, table=True):
    """That somebody was given a link, so that nobody gets two. It knows no link, no group and no answer."""

    __tablename__ = "pulse_participant"

    pulse: str = Field(primary_key=True)
    person: str = Field(primary_key=True, sa_column_kwargs=INDIRECT)
    """HMAC of the address; the address itself is not kept."""


class PulseGroup(Base, table=True):
    """A group of a pulse and how many links it was given."""

    __tablename__ = "pulse_group"

    pulse: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    attributes: dict[str, Any] = Field(sa_type=JSON)
    invited: int


class PulseSpent(Base, table=True):
    """A link that was used: the SHA-256 of a random token that nobody has a list of."""

    __tablename__ = "pulse_spent"

    token_hash: str = Field(primary_key=True)


class PulseBallot(Base, table=True):
    """One answer sheet: a random id, a group, a week. Nothing in it, nor its place among the others, leads to a person."""

    __tablename__ = "pulse_ballot"
    __table_args__ = (Index("ix_pulse_ballot", "pulse", "settled"),)

    id: UUID = Field(primary_key=True)
    """Random (version 4): an id with a time in it would tell the order of the answers."""
    pulse: str
    group_number: int
    week: str
    """ISO year and week, e.g. 2026-W47; nothing finer is kept."""
    answers: dict[str, Any] = Field(sa_type=JSON)
    suggestion: str | None = Field(sa_column_kwargs=FREE_TEXT)
    settled: bool
    """False while fewer than five wait; they are then written anew in an order drawn by lot."""
