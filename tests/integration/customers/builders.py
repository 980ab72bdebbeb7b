"""Events of the other services as customers hears them; a test names what matters and leaves the rest."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from services.customers.contract import IdentityKey
from services.feedback.contract import FeedbackCategorised, FeedbackReceived, FollowUpClosed, FollowUpEscalated, FollowUpOpened
from services.kit.ids import new_id
from services.routing.contract import ContactEnded, ContactEscalated, ContactOffered, ContactQueued, EscalationAcknowledged, EscalationResolved
from services.survey.contract import Attribution, GivenAnswer, SurveyAnswered

_NOT_NAMED = (
    "external_id",
    "queue",
    "topic",
    "language",
    "agent_id",
    "agent_name",
    "team",
    "site",
    "vendor",
    "driver",
    "department",
    "resolved",
    "order_reference",
    "case_id",
    "follow_up_id",
    "notes",
)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def key(kind: str, value: str) -> IdentityKey:
    return IdentityKey(kind=kind, value=value)


async def put(api: httpx.AsyncClient, account: str, **fields: Any) -> dict[str, Any]:
    """Create or change the customer with this account number."""
    answer = await api.put(f"/customers/v1/customers/by-key/account/{account}", json=fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def timeline(api: httpx.AsyncClient, customer_id: object, **query: Any) -> list[dict[str, Any]]:
    """Return one page of the timeline."""
    answer = await api.get(f"/customers/v1/customers/{customer_id}/timeline", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def contact_queued(contact_id: UUID, customer_id: UUID | None = None, keys: list[IdentityKey] | None = None, **fields: Any) -> ContactQueued:
    usual = {"channel": "voice", "queue": "orders", "topic": None, "language": "de", "case_id": None, "follow_up_id": None, "queued_at": MONDAY}
    return ContactQueued.model_validate({**usual, "contact_id": contact_id, "customer_id": customer_id, "customer_keys": keys or [], **fields})


def contact_offered(contact_id: UUID, customer_id: UUID | None = None) -> ContactOffered:
    return ContactOffered(contact_id=contact_id, customer_id=customer_id, reservation_id=new_id(), agent_id=new_id(), expires_at=MONDAY)


def contact_escalated(contact_id: UUID) -> ContactEscalated:
    """A contact at level 2, raised by an agent; routing does not know its customer yet."""
    about = {"escalation_id": new_id(), "contact_id": contact_id, "case_id": None, "follow_up_id": None, "customer_id": None, "queue": "cards"}
    who = {"level": 2, "cause": "person", "from_whom": "a-ada", "to_whom": "duty manager", "reason": "asks for the third time"}
    return ContactEscalated.model_validate({**about, **who, "acknowledge_by": None, "escalated_at": MONDAY})


def escalation_acknowledged(raised: ContactEscalated) -> EscalationAcknowledged:
    about = raised.model_dump(include={"escalation_id", "contact_id", "case_id", "follow_up_id", "customer_id", "level"})
    return EscalationAcknowledged.model_validate({**about, "acknowledged_by": "a-boss", "acknowledged_at": MONDAY})


def escalation_resolved(raised: ContactEscalated, outcome: str | None) -> EscalationResolved:
    about = raised.model_dump(include={"escalation_id", "contact_id", "case_id", "follow_up_id", "customer_id", "level"})
    return EscalationResolved.model_validate({**about, "resolved_by": "a-boss", "outcome": outcome, "resolved_at": MONDAY})


def contact_ended(contact_id: UUID, customer_id: UUID | None = None, keys: list[IdentityKey] | None = None, **fields: Any) -> ContactEnded:
    empty = dict.fromkeys(_NOT_NAMED)
    usual = {
        "channel": "voice",
        "direction": "inbound",
        "disposition": "order_placed",
        "transfers": 0,
        "articles": [],
        "started_at": MONDAY,
        "ended_at": MONDAY,
        "handle_seconds": 120.0,
    }
    return ContactEnded.model_validate(
        {**empty, **usual, "contact_id": contact_id, "customer_id": customer_id, "customer_keys": keys or [], **fields}
    )


def answered(customer_id: UUID, score: int, at: datetime = MONDAY, **fields: Any) -> SurveyAnswered:
    """A CSAT answer of 1 to 5."""
    nobody = Attribution.model_validate(dict.fromkeys(Attribution.model_fields))
    usual = {
        "response_id": new_id(),
        "invitation_id": None,
        "programme": "after_delivery",
        "survey": "csat",
        "survey_version": 1,
        "mode": "page",
        "language": "de",
        "answers": [GivenAnswer(question="score", dimension="service", kind="csat5", score=score, choice=None, text="my secret words")],
        "comment": "my secret words",
        "wants_contact": False,
        "contact_channel": None,
        "inclusion_probability": 1.0,
        "attribution": nobody,
        "flagged": False,
    }
    return SurveyAnswered.model_validate({**usual, "customer_id": customer_id, "answered_at": at, **fields})


def received(item_id: UUID, customer_id: UUID | None = None, keys: list[IdentityKey] | None = None, **fields: Any) -> FeedbackReceived:
    usual = {
        "source": "trustpilot",
        "kind": "service_review",
        "external_id": str(item_id),
        "score": 1.0,
        "scale_max": 5.0,
        "contact_id": None,
        "said_at": MONDAY,
    }
    return FeedbackReceived.model_validate({**usual, "item_id": item_id, "customer_id": customer_id, "customer_keys": keys or [], **fields})


def categorised(item_id: UUID, customer_id: UUID | None, sentiment: str, at: datetime = MONDAY, **fields: Any) -> FeedbackCategorised:
    usual = {
        "source": "trustpilot",
        "kind": "service_review",
        "language": "de",
        "severity": 3,
        "driver": "late_delivery",
        "department": "logistics",
        "product": None,
        "labels": [],
        "contact_id": None,
        "case_id": None,
        "score": None,
        "scale_max": None,
    }
    return FeedbackCategorised.model_validate(
        {**usual, "item_id": item_id, "customer_id": customer_id, "sentiment": sentiment, "said_at": at, **fields}
    )


def follow_up_opened(follow_up_id: UUID, item_id: UUID, customer_id: UUID | None) -> FollowUpOpened:
    return FollowUpOpened(
        follow_up_id=follow_up_id,
        item_id=item_id,
        customer_id=customer_id,
        issue="late_delivery",
        reason="one_star",
        wants_call_back=True,
        channel="voice",
        language="de",
        severity=3,
        department="logistics",
        owner=None,
        due_at=MONDAY,
    )


def follow_up_escalated(follow_up_id: UUID, customer_id: UUID, level: int) -> FollowUpEscalated:
    return FollowUpEscalated(
        follow_up_id=follow_up_id, customer_id=customer_id, level=level, owner="logistics lead", department="logistics", due_at=MONDAY
    )


def follow_up_closed(follow_up_id: UUID, customer_id: UUID | None, outcome: str, at: datetime) -> FollowUpClosed:
    return FollowUpClosed(follow_up_id=follow_up_id, customer_id=customer_id, issue="late_delivery", outcome=outcome, closed_at=at)
