"""Voices of nobody, the same voice twice, finding voices again, and taking them all out."""

import csv
import io
from uuid import UUID

import orjson

from services.customers.contract import CustomerErased
from services.feedback.app import service
from services.feedback.contract import FeedbackCategorised, FeedbackMatched, FeedbackMerged, FollowUpOpened
from services.feedback.queries.item_search import authors_of
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import ANNA, BORIS, an_answer, an_item
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")


async def _record(room: Room, **changed: object) -> str:
    answer = await room.client(*ALL).post("/feedback/v1/items", json=an_item(**changed))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def test_a_voice_that_nobody_was_found_for_waits_in_a_list_until_a_person_says_whose_it_is(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, subject="olga")
        item_id = await _record(room, customer_key={"kind": "order", "value": "ORDER-4711"}, score=1, scale_max=5, kind="answer")
        await _record(room, external_id="nameless")
        await room.pass_time(seconds=31)
        waiting = (await api.get("/feedback/v1/unmatched-items")).json()["items"]
        assert [(one["item"]["id"], one["keys"]) for one in waiting] == [(item_id, [{"kind": "order", "ends_with": "711"}])]
        assert room.said(FollowUpOpened) == []

        answer = await api.post(f"/feedback/v1/items/{item_id}/match", json={"customer_id": str(ANNA)})
        assert (answer.status_code, answer.json()["customer_id"]) == (200, str(ANNA))
        assert (await api.post(f"/feedback/v1/items/{item_id}/match", json={"customer_id": str(ANNA)})).status_code == 200
        other = await api.post(f"/feedback/v1/items/{item_id}/match", json={"customer_id": str(BORIS)})
        assert (other.status_code, other.json()["code"]) == (409, "feedback_item_has_customer")
        await room.settle()
        assert [(str(one.item_id), one.customer_id, one.by) for one in room.said(FeedbackMatched)] == [(item_id, ANNA, "olga")]
        assert [one.customer_id for one in room.said(FeedbackCategorised) if str(one.item_id) == item_id] == [None, ANNA]
        assert [one.customer_id for one in room.said(FollowUpOpened)] == [ANNA]
        assert (await api.get("/feedback/v1/unmatched-items")).json()["items"] == []


async def test_the_same_voice_twice_is_suggested_merged_and_taken_apart_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, subject="olga")
        first = await _record(room, text="My parcel never came, and nobody answers the phone.")
        second = await _record(room, external_id="again", text="my parcel never came,  and nobody answers the phone.")
        await _record(room, external_id="other", text="The invoice is too high this month.")
        await room.settle()
        suggested = (await api.get(f"/feedback/v1/items/{second}/duplicates")).json()
        assert [(one["item"]["id"], one["reason"], one["likeness"]) for one in suggested] == [(first, "same_words", 1.0)]

        path = f"/feedback/v1/items/{second}"
        assert (await api.post(f"{path}/merge", json={"into": second})).json()["code"] == "feedback_cannot_merge"
        merged = (await api.post(f"{path}/merge", json={"into": first})).json()
        assert (merged["duplicate_of"], merged["text"]) == (first, "my parcel never came,  and nobody answers the phone.")
        assert (await api.post(f"/feedback/v1/items/{first}/merge", json={"into": second})).status_code == 422
        assert (await api.get(f"/feedback/v1/items/{first}/duplicates")).json() == []
        assert [one["id"] for one in (await api.get("/feedback/v1/items", params={"duplicate_of": first})).json()["items"]] == [second]
        assert (await api.post(f"{path}/unmerge")).json()["duplicate_of"] is None
        await room.settle()
        assert [(one.merged, one.by) for one in room.said(FeedbackMerged)] == [(True, "olga"), (False, "olga")]


async def test_words_are_found_in_any_form_in_any_language_and_everything_found_can_be_exported(open_room: OpenRoom) -> None:
    texts = {
        "en": "The deliveries were late and the courier was rude.",
        "de": "Die Lieferungen kamen verspätet.",
        "ru": "Посылки опаздывают уже третью неделю.",
        "zh": "我的快递晚了两个星期",
        "it": "=HYPERLINK(1) il pacco è rotto, scrivete a anna@example.com",
    }
    async with open_room(service) as room:
        for name, text in texts.items():
            await _record(room, external_id=name, text=text)
        await room.settle()
        api = room.client("feedback:read")

        async def found(**query: str) -> list[str]:
            items = (await api.get("/feedback/v1/items", params=query)).json()["items"]
            return sorted(item["external_id"] for item in items)

        assert [await found(q=q) for q in ("delivery", "Lieferung", "посылка", "快递", "rude couriers", "rude invoice", "pacco")] == [
            ["en"], ["de"], ["ru"], ["zh"], ["en"], [], ["it"],
        ]  # fmt: skip
        assert await found(q="anna") == []
        assert (await api.get("/feedback/v1/items", params={"q": "..."})).status_code == 422
        assert await found(language="ru", kind="email") == ["ru"]
        assert await found(said_to="2026-11-22T00:00:00Z") == []

        lines = (await api.get("/feedback/v1/items/export")).text.splitlines()
        assert sorted(orjson.loads(line)["external_id"] for line in lines) == sorted(texts)
        answer = await api.get("/feedback/v1/items/export", params={"format": "csv", "q": "pacco"})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(row["external_id"], row["text"]) for row in rows] == [("it", "'=HYPERLINK(1) il pacco è rotto, scrivete a [EMAIL]")]
        assert (await api.get("/feedback/v1/items/export", params={"colour": "red"})).status_code == 422


async def test_a_sentence_about_people_and_one_about_how_it_works_are_judged_apart(open_room: OpenRoom) -> None:
    text = "The agent was wonderfully friendly and patient. But I had to wait six weeks for the refund!"
    async with open_room(service) as room:
        item_id = await _record(room, text=text)
        await room.settle()
        item = (await room.client("feedback:read").get(f"/feedback/v1/items/{item_id}")).json()
        judged = [(one["dimension"], one["sentiment"], text[one["start"] : one["end"]]) for one in item["aspects"]]
        assert judged == [
            ("service", "positive", "The agent was wonderfully friendly and patient."),
            ("process", "negative", "I had to wait six weeks for the refund!"),
        ]


async def test_nothing_about_an_erased_customer_comes_in_again_by_any_door(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        old = await _record(room, customer_id=str(ANNA), text="Anna speaks of parcels here.")
        await room.settle()
        await room.hear(CustomerErased(customer_id=ANNA, erasure_id=new_id()))
        assert (await api.get("/feedback/v1/items", params={"q": "parcels"})).json()["items"] == []
        refused = await api.post("/feedback/v1/items", json=an_item(external_id="new", customer_id=str(ANNA)))
        assert (refused.status_code, refused.json()["code"]) == (409, "feedback_customer_erased")
        line = orjson.dumps({"external_id": "bulk", "kind": "email", "text": "x", "customer_id": str(ANNA)})
        report = (await api.post("/feedback/v1/items/bulk", content=line)).json()
        assert [(one["code"], one["pointer"]) for one in report["errors"]] == [("feedback_customer_erased", "/customer_id")]
        await room.hear(an_answer())
        nobody = await _record(room, external_id="nobody")
        assert (await api.post(f"/feedback/v1/items/{nobody}/match", json={"customer_id": str(ANNA)})).status_code == 409
        await room.settle()
        items = (await api.get("/feedback/v1/items", params={"customer_id": str(ANNA)})).json()["items"]
        assert [(item["id"], item["state"], item["text"]) for item in items] == [(old, "removed", "")]


async def test_a_review_that_is_signed_with_a_name_alone_waits_with_it_until_its_customer_is_known(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, subject="olga")
        item_id = await _record(room, author="Maria K.", place="Berlin")
        known = await _record(room, external_id="known", author="Boris B.", customer_id=str(BORIS))
        signed = (await api.get(f"/feedback/v1/unmatched-items/{item_id}")).json()
        listed = (await api.get("/feedback/v1/unmatched-items")).json()["items"]
        assert ([signed], signed["author"], signed["place"], signed["keys"]) == (listed, "Maria K.", "Berlin", [])
        assert (await api.get(f"/feedback/v1/unmatched-items/{known}")).status_code == 404
        assert (await api.post(f"/feedback/v1/items/{item_id}/match", json={"customer_id": str(ANNA)})).status_code == 200
        assert (await api.get(f"/feedback/v1/unmatched-items/{item_id}")).status_code == 404
        assert await room.runtime.read(authors_of, [UUID(item_id), UUID(known)]) == {}
