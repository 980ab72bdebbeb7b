"""A merge is reversible exactly, also for what happened after it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from services.customers.app import service
from services.customers.contract import CustomerChanged, CustomersMerged, CustomersUnmerged
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.customers.builders import MONDAY, answered, contact_ended, contact_queued, key, put, timeline
from tests.support.room import Room

WRITE = ("customers:read", "customers:write", "customers:admin", "internal")


async def merge(api: httpx.AsyncClient, survivor: str, merged: str) -> dict[str, Any]:
    answer = await api.post("/customers/v1/merges", json={"survivor_id": survivor, "merged_id": merged, "reason": "same passport"})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def live(room: Room, name: str, one: str, other: str, round_: int = 0) -> None:
    """Things happen to both customers, named by id and by key."""
    at = [MONDAY + timedelta(minutes=10 * round_ + step) for step in range(4)]
    await room.hear(contact_queued(new_id(), UUID(one), queued_at=at[0]), answered(UUID(other), 2, at[1]))
    await room.hear(
        contact_ended(new_id(), keys=[key("account", f"{name}-2")], ended_at=at[2]),
        contact_ended(new_id(), keys=[key("email", f"{name}@b.de")], ended_at=at[3]),
    )
    await room.settle()


def facts(entries: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What an entry says, without the ids that differ between two runs."""
    return [(one["occurred_at"], one["kind"], one["title"], one["source"]) for one in entries]


async def lives(room: Room, name: str, *, merged: bool) -> list[Any]:
    """Return what two customers look like after the same things happened to them, with or without a merge that was undone in between."""
    api = room.client(*WRITE)
    one = await put(api, f"{name}-1", email=f"{name}@b.de", display_name="Ann")
    other = await put(api, f"{name}-2", tier="gold", display_name="Anna")
    await live(room, name, one["id"], other["id"], 0)
    done = await merge(api, one["id"], other["id"]) if merged else None
    await live(room, name, one["id"], other["id"], 1)
    order = {"order_reference": f"{name}-O", "customer_key": {"kind": "account", "value": f"{name}-2"}, "product": "lamp"}
    assert (await api.post("/customers/v1/orders", json=order)).status_code == 201
    await room.settle()
    if done is not None:
        assert len(await timeline(api, other["id"], limit=100)) == 10
        assert (await api.post(f"/customers/v1/merges/{done['id']}/undo")).status_code == 200
    await live(room, name, one["id"], other["id"], 2)
    found: list[Any] = []
    for id_ in (one["id"], other["id"]):
        entries = await timeline(api, id_, limit=100)
        assert {entry["customer_id"] for entry in entries} == {id_}
        profile = (await api.get(f"/customers/v1/customers/{id_}")).json()
        assert profile["member_ids"] == [id_]
        keys = [(key["kind"], key["value"].replace(name, "")) for key in profile["keys"]]
        found.append((facts(entries), profile["display_name"], profile["tier"], keys))
    return found


async def test_merge_more_events_undo_leaves_both_exactly_as_if_never_merged(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        never = await lives(room, "never", merged=False)
        undone = await lives(room, "undone", merged=True)
        assert undone == never
        assert [len(facts_) for facts_, *_ in undone] == [6, 8]


async def test_after_a_merge_both_ids_and_all_keys_show_one_person_with_one_timeline(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        one = await put(api, "k-1", email="k@b.de", display_name="Ann")
        other = await put(api, "k-2", tier="gold")
        await live(room, "k", one["id"], other["id"])
        await merge(api, one["id"], other["id"])
        person = (await api.get(f"/customers/v1/customers/{other['id']}")).json()
        assert (person["id"], person["member_ids"]) == (one["id"], [one["id"], other["id"]])
        assert (person["display_name"], person["tier"], person["email"]) == ("Ann", "gold", "k@b.de")
        assert len(person["keys"]) == 3
        assert (await api.get("/customers/v1/customers/by-key/account/k-2")).json() == person
        joined = await timeline(api, one["id"])
        assert joined == await timeline(api, other["id"])
        assert {entry["customer_id"] for entry in joined} == {one["id"], other["id"]}
        assert len(joined) == 5
        changed = await put(api, "k-2", display_name="Anna Meyer", email="k@b.de")
        assert (changed["id"], changed["display_name"]) == (one["id"], "Anna Meyer")
        found = (await api.post("/customers/internal/v1/resolve", json={"ids": [other["id"], str(new_id())]})).json()["resolved"]
        assert [(answer["customer_id"], answer["member_ids"]) for answer in found] == [(one["id"], [one["id"], other["id"]]), (None, [])]
        await room.settle()
        assert [(str(told.survivor_id), str(told.merged_id)) for told in room.said(CustomersMerged)] == [(one["id"], other["id"])]
        last = {str(told.customer_id): (told.display_name, told.tier, len(told.keys)) for told in room.said(CustomerChanged)}
        assert last == {one["id"]: ("Anna Meyer", "gold", 2), other["id"]: ("Anna Meyer", "gold", 1)}


async def test_merges_are_undone_in_any_order(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        a, b, c = [(await put(api, f"k-{number}"))["id"] for number in (1, 2, 3)]
        first = await merge(api, a, b)
        second = await merge(api, c, b)
        assert (second["survivor_id"], second["merged_id"]) == (c, a)
        assert (await api.get(f"/customers/v1/customers/{b}")).json()["member_ids"] == [c, a, b]
        assert (await api.post(f"/customers/v1/merges/{first['id']}/undo")).json()["undone_at"] is not None
        assert (await api.get(f"/customers/v1/customers/{b}")).json()["member_ids"] == [b]
        assert (await api.get(f"/customers/v1/customers/{a}")).json()["member_ids"] == [c, a]
        again = await api.post(f"/customers/v1/merges/{first['id']}/undo")
        assert (again.status_code, again.json()["code"]) == (409, "merge_undone")
        await api.post(f"/customers/v1/merges/{second['id']}/undo")
        assert [(await api.get(f"/customers/v1/customers/{id_}")).json()["member_ids"] for id_ in (a, b, c)] == [[a], [b], [c]]
        await merge(api, b, a)
        await room.settle()
        assert len(room.said(CustomersUnmerged)) == 2


async def test_one_person_is_not_merged_with_itself(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        a, b = [(await put(api, f"k-{number}"))["id"] for number in (1, 2)]
        await merge(api, a, b)
        for pair in ((a, a), (a, b), (b, a)):
            refused = await api.post("/customers/v1/merges", json={"survivor_id": pair[0], "merged_id": pair[1], "reason": "x"})
            assert (refused.status_code, refused.json()["code"]) == (409, "already_one_person")
        unknown = await api.post("/customers/v1/merges", json={"survivor_id": a, "merged_id": str(new_id()), "reason": "x"})
        assert unknown.status_code == 404


async def test_versions_never_go_back_through_merge_and_undo(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        a, b = [(await put(api, f"k-{number}"))["id"] for number in (1, 2)]
        await put(api, "k-2", display_name="B")
        await live(room, "k", b, b)

        async def versions(id_: str) -> tuple[int, int]:
            ask = {"customer_ids": [id_], "sections": ["profile", "timeline"]}
            sections = (await api.post("/customers/internal/v1/customers/views", json=ask)).json()["views"][id_]
            return sections["profile"]["version"], sections["timeline"]["version"]

        seen = [await versions(a)]
        done = await merge(api, a, b)
        seen.append(await versions(a))
        await room.hear(contact_queued(new_id(), UUID(b)))
        seen.append(await versions(a))
        await api.post(f"/customers/v1/merges/{done['id']}/undo")
        seen.append(await versions(a))
        profile, line = zip(*seen, strict=True)
        assert profile[0] < profile[1] == profile[2] < profile[3]
        assert line[0] < line[1] < line[2] < line[3]
