"""Reviews of every platform in the shape that it sends: taken once, edited, taken back, in any order; the unknown is kept, the forged is not."""

from typing import Any

import orjson
import pytest

from services.feedback.app import service
from services.feedback.contract import FeedbackReceived, FeedbackRemoved
from tests.conftest import OpenRoom
from tests.support.review_payloads import DELETES, EDITS, FORMBRICKS_SECRET, WEBWINKEL_SECRET, call, external_id, headers_of, kind_of, text_of
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")
WHOLE = ["trustpilot", "trustpilot_product", "yotpo", "yotpo_old", "reviewsio", "yext", "trustoo", "webwinkelkeur", "formbricks", "chatwoot"]
SIGNING = {"formbricks": FORMBRICKS_SECRET, "webwinkelkeur": WEBWINKEL_SECRET}


async def _address(room: Room, shape: str) -> str:
    kind = kind_of(shape)
    body = {"kind": kind, **({"signing_secret": SIGNING[kind]} if kind in SIGNING else {})}
    secret = (await room.client(*ALL).put(f"/feedback/v1/webhook-sources/{kind}", json=body)).json()["secret"]
    return f"/feedback/v1/webhooks/{kind}/{secret}"


async def _tell(room: Room, address: str, shape: str, change: str, version: int) -> int:
    body = orjson.dumps(call(shape, 7, change, version))
    answer = await room.anonymous().post(address, content=body, headers=headers_of(shape, body, f"m-{version}", room.clock.now()))
    assert answer.status_code == 200
    await room.pass_time(seconds=1)
    processed: int = answer.json()["processed"]
    return processed


async def _item(room: Room, shape: str) -> dict[str, Any]:
    items = (await room.client(*ALL).get("/feedback/v1/items")).json()["items"]
    assert [item["external_id"] for item in items] == [external_id(shape, 7)]
    found: dict[str, Any] = items[0]
    return found


@pytest.mark.parametrize("shape", WHOLE)
async def test_a_review_of_each_platform_is_one_item_whatever_is_told_again_late_or_not_at_all(open_room: OpenRoom, shape: str) -> None:
    async with open_room(service) as room:
        address = await _address(room, shape)
        assert [await _tell(room, address, shape, "created", 1) for _ in range(2)] == [1, 1]
        item = await _item(room, shape)
        assert (item["text"], item["score"], item["scale_max"]) == (text_of(7, 1), 1.0 if shape == "trustpilot" else 2.0, 5.0)
        if shape in EDITS:
            await _tell(room, address, shape, "updated", 2)
            assert (await _item(room, shape))["text"] == text_of(7, 2)
        if shape in {"yotpo", "yext", "trustoo", "formbricks"}:  # they date their versions: an older one that comes late changes nothing
            await _tell(room, address, shape, "updated", 1)
            assert (await _item(room, shape))["text"] == text_of(7, 2)
        if shape in DELETES:
            await _tell(room, address, shape, "deleted", 3)
            await _tell(room, address, shape, "updated", 4)
            gone = await _item(room, shape)
            assert (gone["state"], gone["text"]) == ("removed", "")
        assert (await room.anonymous().post(address, content=b"", headers=headers_of(shape, b"", "m-9", room.clock.now()))).json() == {"processed": 0}
        await room.pass_time(seconds=40)
        assert len(room.said(FeedbackReceived)) == 1
        assert len(room.said(FeedbackRemoved)) == (1 if shape in DELETES else 0)


async def test_what_only_names_a_review_or_cannot_be_read_is_kept_where_people_see_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        for shape in ("google", "feefo"):
            assert await _tell(room, await _address(room, shape), shape, "created", 1) == 1
        trustpilot = await _address(room, "trustpilot")
        for body in (b"{", b'{"events":[{"eventName":"service-review-liked","eventData":{"id":"1"}}]}'):
            assert (await room.anonymous().post(trustpilot, content=body)).json() == {"processed": 0}
        await room.pass_time(seconds=1)
        waiting = (await room.client(*ALL).get("/feedback/v1/unknown-webhook-events")).json()
        assert [(one["source_key"], one["outcome"]) for one in waiting] == [
            ("trustpilot", "unknown"), ("trustpilot", "unreadable"),
        ]  # fmt: skip
        named = (await room.client(*ALL).get("/feedback/v1/reviews-to-fetch")).json()
        assert sorted((one["source_key"], one["failure"]) for one in named) == [
            ("feefo", "The source has no author_id: at Feefo that is the merchant identifier."),
            ("google", "The source has no API token."),
        ]
        assert (await room.client(*ALL).get("/feedback/v1/items")).json()["items"] == []


async def test_a_platform_that_signs_is_not_believed_without_its_signature(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        for shape in ("formbricks", "webwinkelkeur"):
            address = await _address(room, shape)
            body = orjson.dumps(call(shape, 7, "created", 1))
            good = headers_of(shape, body, "m-1", room.clock.now())
            old = headers_of(shape, body, "m-1", room.clock.now().replace(year=2020))
            api = room.anonymous()
            hostile: tuple[dict[str, Any], ...] = (
                {},
                dict.fromkeys(good, "v1,AAAA"),
                dict.fromkeys(good, "é".encode()),
                old if shape == "formbricks" else {},
            )
            for headers in hostile:
                answer = await api.post(address, content=body, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (401, "feedback_webhook_not_signed")
            assert (await api.post(address, content=body + b" ", headers=good)).status_code == 401
            assert (await room.client(*ALL).get("/feedback/v1/items", params={"source": shape})).json()["items"] == []
            assert (await api.post(address, content=body, headers=good)).json() == {"processed": 1}
        sources = (await room.client(*ALL).get("/feedback/v1/webhook-sources")).text
        assert FORMBRICKS_SECRET not in sources
        assert WEBWINKEL_SECRET not in sources
