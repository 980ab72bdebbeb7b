"""What prices the facts, and what is done about them: departments, rates, initiatives, processes, disputes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index
from sqlmodel import Field

from services.insight.models.base import DIRECT, FREE_TEXT, NONE, Base

OF_CONTACT = {"info": {"part_of": "contact_fact.contact_id"}}


class Department(Base, table=True):
    """A department that causes contacts and pays for them."""

    __tablename__ = "department"

    key: str = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)


class CostRate(Base, table=True):
    """What an hour of handling costs from `valid_from` on. Never edited: a new rate is a new row, so old statements stay.

    `department` is the one that pays; the empty text means any.
    """

    __tablename__ = "cost_rate"
    __table_args__ = (Index("uq_cost_rate", "role", "department", "valid_from", unique=True),)

    id: UUID = Field(primary_key=True)
    role: str
    department: str
    per_hour_micros: int = Field(sa_type=BigInteger)
    currency: str
    valid_from: datetime
    set_by: str = Field(sa_column_kwargs=DIRECT)
    set_at: datetime


class Initiative(Base, table=True):
    """A change that removes a cause, with who does what, the figure it should move, and what customers are told."""

    __tablename__ = "initiative"
    __table_args__ = (Index("ix_initiative_published", "published_at", "id"), Index("ix_initiative_driver", "driver"))

    id: UUID = Field(primary_key=True)
    title: str = Field(sa_column_kwargs=NONE)
    driver: str
    department: str | None
    responsible: str = Field(sa_column_kwargs=DIRECT)
    accountable: str = Field(sa_column_kwargs=DIRECT)
    supports: list[str] = Field(sa_type=JSON, sa_column_kwargs=DIRECT)
    informed: list[str] = Field(sa_type=JSON, sa_column_kwargs=DIRECT)
    consulted: list[str] = Field(sa_type=JSON, sa_column_kwargs=DIRECT)
    target: dict[str, Any] = Field(sa_type=JSON)
    baseline_from: datetime
    baseline_to: datetime
    due: datetime
    messages: dict[str, str] = Field(sa_type=JSON)
    state: str
    created_at: datetime
    created_by: str = Field(sa_column_kwargs=DIRECT)
    started_at: datetime | None
    published_at: datetime | None
    evidence: list[str] | None = Field(default=None, sa_type=JSON)
    """Follow-ups and feedback items that it answers, by id."""
    control: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """{"where": the slice that the change touches, "against": the one that it does not}; None: before is compared with after alone."""
    version: int


class InitiativeEvidence(Base, table=True):
    """A follow-up or feedback item that an initiative answers: the way from the inner loop to the outer one."""

    __tablename__ = "initiative_evidence"

    initiative_id: UUID = Field(primary_key=True)
    subject_id: UUID = Field(primary_key=True, index=True)


class StageLook(Base, table=True):
    """How a stage of the cycle stood when it was last looked at, and since when: in the whole house, or in a part of it."""

    __tablename__ = "stage_look"

    place: str = Field(primary_key=True)
    """`site=leipzig`, `team=blue`; empty for the whole house."""
    stage: str = Field(primary_key=True)
    state: str
    since: datetime


class Alert(Base, table=True):
    """Something that left its baseline. A figure that does so again after it was over has a new alert, its next episode."""

    __tablename__ = "alert"
    __table_args__ = (Index("uq_alert", "figure", "episode", unique=True), Index("ix_alert_state", "state", "id"))

    id: UUID = Field(primary_key=True)
    kind: str
    figure: str
    episode: int
    sentence: str = Field(sa_column_kwargs=NONE)
    state: str
    owner: str | None = Field(sa_column_kwargs=DIRECT)
    raised_at: datetime
    looked_at: datetime
    acknowledged_at: datetime | None
    over_at: datetime | None
    version: int
    site: str | None = Field(default=None, index=True)
    """Where it is; of neither a site nor a vendor: the whole house."""
    vendor: str | None = Field(default=None, index=True)


class Dispute(Base, table=True):
    """A department says that a contact is not its own. One open dispute a contact; its history is in its steps."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_department", "department", "id"), Index("ix_dispute_contact", "contact_id"))

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_kwargs=OF_CONTACT)
    department: str
    suggested: str | None
    """The department that should pay instead, as the disputing one sees it."""
    state: str
    """open, upheld (the contact stays) or accepted (it goes to another department)."""
    raised_at: datetime
    version: int


class DisputeStep(Base, table=True):
    """One thing said or decided about a dispute; never edited."""

    __tablename__ = "dispute_step"

    id: UUID = Field(primary_key=True)
    dispute_id: UUID = Field(index=True, sa_column_kwargs={"info": {"part_of": "dispute.id"}})
    state: str
    note: str = Field(sa_column_kwargs=FREE_TEXT)
    by: str = Field(sa_column_kwargs=DIRECT)
    at: datetime


class Budget(Base, table=True):
    """What a department has for its own work in a year, in cents: the measure of the share that it spends on contacts it causes."""

    __tablename__ = "budget"

    department: str = Field(primary_key=True)
    cents_a_year: int = Field(sa_type=BigInteger)


class ProcessMap(Base, table=True):
    """A process as it is walked through: steps in order, each with the drivers that tell of trouble in it."""

    __tablename__ = "process_map"

    key: str = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)
    steps: list[dict[str, Any]] = Field(sa_type=JSON)
    version: int
    changed_at: datetime


class QualityForm(Base, table=True):
    """What reviewers look for: each line one opportunity for a customer, business or compliance error."""

    __tablename__ = "quality_form"

    key: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    name: str = Field(sa_column_kwargs=NONE)
    lines: list[dict[str, Any]] = Field(sa_type=JSON)
    created_at: datetime


class QualityReview(Base, table=True):
    """One contact judged by one reviewer; the same contact judged by another is a calibration."""

    __tablename__ = "quality_review"
    __table_args__ = (
        Index("uq_quality_review", "contact_id", "form", "reviewer", unique=True),
        Index("ix_quality_review_form", "form", "reviewed_at"),
    )

    id: UUID = Field(primary_key=True)
    contact_id: UUID = Field(sa_column_kwargs=OF_CONTACT)
    form: str
    form_version: int
    reviewer: str = Field(sa_column_kwargs=DIRECT)
    lines: dict[str, str] = Field(sa_type=JSON)
    """Line to ok, error or na (no opportunity)."""
    team: str | None
    site: str | None
    vendor: str | None
    reviewed_at: datetime


class TrainingNeed(Base, table=True):
    """A topic that a team handles worse than the others do, told once until it is over."""

    __tablename__ = "training_need"
    __table_args__ = (Index("uq_training_need", "topic", "team", unique=True),)

    id: UUID = Field(primary_key=True)
    topic: str
    team: str
    effect: float
    low: float
    high: float
    n: int
    rest: int
    state: str
    """open, or over when the gap is gone."""
    found_at: datetime
    looked_at: datetime
