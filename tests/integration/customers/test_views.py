"""The gateway's doors, and the door of those who want to be forgotten."""

import json
from uuid import UUID

from services.customers.app import service
from services.customers.contract import CustomerErased
from services.kit.db import Tx
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.customers.builders import answered, contact_ended, contact_queued, key, put, timeline

WRITE = ("customers:read", "customers:write", "customers:admin", "internal")
VIEWS = "/customers/internal/v1/customers/views"


async def test_views_of_many_customers_in_one_call_with_sizes_and_versions(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        one, other, quiet = [(await put(api, f"K-{number}"))["id"] for number in (1, 2, 3)]
        await room.hear(*(contact_queued(new_id(), UUID(id_)) for id_ in (one, one, one, other)))
        await room.hear(answered(UUID(one), 1))
        await api.post("/customers/v1/cases", json={"customer_id": one, "title": "t", "description": "d", "language": "en"})
        order = {"order_reference": "O-1", "customer_key": {"kind": "account", "value": "K-2"}, "product": "lamp"}
        await api.post("/customers/v1/orders", json=order)
        await room.settle()
        ask = {"customer_ids": [one, other, quiet, str(new_id())], "sizes": {"timeline": 3}}
        views = (await api.post(VIEWS, json=ask)).json()["views"]
        assert set(views) == {one, other, quiet}
        assert set(views[one]) == {"profile", "cases", "orders", "consents", "mood", "value", "offer", "timeline"}
        assert [len(views[id_]["timeline"]["data"]) for id_ in (one, other, quiet)] == [3, 2, 0]
        assert views[one]["timeline"]["data"] == (await timeline(api, one))[:3]
        assert [case["title"] for case in views[one]["cases"]["data"]] == ["t"]
        assert [order["product"] for order in views[other]["orders"]["data"]] == ["lamp"]
        assert [views[id_]["mood"]["data"]["mood"] for id_ in (one, other, quiet)] == ["unhappy", "neutral", "neutral"]
        assert views[one]["mood"]["data"]["because"] == "The customer answered survey csat: 1 of 5"
        assert "unhappy" in [reason["code"] for reason in views[one]["offer"]["data"]["withheld"]]
        assert views[one]["profile"]["data"]["id"] == one
        assert views[quiet]["timeline"]["version"] == 0
        assert views[one]["profile"]["as_of"] == "2026-11-23T09:00:00Z"
        only = (await api.post(VIEWS, json={"customer_ids": [one], "sections": ["mood"]})).json()["views"]
        assert only == {one: {"mood": views[one]["mood"]}}


async def test_of_a_section_only_the_fields_that_are_named_leave_the_service(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        one = (await put(api, "K-1"))["id"]
        await room.hear(contact_queued(new_id(), UUID(one)))
        asked = {"customer_ids": [one], "sections": ["profile", "mood", "timeline"]}
        whole = (await api.post(VIEWS, json=asked)).json()["views"][one]
        fields = {"profile": ["keys.*.value", "id", "nothing.of.this"], "timeline": ["*.kind", "*.id"], "cases": ["*.title"]}
        answer = await api.post(VIEWS, json={**asked, "fields": fields})
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["views"][one] == {
            "profile": {**whole["profile"], "data": {"id": one, "keys": [{"value": "K-1"}]}},
            "mood": whole["mood"],
            "timeline": {**whole["timeline"], "data": [{"id": each["id"], "kind": each["kind"]} for each in whole["timeline"]["data"]]},
        }
        all_keys = (await api.post(VIEWS, json={**asked, "fields": {"profile": ["keys", "keys.*.value"]}})).json()["views"][one]
        assert all_keys["profile"]["data"] == {"keys": whole["profile"]["data"]["keys"]}


async def test_a_field_that_cannot_be_one_is_refused_with_its_place(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        for fields, place in (
            ({"profile": ["id", "Id"]}, "/fields/profile/1"),
            ({"profile": ["keys..value"]}, "/fields/profile/0"),
            ({"profile": [".".join(["a"] * 11)]}, "/fields/profile/0"),
            ({"profile": []}, "/fields/profile"),
            ({"profile": ["id"] * 201}, "/fields/profile"),
            ({f"s{number}": ["id"] for number in range(21)}, "/fields"),
        ):
            refused = await api.post(VIEWS, json={"customer_ids": [], "fields": fields})
            assert (refused.status_code, [one["pointer"] for one in refused.json()["errors"]]) == (422, [place])


async def test_a_merged_id_shows_the_whole_person_under_the_id_that_was_asked_for(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        one, other, third = [(await put(api, f"K-{number}"))["id"] for number in (1, 2, 3)]
        await room.hear(*(contact_queued(new_id(), UUID(id_)) for id_ in (one, other, third)))
        await api.post("/customers/v1/merges", json={"survivor_id": one, "merged_id": other, "reason": "x"})
        views = (await api.post(VIEWS, json={"customer_ids": [other, third], "sections": ["profile", "timeline"]})).json()["views"]
        assert views[other]["profile"]["data"]["member_ids"] == [one, other]
        assert {entry["customer_id"] for entry in views[other]["timeline"]["data"]} == {one, other}
        assert len(views[third]["timeline"]["data"]) == 1


async def test_the_view_doors_are_closed_to_everybody_but_the_gateway(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("customers:read", "customers:write", "customers:admin")
        assert (await api.post(VIEWS, json={"customer_ids": []})).status_code == 403
        assert (await api.post("/customers/internal/v1/resolve", json={"ids": [str(new_id())]})).status_code == 403
        gateway = room.client("internal")
        assert (await gateway.post(VIEWS, json={"customer_ids": [str(new_id())] * 101})).status_code == 422
        assert (await gateway.post(VIEWS, json={"customer_ids": [], "sections": ["shoes"]})).status_code == 422


async def test_views_cost_the_same_number_of_statements_for_one_customer_and_for_twenty(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        ids = [UUID((await put(api, f"K-{number}"))["id"]) for number in range(20)]
        await room.hear(*(contact_queued(new_id(), id_) for id_ in ids))

        async def statements(tx: Tx, wanted: list[UUID]) -> int:
            from datetime import timedelta

            from services.customers.queries.views import SectionName, customer_sections

            counted = 0
            run = tx.run

            async def counting(*args: object) -> object:
                nonlocal counted
                counted += 1
                return await run(*args)  # type: ignore[arg-type]  # handed on as it came

            tx.run = counting  # type: ignore[method-assign, assignment]  # counts what the query asks
            await customer_sections(tx, wanted, list(SectionName), {}, timedelta(days=30))
            return counted

        few = await room.runtime.read(statements, ids[:2])
        many = await room.runtime.read(statements, ids)
        assert few == many
        assert many <= 20


async def test_a_view_that_did_not_change_is_not_sent_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = (await put(api, "K-1", display_name="Ann"))["id"]
        path = f"/customers/internal/v1/customers/{customer}/view"
        await room.hear(*(contact_queued(new_id(), UUID(customer)) for _ in range(3)))
        first = await api.get(path, params={"sections": "profile,timeline:2"})
        assert {name: part["version"] for name, part in first.json()["sections"].items()} == {"profile": 1, "timeline": 6}
        assert len(first.json()["sections"]["timeline"]["data"]) == 2
        mark = first.headers["etag"]
        again = await api.get(path, params={"sections": "profile,timeline:2"}, headers={"If-None-Match": mark})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
        await room.hear(contact_queued(new_id(), UUID(customer)))
        changed = await api.get(path, params={"sections": "profile,timeline:2"}, headers={"If-None-Match": mark})
        assert (changed.status_code, changed.json()["sections"]["timeline"]["version"]) == (200, 8)
        offer = await api.get(path, params={"sections": "offer"})
        await api.put(f"/customers/v1/customers/{customer}/consents/marketing/email", json={"granted": True, "text_version": "1", "source": "desk"})
        after = await api.get(path, params={"sections": "offer"}, headers={"If-None-Match": offer.headers["etag"]})
        assert after.status_code == 200
        assert (await api.get(path, params={"sections": "shoes"})).status_code == 422
        assert (await api.get(f"/customers/internal/v1/customers/{new_id()}/view")).status_code == 404


async def test_an_erased_customer_is_forgotten_counted_and_not_brought_back(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = (await put(api, "SECRET-1", display_name="Secret Name", email="secret@example.com", phone="+4930901820"))["id"]
        order = {"order_reference": "SECRET-O", "customer_key": {"kind": "account", "value": "SECRET-1"}, "product": "lamp"}
        await api.post("/customers/v1/orders", json=order)
        words = {"title": "Secret title", "description": "Secret text", "language": "en"}
        case = (await api.post("/customers/v1/cases", json={**words, "customer_id": customer})).json()
        text = {"title": "Secret", "problem": "Secret", "resolution": "Secret", "language": "en"}
        await api.post(f"/customers/v1/cases/{case['id']}/write-up", json=text)
        await room.settle()
        assert (await room.client("customers:write").post(f"/customers/v1/customers/{customer}/erase")).status_code == 403
        for _ in range(2):
            assert (await api.post(f"/customers/v1/customers/{customer}/erase")).status_code == 204
        await room.settle()
        assert [told.customer_id for told in room.said(CustomerErased)] == [UUID(customer)]

        left = (await api.get(f"/customers/v1/customers/{customer}")).json()
        assert (left["display_name"], left["email"], left["keys"]) == (None, None, [])
        assert left["erased_at"] == "2026-11-23T09:00:00Z"
        entries = await timeline(api, customer)
        assert sorted(entry["kind"] for entry in entries) == ["case_opened", "case_written_up", "order_placed"]
        assert "ecret" not in json.dumps(entries)
        assert (await api.post(VIEWS, json={"customer_ids": [customer]})).text.lower().count("secret") == 0

        for path in ("account/SECRET-1", "email/secret@example.com", "phone/+4930901820", "order/SECRET-O"):
            back = await api.put(f"/customers/v1/customers/by-key/{path}", json={})
            assert (path, back.status_code, back.json()["code"]) == (path, 410, "customer_erased")
        await room.hear(contact_ended(new_id(), keys=[key("email", "Secret@example.com")]), contact_queued(new_id(), UUID(customer)))
        assert len(await timeline(api, customer)) == 3
        late = await api.post("/customers/v1/cases", json={**words, "customer_id": customer})
        assert late.status_code == 410
        other = (await put(api, "K-2"))["id"]
        merge = await api.post("/customers/v1/merges", json={"survivor_id": other, "merged_id": customer, "reason": "x"})
        assert merge.status_code == 410
