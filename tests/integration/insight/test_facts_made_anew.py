"""Facts are forgotten and made anew from what the other rooms show, in both databases, and nothing is counted twice."""

from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from services.feedback.contract import FollowUpView, ItemView
from services.insight.app import service
from services.kit.ids import new_id
from services.routing.contract import ContactView
from services.survey.contract import Attribution, DecisionView, InvitationView, ResponseView
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, YESTERDAY, a_scored

ASKED = {"from": "2026-10-25", "to": "2026-11-24", "format": "json"}
DECIDED = (("skipped", "cap_reached"), ("skipped", "not_sampled"), ("invited", None))
EXPORTS = ("contacts", "answers", "feedback", "figures", "days", "drivers")


def _shown(view: type[BaseModel], **said: Any) -> dict[str, Any]:
    """What a room shows of a thing: what a test does not care about is unknown."""
    whole = dict.fromkeys(view.model_fields) | {"id": new_id(), "version": 1, "channel": "voice", "wants_contact": False} | said
    return view.model_validate({name: value for name, value in whole.items() if name in view.model_fields}).model_dump(mode="json")


def _house() -> dict[str, list[dict[str, Any]]]:
    """Five contacts, ten invitations of which five were answered, three reviews, and two follow-ups, one of them closed."""
    times: dict[str, Any] = {"queued_at": YESTERDAY, "waits_from": YESTERDAY, "connected_at": YESTERDAY, "ended_at": YESTERDAY + timedelta(minutes=5)}
    ended: dict[str, Any] = {"direction": "inbound", "state": "ended", "context": {}, "articles": [], "transfers": 0, "handle_seconds": 300.0}
    ask: dict[str, Any] = {
        "programme": "after-call", "survey": "service", "survey_version": 1, "language": "en", "state": "sent", "inclusion_probability": 0.5,
        "invited_at": YESTERDAY, "sent_at": YESTERDAY, "expires_at": NOW,
    }  # fmt: skip
    invitations = [_shown(InvitationView, decision_id=new_id(), customer_id=new_id(), **ask) for _ in range(10)]
    given: dict[str, Any] = {"mode": "page", "flags": [], "complete": True, "revision": 1, "answered_at": NOW}
    given["attribution"] = dict.fromkeys(Attribution.model_fields)
    answers = [{**ask, **given, "answers": [a_scored("csat5", mark)], "invitation_id": invitations[mark]["id"]} for mark in (1, 2, 3, 4, 5)]
    decided: dict[str, Any] = {"programme": "after-call", "programme_version": 1, "occasion": "contact:1", "rules": [], "sentence": "Asked enough."}
    decided |= {"occurred_at": YESTERDAY, "created_at": YESTERDAY, "decided_at": YESTERDAY}
    review: dict[str, Any] = {"source": "trustpilot", "kind": "service_review", "state": "open", "text": "Late.", "labels": [], "reasons": []}
    said: dict[str, Any] = {"said_at": YESTERDAY, "received_at": YESTERDAY, "sentiment": "negative", "severity": 3, "driver": "late-delivery"}
    duty: dict[str, Any] = {
        "item_id": new_id(), "issue": "late-delivery", "reason": "contact_me", "severity": 3, "wants_call_back": True, "attempt": 1, "escalation": 0,
        "opened_at": YESTERDAY, "due_at": NOW + timedelta(days=1),
    }  # fmt: skip
    closed = {"state": "closed", "closed_at": NOW, "outcome": "confirmed"}
    return {
        "contacts": [_shown(ContactView, driver="late-delivery", **times, **ended) for _ in range(5)],
        "invitations": invitations,
        "decisions": [_shown(DecisionView, **decided, outcome=outcome, reason=reason) for outcome, reason in DECIDED],
        "responses": [_shown(ResponseView, **one) for one in answers],
        "items": [_shown(ItemView, external_id=f"r-{number}", department="logistics", language="en", **review, **said) for number in range(3)],
        "follow-ups": [_shown(FollowUpView, **duty, state="open"), _shown(FollowUpView, **{**duty, **closed})],
    }


async def test_facts_that_are_forgotten_and_told_again_are_the_same_facts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        house = _house()

        async def tell() -> dict[str, int]:
            doors = {kind: await api.post(f"/insight/v1/facts/{kind}", json={"items": items}) for kind, items in house.items()}
            return {kind: answer.json()["events"] for kind, answer in doors.items()}

        async def facts() -> dict[str, Any]:
            found = {name: (await api.get(f"/insight/v1/exports/{name}", params=ASKED)).json() for name in EXPORTS}
            response = (await api.get("/insight/v1/response-bias", params={"from": "2026-10-25", "to": "2026-11-24"})).json()
            return found | {"funnel": {one["stage"]: one["n"] for one in response["funnel"]}}

        events, first = await tell(), await facts()
        await tell()
        twice = await facts()
        gone = (await api.post("/insight/v1/rebuilds", json={"step": "begin"})).json()
        empty = await facts()
        await tell()
        days = (await api.post("/insight/v1/rebuilds", json={"step": "end"})).json()
        marked = await facts()
        await room.pass_time(minutes=5)
        cycle = (await api.get("/insight/v1/cycle-health", params={"from": "2026-10-25", "to": "2026-11-24"})).json()

        assert events == {"contacts": 5, "invitations": 20, "decisions": 2, "responses": 5, "items": 6, "follow-ups": 3}
        assert (len(first["contacts"]), len(first["answers"]), len(first["feedback"])) == (5, 5, 3)
        assert first["figures"][0]["numerator"] == 2
        assert twice == first
        assert gone["rows"] == 5 + 10 + 5 + 5 + 3 + 2 + 10 + 2
        assert [first["funnel"][step] for step in ("eligible", "suppressed", "asked", "delivered", "answered")] == [12, 2, 10, 10, 5]
        assert [empty[name] for name in ("contacts", "answers", "feedback", "drivers")] == [[], [], [], []]
        assert marked == first
        assert days["rows"] >= 2
        assert await facts() == first
        assert [(stage["numerator"], stage["n"]) for stage in cycle["stages"][:3]] == [(5, 10), (3, 3), (2, 2)]
