"""A review without a reference: its author is asked who they are through Trustpilot, once, and the reference that they give finds them."""

import httpx

from services.feedback.adapters.reviewers import ReviewerDoor
from services.feedback.app import service
from services.feedback.contract import FeedbackReceived, FeedbackReferenced
from tests.conftest import OpenRoom
from tests.integration.feedback.test_replies import FakePlatform
from tests.integration.feedback.voices import ANNA, a_review, an_item
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")
MESSAGE = {"message": "Please tell us your order number, so that we can help."}


async def _unreferenced(room: Room, **source: str) -> tuple[str, str, FakePlatform]:
    platform = FakePlatform()
    room.runtime.resources["ask_reviewer"] = ReviewerDoor(httpx.MockTransport(platform))
    put = await room.client(*ALL).put("/feedback/v1/webhook-sources/shop", json={"kind": "trustpilot", **source})
    door = f"/feedback/v1/webhooks/trustpilot/{put.json()['secret']}"
    await room.anonymous().post(door, json={"events": [a_review(referenceId=None, consumer={"id": "c1", "name": "Maria K."})]})
    await room.pass_time(seconds=1)
    waiting = (await room.client(*ALL).get("/feedback/v1/unmatched-items")).json()["items"]
    assert [(one["author"], one["keys"], one["reviewer_request"]) for one in waiting] == [("Maria K.", [], None)]
    return waiting[0]["item"]["id"], door, platform


async def test_the_author_is_asked_once_and_the_reference_that_comes_with_a_later_version_names_the_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        item, door, platform = await _unreferenced(room, api_token="token-1234")
        olga = room.client(*ALL, subject="olga")
        asking = await olga.put(f"/feedback/v1/unmatched-items/{item}/reviewer-request", json=MESSAGE)
        await room.settle()
        asked = (await olga.get(f"/feedback/v1/unmatched-items/{item}")).json()["reviewer_request"]
        twice = await olga.put(f"/feedback/v1/unmatched-items/{item}/reviewer-request", json=MESSAGE)
        for _ in range(2):
            await room.anonymous().post(door, json={"events": [a_review("updated", referenceId="ACC-77")]})
            await room.pass_time(seconds=1)
        events = (await olga.get(f"/feedback/v1/items/{item}/versions")).json()

        assert (asking.status_code, asking.json()["state"]) == (200, "asking")
        assert (asked["state"], asked["asked_by"], asked["failure"], asked["message"]) == ("asked", "olga", None, MESSAGE["message"])
        address = "https://api.trustpilot.com/v1/private/reviews/53bffd360000640002975387/find-reviewer"
        assert platform.told == [("POST", address, MESSAGE, "Bearer token-1234")]
        assert (twice.status_code, twice.json()["code"]) == (409, "feedback_reviewer_was_asked")
        referenced = [[(key.kind, key.value) for key in one.customer_keys] for one in room.said(FeedbackReferenced)]
        assert (referenced, len(room.said(FeedbackReceived))) == ([[("account", "ACC-77")]], 1)
        assert sorted(one["outcome"] for one in events) == ["created", "repeated", "updated"]


async def test_a_platform_that_refuses_is_shown_and_may_be_asked_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        item, _, platform = await _unreferenced(room, api_token="token-1234")
        api, door = room.client(*ALL), f"/feedback/v1/unmatched-items/{item}/reviewer-request"
        platform.answers = [503, 403]
        await api.put(door, json=MESSAGE)
        await room.pass_time(seconds=30)
        refused = (await api.get(f"/feedback/v1/unmatched-items/{item}")).json()["reviewer_request"]
        await api.put(door, json=MESSAGE)
        await room.settle()
        again = (await api.get(f"/feedback/v1/unmatched-items/{item}")).json()["reviewer_request"]
        assert (refused["state"], refused["failure"]) == ("failed", '403 {"message":"no such review"}')
        assert (again["state"], again["failure"], len(platform.told)) == ("asked", None, 3)


async def test_whoever_cannot_be_asked_is_said_so(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        item, _, platform = await _unreferenced(room)
        api = room.client(*ALL)
        mail = (await api.post("/feedback/v1/items", json=an_item(author="Ann D."))).json()["id"]

        async def refusal(of: str, **message: str) -> tuple[int, str]:
            answer = await api.put(f"/feedback/v1/unmatched-items/{of}/reviewer-request", json=MESSAGE | message)
            return answer.status_code, answer.json()["code"]

        assert await refusal(item) == (422, "feedback_no_reply_door")
        assert await refusal(mail) == (422, "feedback_cannot_ask_reviewer")
        assert await refusal(item, message="Write to olga@example.com") == (422, "feedback_reply_names_person")
        await api.post(f"/feedback/v1/items/{item}/match", json={"customer_id": str(ANNA)})
        assert await refusal(item) == (422, "feedback_cannot_ask_reviewer")
        assert platform.told == []
