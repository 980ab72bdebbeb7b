"""Events as the neighbours tell them, with only what a test cares about left to say."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.feedback.contract import FeedbackCategorised, FeedbackCorrected, FeedbackReceived, FollowUpClosed, FollowUpOpened
from services.kit.ids import new_id
from services.routing.contract import ContactEnded
from services.survey.contract import Attribution, GivenAnswer, SurveyAnswered, SurveyInvited

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
SCALES = {"csat5": "service", "nps11": "relationship", "ces7": "process"}


def a_contact(**said: Any) -> ContactEnded:
    """A voice contact of five minutes that ended yesterday."""
    contact: dict[str, Any] = dict.fromkeys(ContactEnded.model_fields)
    contact |= {
        "contact_id": new_id(),
        "customer_keys": [],
        "channel": "voice",
        "direction": "inbound",
        "transfers": 0,
        "articles": [],
        "started_at": YESTERDAY - timedelta(minutes=5),
        "ended_at": YESTERDAY,
        "handle_seconds": 300.0,
    }
    return ContactEnded.model_validate(contact | said)


def a_scored(kind: str, mark: int | str, question: str | None = None, dimension: str | None = None) -> GivenAnswer:
    """One answer; the mark is a score, or the choice of a resolution question."""
    return GivenAnswer(
        question=question or kind,
        dimension=dimension or SCALES.get(kind, "resolution"),
        kind=kind,
        score=mark if isinstance(mark, int) else None,
        choice=mark if isinstance(mark, str) else None,
        text=None,
    )


def an_answer(*answers: GivenAnswer, about: dict[str, Any] | None = None, **said: Any) -> SurveyAnswered:
    """A response on the page, given yesterday, of somebody who was sure to be asked."""
    attribution = dict.fromkeys(Attribution.model_fields) | (about or {})
    response: dict[str, Any] = {
        "response_id": new_id(),
        "invitation_id": None,
        "programme": "after-call",
        "survey": "service",
        "survey_version": 1,
        "customer_id": new_id(),
        "mode": "page",
        "language": "en",
        "answers": list(answers),
        "comment": None,
        "wants_contact": False,
        "contact_channel": None,
        "inclusion_probability": 1.0,
        "attribution": attribution,
        "flagged": False,
        "answered_at": YESTERDAY,
    }
    return SurveyAnswered.model_validate(response | said)


def an_item(**said: Any) -> FeedbackReceived:
    """A review without a customer, written yesterday."""
    item: dict[str, Any] = {
        "item_id": new_id(),
        "customer_id": None,
        "customer_keys": [],
        "source": "trustpilot",
        "kind": "service_review",
        "external_id": "r-1",
        "score": 1,
        "scale_max": 5,
        "contact_id": None,
        "said_at": YESTERDAY,
    }
    return FeedbackReceived.model_validate(item | said)


def a_label(item_id: UUID | None = None, **said: Any) -> FeedbackCategorised:
    """A negative item about late delivery, which logistics causes."""
    item: dict[str, Any] = dict.fromkeys(FeedbackCategorised.model_fields) | {
        "item_id": item_id or new_id(),
        "source": "trustpilot",
        "kind": "service_review",
        "language": "en",
        "sentiment": "negative",
        "severity": 3,
        "driver": "late-delivery",
        "department": "logistics",
        "labels": [],
        "said_at": YESTERDAY,
    }
    return FeedbackCategorised.model_validate(item | said)


def a_correction(item_id: UUID, now: str, department: str | None = None, axis: str = "driver") -> FeedbackCorrected:
    """A person puts one axis right."""
    return FeedbackCorrected(item_id=item_id, axis=axis, was=None, now=now, department=department, by="ann")


def a_follow_up(**said: Any) -> FollowUpOpened:
    """A follow-up about late delivery, due in two days."""
    duty: dict[str, Any] = dict.fromkeys(FollowUpOpened.model_fields) | {
        "follow_up_id": new_id(),
        "item_id": new_id(),
        "issue": "late-delivery",
        "reason": "contact_me",
        "wants_call_back": True,
        "channel": "voice",
        "severity": 3,
        "department": "logistics",
        "due_at": NOW + timedelta(days=2),
    }
    return FollowUpOpened.model_validate(duty | said)


def an_end(follow_up_id: UUID, closed_at: datetime = NOW, outcome: str = "confirmed") -> FollowUpClosed:
    """The end of a follow-up."""
    return FollowUpClosed(follow_up_id=follow_up_id, customer_id=None, issue="late-delivery", outcome=outcome, closed_at=closed_at)


def an_invitation(**said: Any) -> SurveyInvited:
    """An ask by e-mail yesterday."""
    ask: dict[str, Any] = {
        "invitation_id": new_id(),
        "programme": "after-call",
        "survey": "service",
        "customer_id": new_id(),
        "contact_id": None,
        "channel": "email",
        "inclusion_probability": 0.5,
        "invited_at": YESTERDAY,
    }
    return SurveyInvited.model_validate(ask | said)
