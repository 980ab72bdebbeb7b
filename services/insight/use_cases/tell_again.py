"""From what the other rooms show of a thing to the events that told of it: so that facts can be made anew when no event is left."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.feedback.contract import (
    FeedbackCategorised,
    FeedbackCorrected,
    FeedbackReceived,
    FollowUpClosed,
    FollowUpOpened,
    FollowUpView,
    ItemView,
)
from services.kit.events import Event
from services.routing.contract import ContactConnected, ContactEnded, ContactView
from services.survey.contract import AskSettled, DecisionView, InvitationView, ResponseView, SurveyAnswered, SurveyInvited, SurveySkipped

Told = tuple[datetime, Event]
GONE = frozenset({"removed", "deleted"})
PERSON = "person"
UNDELIVERABLE = "undeliverable"


def _kept(model: type[Event], view: BaseModel, **more: Any) -> Event:
    """Build an event from the fields that it has in common with a view."""
    shared = {name: value for name, value in view.model_dump().items() if name in model.model_fields}
    absent = {name: None for name, part in model.model_fields.items() if part.is_required()}
    return model.model_validate({**absent, **shared, **more})


def _contact(view: ContactView) -> Iterator[Told]:
    if view.ended_at is None or view.handle_seconds is None:
        return
    if view.connected_at is not None and view.agent_id is not None:
        waited = max(0.0, (view.connected_at - view.queued_at).total_seconds())
        yield view.connected_at, _kept(ContactConnected, view, contact_id=view.id, waited_seconds=waited)
    yield view.ended_at, _kept(ContactEnded, view, contact_id=view.id, customer_keys=[], started_at=view.connected_at or view.queued_at)


def _invitation(view: InvitationView) -> Iterator[Told]:
    yield view.invited_at, _kept(SurveyInvited, view, invitation_id=view.id)
    if view.state == UNDELIVERABLE:
        yield view.invited_at, _kept(AskSettled, view, invitation_id=view.id, state=UNDELIVERABLE, settled_at=view.sent_at or view.invited_at)
    elif view.sent_at is not None:
        yield view.sent_at, _kept(AskSettled, view, invitation_id=view.id, state="sent", settled_at=view.sent_at)


def _decision(view: DecisionView) -> Iterator[Told]:
    if view.outcome == "skipped" and view.reason is not None:
        yield view.decided_at or view.created_at, _kept(SurveySkipped, view, decision_id=view.id)


def _response(view: ResponseView) -> Iterator[Told]:
    yield view.answered_at, _kept(SurveyAnswered, view, response_id=view.id, flagged=bool(view.flags))


def _item(view: ItemView) -> Iterator[Told]:
    if view.state in GONE:
        return
    yield view.received_at, _kept(FeedbackReceived, view, item_id=view.id, customer_keys=[])
    if view.sentiment is None or view.severity is None:
        return
    yield view.received_at, _kept(FeedbackCategorised, view, item_id=view.id)
    for label in view.labels:
        if label.decision == PERSON:
            department = view.department if label.axis == "driver" else None
            word = FeedbackCorrected(item_id=view.id, axis=label.axis, was=None, now=label.code, department=department, by=label.source)
            yield view.received_at, word


def _follow_up(view: FollowUpView) -> Iterator[Told]:
    yield view.opened_at, _kept(FollowUpOpened, view, follow_up_id=view.id)
    if view.closed_at is not None:
        yield view.closed_at, _kept(FollowUpClosed, view, follow_up_id=view.id, outcome=view.outcome or "closed")


Teller = Callable[[Any], Iterator[Told]]
KINDS: Mapping[str, tuple[type[BaseModel], Teller]] = {
    "contacts": (ContactView, _contact),
    "invitations": (InvitationView, _invitation),
    "decisions": (DecisionView, _decision),
    "responses": (ResponseView, _response),
    "items": (ItemView, _item),
    "follow-ups": (FollowUpView, _follow_up),
}


def told_of(kind: str, shown: Mapping[str, Any]) -> list[Told]:
    """Return (when, event) of everything that happened to one thing, oldest first; raises ValidationError for what is no view of that kind."""
    view, tell = KINDS[kind]
    return list(tell(view.model_validate(dict(shown))))
