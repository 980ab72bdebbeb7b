"""What feedback answers when it is asked for items and follow-ups."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kit.fields import View


class GivenLabel(BaseModel):
    """One value on one axis with its provenance."""

    model_config = ConfigDict(frozen=True)

    axis: str
    """driver, product, disposition, journey_stage, topic, sentiment or severity."""
    code: str
    confidence: float
    decision: str
    """auto, needs_review, unknown or person."""
    source: str
    """Model, rule or person with its version, e.g. `model:driver@3`."""


class AspectView(BaseModel):
    """A sentence that judges one side of what happened; `start` and `end` are its place in the masked text."""

    model_config = ConfigDict(frozen=True)

    dimension: str
    """service (how people treated the customer), process (how it works) or product."""
    sentiment: str
    confidence: float
    start: int
    end: int


class ItemView(View):
    """A feedback item as others see it: the text is masked unless the reader may see personal data."""

    id: UUID
    source: str
    external_id: str
    kind: str
    state: str
    """received (not read yet), categorised or removed."""
    version: int
    customer_id: UUID | None
    contact_id: UUID | None
    title: str | None
    text: str
    score: float | None
    scale_max: float | None
    wants_contact: bool
    language: str | None
    sentiment: str | None
    severity: int | None
    driver: str | None
    department: str | None
    product: str | None
    decision: str | None
    labels: list[GivenLabel]
    reasons: list[str]
    """Why it is as severe as it is, rule by rule."""
    emotion: str | None = None
    """anger, sadness, joy or neutral; null before it was read, or without words."""
    aspects: list[AspectView] | None = None
    """Sentences that judge service, process or product apart; null before it was read."""
    duplicate_of: UUID | None = None
    """The item that this one repeats."""
    follow_up_id: UUID | None
    said_at: datetime
    received_at: datetime


class FollowUpView(View):
    """A follow-up with everything that was promised and done."""

    id: UUID
    item_id: UUID
    customer_id: UUID | None
    issue: str
    reason: str
    state: str
    version: int
    severity: int
    department: str | None
    owner: str | None
    wants_call_back: bool
    channel: str
    language: str | None
    attempt: int
    reopens: UUID | None
    escalation: int
    opened_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None
    contacted_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    note: str | None


class SectionView(View):
    """One section of the unified view of one customer."""

    version: int
    as_of: datetime
    data: list[ItemView] | list[FollowUpView]


class CustomerViews(View):
    """The sections `feedback` and `follow_ups` of each customer that was asked for."""

    views: dict[UUID, dict[str, SectionView]]
