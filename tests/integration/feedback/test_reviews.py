"""Reviews by webhook: in the vendor's own shape, at least once, in any order."""

from typing import Any

from services.customers.contract import SubjectIdentified
from services.feedback.app import service
from services.feedback.contract import FeedbackCategorised, FeedbackReceived, FeedbackRemoved, FollowUpOpened
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import ANNA, a_review
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")


async def _door(room: Room, **changed: object) -> str:
    answer = await room.client(*ALL).put("/feedback/v1/webhook-sources/shop", json={"kind": "trustpilot", **changed})
    return f"/feedback/v1/webhooks/trustpilot/{answer.json()['secret']}"


async def test_a_one_star_review_waits_for_its_customer_and_then_opens_a_follow_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door = await _door(room)
        answer = await room.anonymous().post(door, json={"events": [a_review()]})
        assert (answer.status_code, answer.json()) == (200, {"processed": 1})
        await room.pass_time(seconds=1)
        received = room.said(FeedbackReceived)
        assert [(one.source, one.kind, one.score, one.scale_max) for one in received] == [("trustpilot", "service_review", 1.0, 5.0)]
        assert [(key.kind, key.value) for key in received[0].customer_keys] == [("account", "ACC-77")]
        assert room.said(FeedbackCategorised) == []

        await room.hear(SubjectIdentified(subject_kind="feedback_item", subject_id=received[0].item_id, customer_id=ANNA))
        await room.settle()
        told = room.said(FeedbackCategorised)
        assert [(one.customer_id, one.sentiment, one.severity) for one in told] == [(ANNA, "negative", 3)]
        opened = room.said(FollowUpOpened)
        assert [(one.customer_id, one.reason, one.issue, one.wants_call_back) for one in opened] == [(ANNA, "one_star", "general", False)]


async def test_a_review_whose_customer_is_known_late_is_told_again_with_its_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.anonymous().post(await _door(room), json={"events": [a_review()]})
        await room.pass_time(seconds=31)
        assert [one.customer_id for one in room.said(FeedbackCategorised)] == [None]
        assert room.said(FollowUpOpened) == []
        item_id = room.said(FeedbackReceived)[0].item_id
        await room.hear(SubjectIdentified(subject_kind="feedback_item", subject_id=item_id, customer_id=ANNA))
        await room.settle()
        assert [one.customer_id for one in room.said(FeedbackCategorised)] == [None, ANNA]
        assert [one.customer_id for one in room.said(FollowUpOpened)] == [ANNA]


async def test_an_edited_review_is_read_again_and_a_repeated_call_changes_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, api = await _door(room), room.client(*ALL)
        for event in (a_review(), a_review(), a_review("updated", text="They called and fixed it. Excellent service!", stars=5), a_review()):
            assert (await room.anonymous().post(door, json={"events": [event]})).json() == {"processed": 1}
        await room.pass_time(seconds=31)
        items = (await api.get("/feedback/v1/items")).json()["items"]
        assert [(one["text"], one["score"], one["sentiment"]) for one in items] == [("They called and fixed it. Excellent service!", 5.0, "positive")]
        versions = (await api.get(f"/feedback/v1/items/{items[0]['id']}/versions")).json()
        assert [one["outcome"] for one in versions] == ["created", "repeated", "updated", "stale"]
        assert len(room.said(FeedbackReceived)) == 1


async def test_what_a_person_put_right_survives_the_edit_of_a_review(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, api = await _door(room), room.client(*ALL)
        await room.anonymous().post(door, json={"events": [a_review()]})
        await room.pass_time(seconds=31)
        item_id = room.said(FeedbackReceived)[0].item_id
        for axis, code in (("sentiment", "neutral"), ("severity", "2")):
            assert (await api.post(f"/feedback/v1/items/{item_id}/corrections", json={"axis": axis, "code": code})).status_code == 201
        await room.anonymous().post(door, json={"events": [a_review("updated", text="Three weeks late now, I am furious.")]})
        await room.pass_time(seconds=1)
        item = (await api.get(f"/feedback/v1/items/{item_id}")).json()
        assert (item["state"], item["text"], item["sentiment"], item["severity"]) == (
            "categorised",
            "Three weeks late now, I am furious.",
            "neutral",
            2,
        )
        people_s = [(label["axis"], label["source"]) for label in item["labels"] if label["decision"] == "person"]
        assert sorted(people_s) == [("sentiment", "person:tester"), ("severity", "person:tester")]


async def test_a_deleted_review_is_a_tombstone_that_no_late_update_raises(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, api = await _door(room), room.client(*ALL, "pii:read")
        batch = [a_review(), a_review("deleted"), a_review("updated", text="Late news"), a_review()]
        assert (await room.anonymous().post(door, json={"events": batch})).json() == {"processed": 4}
        await room.pass_time(seconds=31)
        items = (await api.get("/feedback/v1/items")).json()["items"]
        assert [(one["state"], one["title"], one["text"]) for one in items] == [("removed", None, "")]
        assert [one.source for one in room.said(FeedbackRemoved)] == ["trustpilot"]
        assert room.said(FeedbackCategorised) == []


async def test_a_deletion_that_overtakes_the_review_wins(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, api = await _door(room), room.client(*ALL)
        await room.anonymous().post(door, json={"events": [a_review("deleted")]})
        await room.anonymous().post(door, json={"events": [a_review()]})
        await room.pass_time(seconds=1)
        items = (await api.get("/feedback/v1/items")).json()["items"]
        assert [(one["state"], one["text"]) for one in items] == [("removed", "")]


async def test_test_calls_and_unknown_events_are_answered_200_and_unknown_ones_kept(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, api = await _door(room), room.anonymous()
        for body in (b"", b"{}", b"[]", b"ping", b'{"events": null}', b'{"events": [1, null]}', b'{"eventType": "x", "review": {}}', b"\xff\xfe"):
            answer = await api.post(door, content=body, headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.json()) == (200, {"processed": 0}), body
        form = await api.post(door, content=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert (form.status_code, form.json()) == (200, {"processed": 0})
        odd = {"eventName": "service-review-flagged", "version": "9", "eventData": {"id": "1"}}
        assert (await api.post(door, json={"events": [odd, a_review()]})).json() == {"processed": 1}
        await room.pass_time(seconds=1)
        unknown = (await room.client(*ALL).get("/feedback/v1/unknown-webhook-events")).json()
        no_json = [("unreadable", "unreadable")] * 3  # ping, the bytes and the form: people are to see them, docs/feedback.md
        assert [(one["name"], one["outcome"]) for one in unknown] == [("service-review-flagged", "unknown"), *no_json]


async def test_product_reviews_carry_content_and_an_e_mail(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        event = {
            "eventName": "product-review-created",
            "version": "1",
            "eventData": {
                "id": "p1", "stars": 4, "content": "Solid kettle.", "product": {"sku": "K-1", "name": "Kettle"}, "referenceId": "O-5",
                "consumer": {"id": "c", "name": "Eva", "email": "Eva@Example.com"}, "state": "published", "createdAt": "2026-11-22T09:34:44",
            },
        }  # fmt: skip
        await room.anonymous().post(await _door(room, reference_kind="order"), json={"events": [event]})
        await room.pass_time(seconds=1)
        received = room.said(FeedbackReceived)
        assert [(one.kind, one.score, one.said_at.isoformat()) for one in received] == [("product_review", 4.0, "2026-11-22T09:34:44+00:00")]
        assert [(key.kind, key.value) for key in received[0].customer_keys] == [("order", "O-5"), ("email", "eva@example.com")]


async def test_the_address_is_secret_and_can_be_changed_without_losing_reviews(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        old = await _door(room)
        api = room.anonymous()
        assert (await api.post("/feedback/v1/webhooks/trustpilot/guess", json={"events": [a_review()]})).status_code == 404
        unchanged = await room.client(*ALL).put("/feedback/v1/webhook-sources/shop", json={"kind": "trustpilot"})
        assert unchanged.json()["secret"] is None
        new = await _door(room, new_secret=True)
        assert new != old
        assert [(await api.post(door, json={})).status_code for door in (old, new)] == [200, 200]
        await room.pass_time(hours=25)
        assert [(await api.post(door, json={})).status_code for door in (old, new)] == [404, 200]
        assert (await room.client(*ALL).get("/feedback/v1/items")).json()["items"] == []


async def test_a_call_that_cannot_be_applied_is_set_aside_holds_up_nobody_and_can_be_tried_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, admin = await _door(room), room.client(*ALL)
        translate = room.runtime.resources["platforms"]

        def broken(kind: str, payload: dict[str, Any], *more: Any) -> Any:
            if payload["events"][0]["eventData"]["id"] == "bad":
                raise RuntimeError("a mistake of ours")
            return translate(kind, payload, *more)

        room.runtime.resources["platforms"] = broken
        for review in (a_review(id="bad"), a_review(id="good")):
            assert (await room.anonymous().post(door, json={"events": [review]})).json() == {"processed": 1}
        await room.pass_time(seconds=1)
        items = (await admin.get("/feedback/v1/items")).json()["items"]
        assert [one["external_id"] for one in items] == ["service_review:good"]
        failed = (await admin.get("/feedback/v1/failed-webhook-calls")).json()
        assert [(one["source_key"], one["failure"]) for one in failed] == [("shop", "RuntimeError")]

        room.runtime.resources["platforms"] = translate
        assert (await admin.post("/feedback/v1/failed-webhook-calls/replay", json={})).json() == {"calls": 1}
        await room.settle()
        items = (await admin.get("/feedback/v1/items")).json()["items"]
        assert [one["external_id"] for one in items] == ["service_review:bad", "service_review:good"]
        assert (await admin.get("/feedback/v1/failed-webhook-calls")).json() == []
