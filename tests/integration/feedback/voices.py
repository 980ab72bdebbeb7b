"""Voices and words of the tests: a small delivery company's taxonomy, and events from its neighbours."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from services.kit.ids import new_id
from services.survey.contract import Attribution, GivenAnswer, SurveyAnswered

ANNA = UUID("0190a000-0000-7000-8000-00000000000a")
BORIS = UUID("0190b000-0000-7000-8000-00000000000b")
SAID_AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

DRIVERS: dict[str, dict[str, Any]] = {
    "late-delivery": {
        "names": {"en": "Late delivery", "de": "Verspätete Lieferung"},
        "description": "The parcel or order arrives later than promised or not at all.",
        "department": "logistics",
        "examples": ["Where is my parcel?", "My order is two weeks late.", "The delivery never arrived.", "Das Paket ist nicht angekommen."],
    },
    "wrong-invoice": {
        "names": {"en": "Wrong invoice", "de": "Falsche Rechnung"},
        "description": "The invoice or bill shows a wrong amount, or money was charged twice.",
        "department": "billing",
        "examples": ["You charged me twice.", "My bill is wrong again.", "The amount on the invoice is too high.", "Die Rechnung stimmt nicht."],
    },
    "login-trouble": {
        "names": {"en": "Login trouble", "de": "Anmeldung klappt nicht"},
        "description": "The customer cannot log in, forgot the password, or the app refuses the code.",
        "department": "it",
        "examples": ["I forgot my password.", "The app does not let me log in.", "I never get the login code.", "Ich komme nicht in mein Konto."],
    },
}


async def put_taxonomy(api: httpx.AsyncClient) -> None:
    """Put departments and drivers in place."""
    for key in ("logistics", "billing", "it"):
        assert (await api.put(f"/feedback/v1/departments/{key}", json={"name": key.title()})).status_code == 200
    for code, driver in DRIVERS.items():
        assert (await api.put(f"/feedback/v1/drivers/{code}", json=driver)).status_code == 200


def an_item(**changed: Any) -> dict[str, Any]:
    """Return the body of POST /v1/items."""
    return {"external_id": "mail-1", "kind": "email", "text": "My parcel is late, where is it?", "said_at": SAID_AT.isoformat()} | changed


def a_review(change: str = "created", **changed: Any) -> dict[str, Any]:
    """Return one Trustpilot event in the shape of its documentation."""
    data = {
        "id": "53bffd360000640002975387",
        "language": "en",
        "title": "Never again",
        "text": "The parcel came two weeks late and nobody answered.",
        "referenceId": "ACC-77",
        "stars": 1,
        "createdAt": "2026-11-22T09:34:44.000Z",
        "isVerified": True,
        "locationId": "43f51215-a1fc-4c60-b6dd-e4afb6d7b831",
        "link": "https://api.trustpilot.com/v1/reviews/53bffd360000640002975387",
        "consumer": {
            "id": "53bffc3900006400017e5db8",
            "name": "Customer",
            "link": "https://api.trustpilot.com/v1/consumers/53bffd360000640002975387",
        },
        "tags": [{"group": "Generic", "value": "Tag value"}],
    } | changed
    return {"eventName": f"service-review-{change}", "version": "1", "eventData": data}


def an_answer(**changed: Any) -> SurveyAnswered:
    """Return a survey answer of Anna: 2 of 5, a comment, please contact me."""
    score = changed.pop("score", 2)
    resolved = changed.pop("resolved", None)
    follow_up_id = changed.pop("follow_up_id", None)
    answers = [GivenAnswer(question="satisfaction", dimension="service", kind="csat5", score=score, choice=None, text=None)]
    if resolved is not None:
        answers.append(GivenAnswer(question="resolved", dimension="resolution", kind="resolved", score=None, choice=resolved, text=None))
    nothing = dict.fromkeys(("contact_id", "agent_id", "team", "site", "vendor", "queue", "topic", "driver", "department", "disposition"))
    fields: dict[str, Any] = {
        "response_id": new_id(),
        "invitation_id": None,
        "programme": "after-delivery",
        "survey": "delivery",
        "survey_version": 1,
        "customer_id": ANNA,
        "mode": "page",
        "language": "en",
        "answers": answers,
        "comment": "My order arrived two weeks late and nobody told me anything.",
        "wants_contact": True,
        "contact_channel": "voice",
        "inclusion_probability": 0.5,
        "attribution": Attribution(**nothing, order_reference=None, case_id=None, follow_up_id=follow_up_id),
        "flagged": False,
        "answered_at": SAID_AT,
    }
    return SurveyAnswered(**(fields | changed))
