"""The receipts that customers reads: by its own shape, so that it waits for a service that does not tell them yet instead of overlooking it."""

from typing import ClassVar
from uuid import UUID

from services.kit.events import Event


class Receipt(Event):
    """A service has forgotten a record: what named, quoted or described the person there is gone."""

    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    rows: int


class FromSurvey(Receipt):
    """Survey's answer."""

    subject: ClassVar[str] = "survey.subject_erased.v1"


class FromFeedback(Receipt):
    """Feedback's answer."""

    subject: ClassVar[str] = "feedback.subject_erased.v1"


class FromRouting(Receipt):
    """Routing's answer."""

    subject: ClassVar[str] = "routing.subject_erased.v1"


class FromKnowledge(Receipt):
    """Knowledge's answer."""

    subject: ClassVar[str] = "knowledge.subject_erased.v1"


class FromInsight(Receipt):
    """Insight's answer."""

    subject: ClassVar[str] = "insight.subject_erased.v1"


RECEIPTS: tuple[type[Receipt], ...] = (FromSurvey, FromFeedback, FromRouting, FromKnowledge, FromInsight)
OTHERS = tuple(receipt.subject.partition(".")[0] for receipt in RECEIPTS)
"""Every service that keeps something of a customer; the gateway keeps nothing."""
