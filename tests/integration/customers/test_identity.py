"""Who is who: keys, creation, change, conflicts."""

import asyncio

from services.customers.app import service
from services.customers.contract import CustomerChanged
from services.customers.domain.keys import KeyKind
from tests.conftest import OpenRoom
from tests.integration.customers.builders import put

WRITE = ("customers:read", "customers:write", "customers:admin", "internal")


async def test_a_customer_is_created_once_and_found_by_every_key_in_any_spelling(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        made = await put(
            api, "K-1", display_name="Ann", country="DE", phone="030 901820", email="Ann@Example.com", keys=[{"kind": "order", "value": "O/7"}]
        )
        assert made["phone"] == "+4930901820"
        assert made["email"] == "ann@example.com"
        assert made["member_ids"] == [made["id"]]
        assert made["keys"] == [
            {"kind": "account", "value": "K-1"},
            {"kind": "email", "value": "ann@example.com"},
            {"kind": "order", "value": "O/7"},
            {"kind": "phone", "value": "+4930901820"},
        ]
        for path in ("phone/+49 30 901820", "phone/030901820?country=DE", "email/ANN@EXAMPLE.COM", "order/O/7", "account/K-1"):
            answer = await api.get(f"/customers/v1/customers/by-key/{path}")
            assert (path, answer.status_code) == (path, 200)
            assert answer.json() == made
        await room.settle()
        told = room.said(CustomerChanged)
        assert [(one.version, one.email, str(one.customer_id), len(one.keys)) for one in told] == [(1, "ann@example.com", made["id"], 4)]


async def test_the_same_again_changes_and_tells_nothing_and_a_change_tells_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        first = await put(api, "K-1", display_name="Ann", language="de")
        assert await put(api, "K-1", display_name="Ann") == first
        second = await put(api, "K-1", language="en", tier="gold", segment={"plan": "basic"})
        assert (second["display_name"], second["language"], second["tier"], second["segment"]) == ("Ann", "en", "gold", {"plan": "basic"})
        third = await put(api, "K-1", tier=None)
        assert (third["tier"], third["version"]) == (None, 3)
        await room.settle()
        assert [(one.version, one.language, one.tier) for one in room.said(CustomerChanged)] == [
            (1, "de", None),
            (2, "en", "gold"),
            (3, "en", None),
        ]


async def test_keys_of_two_customers_are_refused_with_the_way_to_merge_and_nothing_changes(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        one = await put(api, "K-1", email="a@b.de")
        other = await put(api, "K-2")
        refused = await api.put("/customers/v1/customers/by-key/account/K-2", json={"email": "A@B.de", "display_name": "X"})
        assert refused.status_code == 409
        problem = refused.json()
        assert problem["code"] == "key_taken"
        assert "POST /customers/v1/merges" in problem["detail"]
        assert one["id"] in problem["detail"]
        assert other["id"] in problem["detail"]
        assert (await api.get(f"/customers/v1/customers/{other['id']}")).json() == other
        taken = await api.post(f"/customers/v1/customers/{other['id']}/keys", json={"kind": "account", "value": "K-1"})
        assert (taken.status_code, taken.json()["code"]) == (409, "key_taken")
        given = await api.post(f"/customers/v1/customers/{other['id']}/keys", json={"kind": "platform", "value": "tp:9"})
        assert given.status_code == 201
        assert {"kind": "platform", "value": "tp:9"} in given.json()["keys"]


async def test_a_new_key_beside_a_known_one_belongs_to_the_known_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        known = await put(api, "K-1", email="a@b.de")
        linked = await api.put(
            "/customers/v1/customers/by-key/platform/tp:1", json={"keys": [{"kind": "email", "value": "a@b.de"}], "display_name": "Ann"}
        )
        assert (linked.json()["id"], linked.json()["display_name"]) == (known["id"], "Ann")


async def test_unreadable_keys_unknown_kinds_and_unknown_fields_are_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        bad_phone = await api.put("/customers/v1/customers/by-key/account/K-1", json={"phone": "030 901820"})
        assert (bad_phone.status_code, bad_phone.json()["code"], bad_phone.json()["errors"][0]["pointer"]) == (422, "unusable_key", "/phone")
        assert (await api.put("/customers/v1/customers/by-key/shoe/44", json={})).status_code == 422
        assert (await api.put("/customers/v1/customers/by-key/account/K-1", json={"shoe": 44})).status_code == 422
        assert (await api.get("/customers/v1/customers/by-key/account/K-1")).status_code == 404
        assert (await room.client("feedback:read").get("/customers/v1/customers/by-key/account/K-1")).status_code == 403
        assert (await room.anonymous().get("/customers/v1/customers/by-key/account/K-1")).status_code == 401


async def test_ten_equal_requests_at_once_make_one_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        answers = await asyncio.gather(*(api.put("/customers/v1/customers/by-key/account/K-1", json={"display_name": "Ann"}) for _ in range(10)))
        assert [answer.status_code for answer in answers] == [200] * 10
        assert len({answer.json()["id"] for answer in answers}) == 1
        await room.settle()
        assert len(room.said(CustomerChanged)) == 1


async def test_keys_and_ids_resolve_to_the_person_in_the_order_of_the_questions(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        made = await put(api, "K-1", phone="+4930901820")
        keys = [{"kind": KeyKind.PHONE, "value": "0049 30 901820"}, {"kind": "email", "value": "?"}, {"kind": "account", "value": "K-1"}]
        found = (await api.post("/customers/internal/v1/resolve", json={"keys": keys})).json()["resolved"]
        assert [one["customer_id"] for one in found] == [made["id"], None, made["id"]]
        assert [one["member_ids"] for one in found] == [[made["id"]], [], [made["id"]]]
        assert (await api.post("/customers/internal/v1/resolve", json={})).status_code == 422


async def test_who_may_be_the_same_person_is_suggested_with_the_evidence_and_not_merged(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("customers:read", "customers:write", "customers:admin")
        ann = await put(api, "K-1", display_name="Ann-Marie Dürer", email="ann.duerer@a.de", phone="+4930901820")
        same = await put(api, "K-2", display_name="DURER, Ann Marie", email="annduerer+shop@b.com")
        line = await put(api, "K-3", display_name="A. Duerer", phone="+4330901820")
        for number in range(20):
            await put(api, f"S-{number}", display_name=f"Stranger Number{number}")
        found = (await api.get(f"/customers/v1/customers/{ann['id']}/candidates")).json()["items"]
        assert [one["customer_id"] for one in found] == [same["id"], line["id"]]
        assert [one["kind"] for one in found[0]["evidence"]] == ["name", "mailbox"]
        assert [(one["kind"], one["holders"]) for one in found[1]["evidence"]] == [("line", 2)]
        assert found[0]["evidence"][0]["sentence"] == "Both have the same name, letter case, accents and word order aside (2 records have it)."
        assert found[0]["probability"] > 0.6 > found[1]["probability"] > 0.3
        assert (await api.get(f"/customers/v1/customers/{ann['id']}")).json()["member_ids"] == [ann["id"]]
        merge = {"survivor_id": ann["id"], "merged_id": same["id"], "reason": "same passport"}
        assert (await api.post("/customers/v1/merges", json=merge)).status_code == 201
        left = (await api.get(f"/customers/v1/customers/{ann['id']}/candidates")).json()["items"]
        assert [one["customer_id"] for one in left] == [line["id"]]
        await api.post(f"/customers/v1/customers/{line['id']}/erase")
        assert (await api.get(f"/customers/v1/customers/{ann['id']}/candidates")).json()["items"] == []


async def test_who_was_said_to_be_somebody_else_is_not_suggested_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("customers:read", "customers:write", "customers:admin", subject="olga")
        ann = await put(api, "K-1", display_name="Ann-Marie Dürer", phone="+4930901820")
        other = await put(api, "K-2", display_name="DURER, Ann Marie", phone="+4930901821")
        twin = await put(api, "K-3", display_name="Ann-Marie Dürer")
        for number in range(20):
            await put(api, f"S-{number}", display_name=f"Stranger Number{number}")

        async def suggested(id_: str, **query: str) -> list[tuple[str, str | None]]:
            found = (await api.get(f"/customers/v1/customers/{id_}/candidates", params=query)).json()["items"]
            return sorted((one["customer_id"], one["refused_by"]) for one in found)

        before = await suggested(ann["id"])
        door = f"/customers/v1/customers/{ann['id']}/candidates/{other['id']}/refusal"
        said = [(await api.put(door)).json() for _ in range(2)]
        after, refused, mirrored = await suggested(ann["id"]), await suggested(ann["id"], refused="true"), await suggested(other["id"])
        merge = {"survivor_id": other["id"], "merged_id": twin["id"], "reason": "same passport"}
        merged = (await api.post("/customers/v1/merges", json=merge)).json()
        of_the_merged = await suggested(ann["id"])
        one_person = await api.put(f"/customers/v1/customers/{twin['id']}/candidates/{other['id']}/refusal")
        await api.post(f"/customers/v1/merges/{merged['id']}/undo")
        apart = await suggested(ann["id"])
        taken_back = await api.delete(door)
        again = await suggested(ann["id"])

        assert before == again == sorted([(other["id"], None), (twin["id"], None)])
        assert (said[0], said[0]["refused_by"], {said[0]["customer_id"], said[0]["other_id"]}) == (said[1], "olga", {ann["id"], other["id"]})
        assert (after, refused, mirrored) == ([(twin["id"], None)], [(other["id"], "olga")], [(twin["id"], None)])
        assert (of_the_merged, apart) == ([], [(twin["id"], None)])
        assert (one_person.status_code, one_person.json()["code"]) == (409, "already_one_person")
        assert taken_back.status_code == 204
