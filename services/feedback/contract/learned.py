"""What feedback answers when it is asked how it reads: stored versions of its heads, and how well they agree with people."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.kit.fields import View


class HeadView(View):
    """One stored version of an axis."""

    axis: str
    version: int
    embedder: str
    state: str
    in_use: bool
    """Whether it is this one that reads: the highest live version that was learned with the embedder of this installation."""
    trained_on: int
    accuracy: float | None
    frozen_accuracy: float | None
    note: str | None
    quality: dict[str, Any] | None
    learned_at: datetime


class ClassAgreement(BaseModel):
    """One code: `precision` of what was called so, `recall` of what is so; null where nothing was."""

    code: str
    precision: float | None
    recall: float | None
    called: int
    are: int


class Agreement(BaseModel):
    """A model's labels beside people's, item by item."""

    n: int
    accuracy: float | None
    kappa: float | None
    classes: list[ClassAgreement]


class VersionQuality(BaseModel):
    """One model version. `by_lot` counts only items that the lot put before people: it alone is free of the queue's bias."""

    source: str
    all: Agreement
    by_lot: Agreement


class Precision(BaseModel):
    """Automatic labels: what their confidence promised, and what people found. Low and high bound the observed share (Wilson, 95 %)."""

    expected: float | None
    observed: float | None
    low: float | None
    high: float | None
    checked: int


class QualityReport(BaseModel):
    """How well an axis is read. `drift` is the population stability index of the last 7 days against the days before (above 0.25 is large)."""

    axis: str
    since: datetime
    until: datetime
    items: int
    automatic_share: float | None
    reviewed_share: float | None
    precision: Precision
    drift: float | None
    versions: list[VersionQuality]
