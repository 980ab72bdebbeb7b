"""Voices by REST: taken in once, masked, read in the background, put right by people."""

import asyncio
import threading
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from services.feedback.app import service
from services.feedback.contract import FeedbackCategorised, FeedbackCorrected, FeedbackReceived
from services.feedback.jobs import learning, reading
from services.feedback.models import Item
from services.feedback.use_cases.read_items import Reader
from services.feedback.use_cases.record_labels import ReadItem
from services.kit.db import Tx
from services.kit.due import DueJob
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import ANNA, SAID_AT, an_item, put_taxonomy

ALL = ("feedback:read", "feedback:write", "feedback:admin")


async def test_a_voice_is_recorded_at_once_and_read_in_the_background(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        await room.pass_time(seconds=5)

        answer = await api.post(
            "/feedback/v1/items", json=an_item(customer_id=str(ANNA), text="Where is my parcel? It is a week late, I am so annoyed.")
        )
        assert answer.status_code == 201
        item = answer.json()
        assert (item["state"], item["driver"], item["said_at"]) == ("received", None, "2026-11-22T18:00:00Z")

        await room.settle()
        read = (await api.get(f"/feedback/v1/items/{item['id']}")).json()
        assert (read["state"], read["language"], read["sentiment"], read["driver"], read["department"]) == (
            "categorised", "en", "negative", "late-delivery", "logistics",
        )  # fmt: skip
        received = room.said(FeedbackReceived)
        assert [(one.source, one.kind, one.external_id, one.customer_id, one.said_at) for one in received] == [
            ("rest", "email", "mail-1", ANNA, SAID_AT)
        ]
        told = room.said(FeedbackCategorised)
        assert [(one.driver, one.department, one.sentiment, one.severity) for one in told] == [("late-delivery", "logistics", "negative", 2)]
        driver = next(label for label in told[0].labels if label.axis == "driver")
        assert (driver.source, driver.decision) == ("model:driver@2", "auto")


async def test_the_same_external_id_is_one_item_and_other_content_is_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        first = await api.post("/feedback/v1/items", json=an_item())
        again = await api.post("/feedback/v1/items", json=an_item())
        other = await api.post("/feedback/v1/items", json=an_item(text="Something else"))
        assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
        assert again.json()["id"] == first.json()["id"]
        assert other.json()["code"] == "feedback_item_differs"
        await room.settle()
        assert len(room.said(FeedbackReceived)) == 1


async def test_ten_senders_of_the_same_voice_at_once_make_one_item(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        answers = await asyncio.gather(*(api.post("/feedback/v1/items", json=an_item()) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
        assert len({answer.json()["id"] for answer in answers}) == 1


async def test_personal_data_is_never_stored_in_clear_and_shown_only_to_who_may_see_it(open_room: OpenRoom) -> None:
    text = "Charge 4111 1111 1111 1111, not GB82 WEST 1234 5698 7654 32. Mail anna@example.com or call 020 7946 0958. Order 12345678."
    masked = "Charge [CARD], not [IBAN]. Mail [EMAIL] or call [PHONE]. Order 12345678."
    async with open_room(service) as room:
        item_id = (await room.client(*ALL).post("/feedback/v1/items", json=an_item(text=text))).json()["id"]
        assert (await room.client("feedback:read").get(f"/feedback/v1/items/{item_id}")).json()["text"] == masked
        assert (await room.client("feedback:read", "pii:read").get(f"/feedback/v1/items/{item_id}")).json()["text"] == text

        seen = (await room.client("feedback:admin").get("/feedback/v1/disclosures")).json()["items"]
        assert [(one["place"], one["item_id"], one["by"], len(one["chain"])) for one in seen] == [(1, item_id, "tester", 64)]

        async def stored(tx: Tx) -> Item:
            rows = await tx.all(select(Item).where(col(Item.external_id) == "mail-1"), Item)
            return rows[0]

        row = await room.runtime.read(stored)
        assert row.text == masked
        assert row.sealed is not None
        assert b"4111" not in row.sealed
        assert b"anna@" not in row.sealed


async def test_a_text_that_would_stop_an_embedder_is_read_like_any_other(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        item_id = (await api.post("/feedback/v1/items", json=an_item(text="a" * 20_000))).json()["id"]
        blank = (await api.post("/feedback/v1/items", json=an_item(external_id="blank", text="  \u200b\n", score=5, scale_max=5))).json()["id"]
        await room.settle()
        assert (await api.get(f"/feedback/v1/items/{item_id}")).json()["state"] == "categorised"
        found = (await api.get(f"/feedback/v1/items/{blank}")).json()
        assert (found["state"], found["sentiment"], found["decision"]) == ("categorised", "positive", "unknown")


async def test_lists_are_filtered_and_paged_without_gaps(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        for number in range(5):
            await api.post("/feedback/v1/items", json=an_item(external_id=f"mail-{number}", customer_id=str(ANNA)))
        await api.post("/feedback/v1/items", json=an_item(external_id="other"))
        seen: list[str] = []
        cursor = ""
        while True:
            page = (await api.get(f"/feedback/v1/items?customer_id={ANNA}&limit=2{cursor}")).json()
            seen += [item["external_id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == ["mail-4", "mail-3", "mail-2", "mail-1", "mail-0"]
        assert (await api.get("/feedback/v1/items?limit=2&cursor=nonsense")).status_code == 422
        assert (await api.get("/feedback/v1/items?colour=red")).status_code == 422
        assert (await room.client("survey:read").get("/feedback/v1/items")).status_code == 403


async def test_a_correction_shows_at_once_is_kept_and_is_learned_from(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, subject="olga")
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        odd = "The gizmo blinks purple when I hold it against the lamp."
        item_id = (await api.post("/feedback/v1/items", json=an_item(text=odd))).json()["id"]
        await room.settle()
        before = (await api.get(f"/feedback/v1/items/{item_id}")).json()
        assert before["decision"] != "auto"
        assert [item["id"] for item in (await api.get("/feedback/v1/review-queue")).json()["items"]] == [item_id]

        assert (await api.post(f"/feedback/v1/items/{item_id}/corrections", json={"axis": "driver", "code": "nonsense"})).status_code == 422
        answer = await api.post(f"/feedback/v1/items/{item_id}/corrections", json={"axis": "driver", "code": "login-trouble"})
        assert (answer.status_code, answer.json()["driver"], answer.json()["department"], answer.json()["decision"]) == (
            201,
            "login-trouble",
            "it",
            "person",
        )
        await room.pass_time(seconds=5)
        kept = (await api.get(f"/feedback/v1/items/{item_id}/corrections")).json()
        assert [(one["axis"], one["was"], one["now"], one["by"]) for one in kept] == [("driver", before["driver"], "login-trouble", "olga")]
        assert [(one.now, one.department, one.by) for one in room.said(FeedbackCorrected)] == [("login-trouble", "it", "olga")]
        assert (await api.get("/feedback/v1/review-queue")).json()["items"] == []

        twin = (await api.post("/feedback/v1/items", json=an_item(external_id="twin", text="My gizmo blinks purple against the lamp!"))).json()["id"]
        await room.settle()
        learned = (await api.get(f"/feedback/v1/items/{twin}")).json()
        source = next(label["source"] for label in learned["labels"] if label["axis"] == "driver")
        assert (learned["driver"], source) == ("login-trouble", "model:driver@3")


async def test_what_a_young_head_was_sure_of_is_read_again_by_the_next(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, subject="olga")
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        sure = (await api.post("/feedback/v1/items", json=an_item(text="My parcel is two weeks late."))).json()["id"]
        odd = (await api.post("/feedback/v1/items", json=an_item(external_id="odd", text="The gizmo blinks purple."))).json()["id"]
        await room.settle()

        async def reading() -> tuple[str, str, str]:
            found = (await api.get(f"/feedback/v1/items/{sure}")).json()
            return found["driver"], found["decision"], next(one["source"] for one in found["labels"] if one["axis"] == "driver")

        first = await reading()
        await api.post(f"/feedback/v1/items/{odd}/corrections", json={"axis": "driver", "code": "login-trouble"})
        await room.pass_time(seconds=5)
        assert (first, await reading()) == (("late-delivery", "auto", "model:driver@2"), ("late-delivery", "auto", "model:driver@3"))


async def test_a_driver_must_belong_to_a_known_department(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        refused = await api.put("/feedback/v1/drivers/late", json={"names": {"en": "Late"}, "department": "nobody"})
        assert (refused.status_code, refused.json()["code"]) == (422, "feedback_unknown_department")
        assert (await api.get("/feedback/v1/taxonomy")).json() == {"departments": [], "codes": []}


async def test_what_was_read_before_the_taxonomy_was_learned_is_read_again_and_names_its_follow_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        text = "Where is my parcel? It is a week late, I am so annoyed."
        item = (await api.post("/feedback/v1/items", json=an_item(customer_id=str(ANNA), kind="answer", text=text, score=1, scale_max=5))).json()
        await room.settle()
        assert (await api.get(f"/feedback/v1/items/{item['id']}")).json()["driver"] is None
        follow_up = (await api.get("/feedback/v1/follow-ups")).json()["items"][0]
        assert follow_up["issue"] == "general"

        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        assert (await api.get(f"/feedback/v1/items/{item['id']}")).json()["driver"] == "late-delivery"
        follow_ups = (await api.get("/feedback/v1/follow-ups")).json()["items"]
        assert [(one["id"], one["issue"], one["department"]) for one in follow_ups] == [(follow_up["id"], "late-delivery", "logistics")]


class LingeringReader(Reader):
    """Has read, and holds what it read until it is told to hand it over."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.embedder, reader.detect_language, reader.shipped, {})
        self.has_read, self.may_go_on = threading.Event(), threading.Event()

    def read(self, *args: Any, **named: Any) -> list[ReadItem]:
        found = super().read(*args, **named)
        self.has_read.set()
        assert self.may_go_on.wait(30)
        return found


async def test_what_was_being_read_while_the_first_head_came_is_read_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        item = (await api.post("/feedback/v1/items", json=an_item())).json()
        slow = LingeringReader(room.runtime.resources["reader"])
        room.runtime.resources["reader"] = slow
        job = DueJob(kind="any", key="driver", due_at=room.clock.now(), attempts=0, payload={})
        batch = asyncio.create_task(reading.categorise(room.runtime, job))
        await asyncio.to_thread(slow.has_read.wait, 30)
        await learning.learn(room.runtime, job)
        slow.may_go_on.set()
        await batch
        await room.settle()
        assert (await api.get(f"/feedback/v1/items/{item['id']}")).json()["driver"] == "late-delivery"
