"""Public replies: written by one, approved by another, published in the platform's own shape; reopened when the review changes."""

from typing import Any

import httpx
import orjson

from services.feedback.adapters.replies import ReplyDoor
from services.feedback.app import service
from services.feedback.contract import ReplyPublished
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import a_review, an_item
from tests.support.room import Room

READ, WRITE, ADMIN = "feedback:read", "feedback:write", "feedback:admin"


class FakePlatform:
    """Answers as the platform's API would, and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, dict[str, Any], str | None]] = []
        self.answers: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        given = request.headers.get("authorization") or request.headers.get("api-key")
        self.told.append((request.method, str(request.url), orjson.loads(request.content), given))
        return httpx.Response(self.answers.pop(0) if self.answers else 201, json={"message": "no such review"})


async def _review(room: Room) -> tuple[str, str, FakePlatform]:
    platform = FakePlatform()
    room.runtime.resources["publish"] = ReplyDoor(httpx.MockTransport(platform))
    admin = room.client(ADMIN)
    source = {"kind": "trustpilot", "api_token": "token-1234", "author_id": "author-9"}
    secret = (await admin.put("/feedback/v1/webhook-sources/shop", json=source)).json()["secret"]
    door = f"/feedback/v1/webhooks/trustpilot/{secret}"
    await room.anonymous().post(door, json={"events": [a_review()]})
    await room.pass_time(seconds=1)
    item = (await room.client(READ).get("/feedback/v1/items")).json()["items"][0]
    return item["id"], door, platform


async def test_a_reply_is_published_only_after_a_second_person_approved_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        item_id, _, platform = await _review(room)
        olga, ben = room.client(READ, WRITE, ADMIN, subject="olga"), room.client(READ, WRITE, ADMIN, subject="ben")
        draft = (await olga.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "We are sorry, please write to us."})).json()
        draft = (await olga.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "We are sorry about the delay."})).json()
        assert (draft["state"], draft["version"], draft["drafted_by"]) == ("drafted", 2, "olga")
        own = await olga.post(f"/feedback/v1/replies/{draft['id']}/approve")
        assert (own.status_code, own.json()["code"]) == (409, "feedback_reply_own_draft")
        assert platform.told == []
        assert (await ben.post(f"/feedback/v1/replies/{draft['id']}/approve")).json()["state"] == "approved"
        await room.settle()
        assert platform.told == [
            (
                "POST",
                "https://api.trustpilot.com/v1/private/reviews/53bffd360000640002975387/reply",
                {"message": "We are sorry about the delay.", "authorBusinessUserId": "author-9"},
                "Bearer token-1234",
            )
        ]
        sent = (await olga.get("/feedback/v1/replies", params={"state": "sent"})).json()["items"]
        assert [(one["id"], one["approved_by"], one["failure"]) for one in sent] == [(draft["id"], "ben", None)]
        assert [str(one.reply_id) for one in room.said(ReplyPublished)] == [draft["id"]]


async def test_a_platform_that_is_away_is_tried_again_and_one_that_refuses_is_shown(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        item_id, _, platform = await _review(room)
        olga, ben = room.client(WRITE, subject="olga"), room.client(READ, ADMIN, subject="ben")
        reply_id = (await olga.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "Sorry."})).json()["id"]
        platform.answers = [503, 429, 404]
        await ben.post(f"/feedback/v1/replies/{reply_id}/approve")
        await room.pass_time(seconds=30)
        failed = (await ben.get(f"/feedback/v1/replies/{reply_id}")).json()
        assert (len(platform.told), failed["state"], failed["failure"]) == (3, "failed", '404 {"message":"no such review"}')
        await ben.post(f"/feedback/v1/replies/{reply_id}/approve")
        await room.settle()
        assert (await ben.get(f"/feedback/v1/replies/{reply_id}")).json()["state"] == "sent"


async def test_an_edit_or_deletion_of_the_review_opens_its_reply_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        item_id, door, platform = await _review(room)
        olga, ben = room.client(WRITE, subject="olga"), room.client(READ, ADMIN, subject="ben")
        reply_id = (await olga.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "Sorry."})).json()["id"]
        await ben.post(f"/feedback/v1/replies/{reply_id}/approve")
        await room.settle()
        await room.anonymous().post(door, json={"events": [a_review("updated", text="All is well now.", stars=5)]})
        await room.pass_time(seconds=1)
        found = (await ben.get(f"/feedback/v1/replies/{reply_id}")).json()
        assert (found["state"], found["reopened_by"]) == ("reopened", "edited")
        again = (await olga.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "Thank you!"})).json()
        assert again["id"] != reply_id
        await room.anonymous().post(door, json={"events": [a_review("deleted")]})
        await room.pass_time(seconds=1)
        assert (await ben.get(f"/feedback/v1/replies/{again['id']}")).json()["reopened_by"] == "deleted"
        gone = await olga.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "Hello?"})
        assert (gone.status_code, gone.json()["code"], len(platform.told)) == (409, "feedback_review_gone", 1)


async def test_what_cannot_be_answered_publicly_is_said_so(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        item_id, _, _ = await _review(room)
        api = room.client(READ, WRITE)
        mail = (await api.post("/feedback/v1/items", json=an_item())).json()["id"]
        assert (await api.put(f"/feedback/v1/items/{mail}/reply", json={"text": "Hi"})).json()["code"] == "feedback_not_answerable"
        named = await api.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "Dear Anna, we wrote to anna@example.com"})
        assert (named.status_code, named.json()["code"]) == (422, "feedback_reply_names_person")
