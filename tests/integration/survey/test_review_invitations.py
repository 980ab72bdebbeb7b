"""Review invitations after Trustpilot's Invitation API: the real request, one reference, nobody invited twice by us."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson
from pydantic import SecretStr

from services.kit.ids import new_id
from services.survey.adapters.trustpilot import TrustpilotAccount, TrustpilotCarrier
from services.survey.app import service
from tests.conftest import OpenRoom
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, invitations, letters, open_centre
from tests.support.room import Room

ACCOUNT = TrustpilotAccount(
    business_unit_id="unit-1",
    business_user_id="user-7",
    api_key="key",
    api_secret=SecretStr("secret"),
    template_id="tpl-3",
    sender_name="Antiphon",
    sender_email="reviews@example.org",
    login_url="https://login.test",
    invitations_url="https://invitations.test",
)


@dataclass
class Trustpilot:
    """Both of their doors, as their reference describes them."""

    behaviour: Callable[[], int] = lambda: 200
    """Status of the next invitation; 0: it is created and the answer never comes."""
    logins: int = 0
    requests: list[tuple[httpx.Headers, dict[str, Any]]] = field(default_factory=list)
    created: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By referenceNumber."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "login.test":
            assert request.url.path == "/v1/oauth/oauth-business-users-for-applications/accesstoken"
            assert request.headers["authorization"] == "Basic a2V5OnNlY3JldA=="
            assert parse_qs(request.content.decode()) == {"grant_type": ["client_credentials"]}
            self.logins += 1
            return httpx.Response(200, json={"access_token": f"token-{self.logins}", "expires_in": "359999"})
        assert (request.method, request.url.path) == ("POST", "/v1/private/business-units/unit-1/email-invitations")
        body = orjson.loads(request.content)
        self.requests.append((request.headers, body))
        status = self.behaviour()
        if status in {0, 200}:
            self.created.setdefault(body["referenceNumber"], body)
        if status == 0:
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(status)


async def reviewed(room: Room, *answers: int, settle: bool = True) -> Trustpilot:
    """End a call under a review programme while Trustpilot gives these answers, then 200."""
    theirs, waiting = Trustpilot(), iter(answers)
    theirs.behaviour = lambda: next(waiting, 200)
    client = httpx.AsyncClient(transport=httpx.MockTransport(theirs.handle))
    room.runtime.resources["carriers"]["review"] = TrustpilotCarrier(client, ACCOUNT, room.clock)
    anna = new_id()
    await open_centre(room, AT_ONCE, channels=["review"], neutral=True)
    await room.hear(a_customer(anna, email="anna@example.org", display_name="Anna Weber"), a_contact(anna))
    if settle:
        await room.settle()
    return theirs


async def states(room: Room, invitation_id: str) -> list[tuple[str, str, int, str | None]]:
    found = (await room.client("survey:read").get(f"/survey/v1/invitations/{invitation_id}/attempts")).json()
    return [(one["channel"], one["state"], one["tries"], one["reason"]) for one in found]


async def test_the_invitation_is_the_request_that_trustpilot_describes_with_an_opaque_reference(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        theirs = await reviewed(room)
        (invitation,) = await invitations(room)
        ((headers, body),) = theirs.requests
        assert (headers["authorization"], headers["x-business-user-id"], headers["idempotency-key"]) == ("Bearer token-1", "user-7", invitation["id"])
        assert body == {
            "type": "email",
            "consumerEmail": "anna@example.org",
            "consumerName": "Anna Weber",
            "referenceNumber": invitation["id"],
            "locale": "de-DE",
            "senderName": "Antiphon",
            "senderEmail": "reviews@example.org",
            "replyTo": "reviews@example.org",
            "serviceReviewInvitation": {"preferredSendTime": "2026-11-23T09:00:00", "tags": [], "templateId": "tpl-3"},
        }
        assert (invitation["channel"], invitation["state"], letters(room)) == ("review", "sent", [])
        assert await states(room, invitation["id"]) == [("review", "accepted", 1, None)]


async def test_a_time_out_after_accepting_is_tried_again_under_the_same_reference_and_no_other_way(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        theirs = await reviewed(room, 0, 504, settle=False)
        await room.pass_time(hours=1)
        (invitation,) = await invitations(room)
        assert {body["referenceNumber"] for _, body in theirs.requests} == {invitation["id"]}
        assert {headers["idempotency-key"] for headers, _ in theirs.requests} == {invitation["id"]}
        assert (len(theirs.requests), list(theirs.created), theirs.logins, letters(room)) == (3, [invitation["id"]], 1, [])
        assert await states(room, invitation["id"]) == [("review", "accepted", 3, None)]


async def test_a_token_that_was_taken_back_is_fetched_anew_and_a_refusal_is_final(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        theirs = await reviewed(room, 401, 400, settle=False)
        await room.pass_time(hours=1)
        (invitation,) = await invitations(room)
        assert (len(theirs.requests), theirs.logins, invitation["state"]) == (2, 2, "undeliverable")
        assert await states(room, invitation["id"]) == [("review", "refused", 2, "http_400")]
