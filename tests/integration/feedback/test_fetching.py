"""Reviews that a platform only names are fetched from it: once told, once taken in, and visible while they are not."""

from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson

from services.feedback.adapters.fetching import ReviewFetcher
from services.feedback.adapters.replies import ReplyDoor
from services.feedback.app import service
from services.feedback.contract import FeedbackReceived, FeedbackRemoved
from tests.conftest import OpenRoom
from tests.support.review_payloads import call
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")
NAME = "accounts/1/locations/2/reviews/7"
GOOGLE = {"kind": "google", "api_token": "refresh-1", "client_id": "client-1", "client_secret": "secret-1"}
REVIEW: dict[str, Any] = {
    "name": NAME,
    "reviewId": "7",
    "reviewer": {"displayName": "Ana P.", "isAnonymous": False},
    "starRating": "TWO",
    "comment": "(Translated by Google) The parcel came late.\n\n(Original)\nDas Paket kam zu spät.",
    "createTime": "2026-11-20T10:00:00.123456789Z",
    "updateTime": "2026-11-20T10:00:00Z",
}
SALE: dict[str, Any] = {
    "merchant": {"identifier": "lamps"},
    "customer": {"display_name": "Trusted Customer", "email": "ana@example.com"},
    "service": {
        "id": "feefo7", "title": "Slow", "review": "It took three weeks.", "rating": {"min": 1.0, "max": 5.0, "rating": 2.0},
        "created_at": "2026-11-20T10:00:00Z",
    },
    "products": [{"id": "feefo8", "review": "A lovely lamp.", "rating": {"rating": 5.0}, "created_at": "2026-11-21T10:00:00Z"}],
    "last_updated_date": "2026-11-21T10:00:00Z",
    "locale": "en_GB",
}  # fmt: skip


class Platforms:
    """Google's token door and reviews, and Feefo's reviews; `statuses` are answered first."""

    def __init__(self) -> None:
        self.review, self.sales, self.statuses = dict(REVIEW), [SALE], list[int]()
        self.tokens, self.asked = list[dict[str, list[str]]](), list[tuple[str, str, str | None]]()
        self.replies: list[tuple[str, str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "oauth2.googleapis.com":
            self.tokens.append(parse_qs(request.content.decode()))
            return httpx.Response(200, json={"access_token": "access-1", "expires_in": 3599, "token_type": "Bearer"})
        if request.method == "PUT":
            self.replies.append((str(request.url), request.headers["authorization"], orjson.loads(request.content)))
            return httpx.Response(200, json={"comment": "x", "updateTime": "2026-11-23T10:00:00Z"})
        self.asked.append((request.method, str(request.url), request.headers.get("authorization")))
        if self.statuses:
            return httpx.Response(self.statuses.pop(0), json={"error": {"message": "no"}})
        return httpx.Response(200, json={"reviews": self.sales} if request.url.host == "api.feefo.com" else self.review)


async def _source(room: Room, source: dict[str, Any]) -> tuple[str, Platforms]:
    platforms = Platforms()
    transport = httpx.MockTransport(platforms)
    room.runtime.resources["fetch"], room.runtime.resources["publish"] = ReviewFetcher(transport), ReplyDoor(transport)
    secret = (await room.client(*ALL).put("/feedback/v1/webhook-sources/shop", json=source)).json()["secret"]
    return f"/feedback/v1/webhooks/{source['kind']}/{secret}", platforms


async def _tell(room: Room, door: str, shape: str, number: int = 7, version: int = 1) -> None:
    body = call(shape, number, "created" if version == 1 else "updated", version)
    assert (await room.anonymous().post(door, json=body)).json() == {"processed": 1}
    await room.pass_time(seconds=1)


async def _items(room: Room) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await room.client(*ALL).get("/feedback/v1/items")).json()["items"]
    return found


async def _waiting(room: Room) -> list[tuple[str, str | None]]:
    listed = (await room.client(*ALL).get("/feedback/v1/reviews-to-fetch")).json()
    return [(one["external_id"], one["failure"]) for one in listed]


async def test_a_review_at_google_is_fetched_by_its_name_and_an_edit_is_fetched_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, platforms = await _source(room, GOOGLE)
        await _tell(room, door, "google")
        await _tell(room, door, "google")
        item = (await _items(room))[0]
        signed = (await room.client(*ALL).get(f"/feedback/v1/unmatched-items/{item['id']}")).json()
        platforms.review |= {"comment": "It came after all.", "starRating": "FOUR", "updateTime": "2026-11-22T10:00:00Z"}
        await _tell(room, door, "google", version=2)
        edited = await _items(room)

        assert (item["external_id"], item["text"], item["score"], item["scale_max"], item["said_at"]) == (
            NAME, "Das Paket kam zu spät.", 2.0, 5.0, "2026-11-20T10:00:00.123456Z",
        )  # fmt: skip
        assert (signed["author"], signed["place"], signed["keys"]) == ("Ana P.", "2", [])
        assert [(one["id"], one["text"], one["score"]) for one in edited] == [(item["id"], "It came after all.", 4.0)]
        assert platforms.asked == [("GET", f"https://mybusiness.googleapis.com/v4/{NAME}", "Bearer access-1")] * 3
        assert platforms.tokens == [
            {"client_id": ["client-1"], "client_secret": ["secret-1"], "refresh_token": ["refresh-1"], "grant_type": ["refresh_token"]}
        ]
        assert await _waiting(room) == []
        assert len(room.said(FeedbackReceived)) == 1


async def test_a_review_that_google_knows_no_more_is_taken_back(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, platforms = await _source(room, GOOGLE)
        await _tell(room, door, "google")
        platforms.statuses = [404, 404]
        await _tell(room, door, "google", version=2)
        await _tell(room, door, "google", number=9)

        assert [(one["state"], one["text"]) for one in await _items(room)] == [("removed", "")]
        assert (len(room.said(FeedbackRemoved)), await _waiting(room)) == (1, [])


async def test_a_platform_that_is_away_is_asked_again_and_a_refusal_waits_where_people_see_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, platforms = await _source(room, {"kind": "google"})
        await _tell(room, door, "google")
        without_token = await _waiting(room)
        asked = len(platforms.asked)
        platforms.statuses = [503, 429, 403]
        await room.client(*ALL).put("/feedback/v1/webhook-sources/shop", json={"kind": "google", "api_token": "access-0"})
        await room.pass_time(seconds=30)
        refused = await _waiting(room)
        again = await room.client(*ALL).post("/feedback/v1/reviews-to-fetch/retry", json={})
        await room.settle()

        assert (without_token, asked) == ([(NAME, "The source has no API token.")], 0)
        assert refused == [(NAME, '403 {"error":{"message":"no"}}')]
        assert (again.json(), await _waiting(room)) == ({"reviews": 1}, [])
        assert [one["text"] for one in await _items(room)] == ["Das Paket kam zu spät."]
        assert {token for _, _, token in platforms.asked} == {"Bearer access-0"}


async def test_a_name_that_leads_elsewhere_is_never_followed(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, platforms = await _source(room, GOOGLE)
        for name in ("../../x", "7?x=1", "7/reply", "%2e%2e", "7#", "é"):
            await _tell(room, door, "google", number=name)  # type: ignore[arg-type]  # what a stranger may send
        assert (platforms.asked, platforms.tokens, len(await _waiting(room))) == ([], [], 6)
        assert {failure for _, failure in await _waiting(room)} == {"This is no resource name of a review at Google."}


async def test_feefos_reviews_of_service_and_product_are_told_apart_by_their_id(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, platforms = await _source(room, {"kind": "feefo", "author_id": "lamps"})
        for number in (7, 8, 9):
            await _tell(room, door, "feefo", number=number)
        items = {one["external_id"]: one for one in await _items(room)}

        assert platforms.asked[0] == ("GET", "https://api.feefo.com/api/20/reviews/all?merchant_identifier=lamps&id=feefo7&since_period=all", None)
        assert [(items[name]["kind"], items[name]["title"], items[name]["text"], items[name]["score"]) for name in ("feefo7", "feefo8")] == [
            ("service_review", "Slow", "It took three weeks.", 2.0), ("product_review", None, "A lovely lamp.", 5.0),
        ]  # fmt: skip
        assert await _waiting(room) == [("feefo9", "the platform lists no review of this id")]


async def test_a_reply_is_published_at_google(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, platforms = await _source(room, GOOGLE)
        await _tell(room, door, "google")
        item_id = (await _items(room))[0]["id"]
        olga, ben = room.client(*ALL, subject="olga"), room.client(*ALL, subject="ben")
        reply_id = (await olga.put(f"/feedback/v1/items/{item_id}/reply", json={"text": "We are sorry."})).json()["id"]
        await ben.post(f"/feedback/v1/replies/{reply_id}/approve")
        await room.settle()

        assert platforms.replies == [(f"https://mybusiness.googleapis.com/v4/{NAME}/reply", "Bearer access-1", {"comment": "We are sorry."})]
        assert (await ben.get(f"/feedback/v1/replies/{reply_id}")).json()["state"] == "sent"
