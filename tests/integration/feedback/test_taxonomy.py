"""The organisation's own words: axes of its own, wider and narrower codes, every version kept, two codes that become one."""

import json

from services.feedback.app import service
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import DRIVERS, an_item, put_taxonomy

ALL = ("feedback:read", "feedback:write", "feedback:admin")


async def test_two_codes_become_one_without_losing_what_people_said(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, subject="olga")
        await put_taxonomy(api)
        lost = {
            "names": {"en": "Parcel lost"},
            "description": "The parcel got lost on its way.",
            "department": "logistics",
            "parent": "late-delivery",
        }
        assert (await api.put("/feedback/v1/drivers/parcel-lost", json=lost)).json()["parent"] == "late-delivery"
        circle = await api.put("/feedback/v1/drivers/late-delivery", json={**DRIVERS["late-delivery"], "parent": "parcel-lost"})
        assert (circle.status_code, circle.json()["code"]) == (422, "feedback_unknown_parent")
        await room.pass_time(seconds=5)
        item = (await api.post("/feedback/v1/items", json=an_item(text="The gizmo vanished in the mail."))).json()["id"]
        await room.settle()
        await api.post(f"/feedback/v1/items/{item}/corrections", json={"axis": "driver", "code": "parcel-lost"})
        await room.pass_time(seconds=5)

        merged = await api.post("/feedback/v1/codes/driver/parcel-lost/merge", json={"into": "late-delivery"})
        assert (merged.json()["active"], merged.json()["merged_into"]) == (False, "late-delivery")
        await room.pass_time(seconds=5)
        assert (await api.get(f"/feedback/v1/items/{item}")).json()["driver"] == "late-delivery"
        kept = (await api.get(f"/feedback/v1/items/{item}/corrections")).json()
        assert [one["now"] for one in kept] == ["parcel-lost"]
        reading = (await api.post("/feedback/v1/readings", json={"texts": ["My gizmo vanished in the mail too."]})).json()[0]
        assert reading["best"][0]["code"] == "late-delivery"
        versions = (await api.get("/feedback/v1/codes/driver/parcel-lost/versions")).json()
        assert [(one["version"], one["content"]["merged_into"], one["by"]) for one in versions] == [(2, "late-delivery", "olga"), (1, None, "olga")]
        assert (await api.post("/feedback/v1/codes/driver/parcel-lost/merge", json={"into": "wrong-invoice"})).status_code == 422


async def test_an_axis_of_the_organisation_s_own_is_read_and_put_right_like_any_other(open_room: OpenRoom) -> None:
    stages = {"order": "The customer orders, pays or chooses a product.", "delivery": "The parcel is on its way or arrives late."}
    async with open_room(service) as room:
        api = room.client(*ALL)
        for code, description in stages.items():
            body = {"names": {"en": code.title()}, "description": description}
            assert (await api.put(f"/feedback/v1/codes/journey_stage/{code}", json=body)).status_code == 200
        await room.pass_time(seconds=5)
        item = (await api.post("/feedback/v1/items", json=an_item(text="My parcel arrived late."))).json()["id"]
        await room.settle()
        labels = {one["axis"]: one for one in (await api.get(f"/feedback/v1/items/{item}")).json()["labels"]}
        assert (labels["journey_stage"]["code"], labels["journey_stage"]["source"]) == ("delivery", "model:journey_stage@2")
        corrected = (await api.post(f"/feedback/v1/items/{item}/corrections", json={"axis": "journey_stage", "code": "order"})).json()
        assert [(one["code"], one["decision"]) for one in corrected["labels"] if one["axis"] == "journey_stage"] == [("order", "person")]
        assert corrected["driver"] is None


async def test_names_alone_claim_no_accuracy_and_what_people_confirmed_does(open_room: OpenRoom) -> None:
    wishes = ("card lost", "card late", "wrong fee", "refund missing", "account locked", "new address", "exchange rate", "cash refused")
    codes = [wish.replace(" ", "_") for wish in wishes]
    async with open_room(service) as room:
        api = room.client(*ALL)
        for code, wish in zip(codes, wishes, strict=True):
            (await api.put(f"/feedback/v1/drivers/{code}", json={"names": {"en": wish.capitalize()}})).raise_for_status()
        await room.pass_time(seconds=30)
        assert (await api.get("/feedback/v1/models/driver")).json()[0]["accuracy"] is None
        hint = (await api.post("/feedback/v1/readings", json={"texts": ["There is a problem with my card and the fee."]})).json()[0]
        assert hint["decision"] == "needs_review"

        told = [{"external_id": f"t-{at}", "text": f"{wishes[at % 8]}, case {at}", "labels": {"driver": codes[at % 8]}} for at in range(144)]
        body = "\n".join(json.dumps({"kind": "email", **one}) for one in told).encode()
        report = await api.post("/feedback/v1/items/bulk", content=body, headers={"content-type": "application/x-ndjson"})
        assert report.json()["accepted"] == 144
        await room.pass_time(seconds=30)
        assert (await api.get("/feedback/v1/models/driver")).json()[0]["accuracy"] == 1.0
