"""Who asks to be forgotten is forgotten everywhere, provably, and whatever dies on the way."""

import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.customers.app import service
from services.customers.contract import CustomerErased, ErasureCompleted
from services.customers.models import Base
from services.customers.repository.sealing import shred
from services.customers.use_cases.receipts import RECEIPTS
from services.kit.db import Tx
from services.kit.events import Envelope
from services.kit.ids import new_id
from services.kit.subjects import forget_told
from services.knowledge.contract import SelfServiceFailed
from tests.conftest import OpenRoom
from tests.integration.customers.builders import MONDAY, contact_ended, contact_queued, key, put, timeline
from tests.support.room import Room, opened_room

ADMIN = ("customers:read", "customers:write", "privacy:erase", "internal")
CANARY = "canary"
PEOPLE = ["feedback", "insight", "knowledge", "routing", "survey"]


async def lived(room: Room, name: str = CANARY) -> UUID:
    """A customer who left words in every place that takes any, in two records that are one person."""
    api = room.client(*ADMIN)
    fields = {"display_name": f"{name} name", "email": f"{name}@example.com", "phone": "+4930901820", "segment": {"town": f"{name} town"}}
    one = await put(api, f"{name}-1", **fields, keys=[{"kind": "platform", "value": f"{name}-p"}])
    other = await put(api, f"{name}-2", display_name=f"{name} other")
    order = {"order_reference": f"{name}-o", "customer_key": {"kind": "account", "value": f"{name}-1"}, "product": "lamp"}
    assert (await api.post("/customers/v1/orders", json=order, headers={"Idempotency-Key": "i1"})).status_code == 201
    words = {"title": f"{name} title", "description": f"{name} text", "language": "en", "customer_id": one["id"]}
    case = (await api.post("/customers/v1/cases", json=words, headers={"Idempotency-Key": "i2"})).json()
    text = {name_: f"{name} {name_}" for name_ in ("title", "problem", "environment", "cause", "resolution")}
    done = await api.post(f"/customers/v1/cases/{case['id']}/write-up", json={**text, "language": "en"}, headers={"Idempotency-Key": "i3"})
    assert done.status_code == 201
    word = {"granted": True, "text_version": "v1", "source": f"{name} said so"}
    await api.put(f"/customers/v1/customers/{one['id']}/consents/marketing/email", json=word)
    failed = SelfServiceFailed.model_validate(
        {
            **dict.fromkeys(SelfServiceFailed.model_fields),
            "session_id": new_id(),
            "customer_keys": [key("account", f"{name}-2")],
            "queries": [f"{name} query"],
            "steps": (f"{name} step",),
            "articles": [],
            "language": "en",
            "wants_contact": False,
            "failed_at": MONDAY,
        }
    )
    await room.hear(contact_queued(new_id(), UUID(one["id"]), topic=f"{name} topic"), failed)
    merge = {"survivor_id": one["id"], "merged_id": other["id"], "reason": f"{name} reason"}
    assert (await api.post("/customers/v1/merges", json=merge, headers={"Idempotency-Key": "i4"})).status_code == 201
    await room.settle()
    return UUID(one["id"])


async def kept(room: Room, word: str) -> list[str]:
    """Return every table and column that holds the word."""

    async def search(tx: Tx) -> list[str]:
        found = []
        for table in Base.metadata.sorted_tables:
            for row in await tx.rows(table.select()):
                found += [f"{table.name}.{name}" for name, value in row.items() if word in str(value)]
        return found

    return sorted(set(await room.runtime.read(search)))


async def ask(room: Room, customer_id: UUID) -> dict[str, Any]:
    answer = await room.client(*ADMIN, subject="officer").post("/customers/v1/erasures", json={"customer_id": str(customer_id)})
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def state(room: Room, erasure_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await room.client(*ADMIN).get(f"/customers/v1/erasures/{erasure_id}")).json()
    return found


def receipts_for(told: list[CustomerErased], rows: int = 3) -> list[Any]:
    """What the other services answer."""
    return [kind(erasure_id=one.erasure_id, customer_id=one.customer_id, rows=rows) for one in told for kind in RECEIPTS if one.erasure_id]


async def test_every_service_is_told_and_the_erasure_is_complete_with_the_last_receipt(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        customer = await lived(room)
        asked = await ask(room, customer)
        assert (asked["state"], asked["requested_by"], asked["missing"]) == ("running", "officer", ["customers", *PEOPLE])
        await room.settle()
        assert (await state(room, asked["id"]))["missing"] == PEOPLE
        told = room.said(CustomerErased)
        assert len(told) == 2
        answers = receipts_for(told)
        await room.hear(*answers[1:], *answers[1:])
        await room.settle()
        last = await state(room, asked["id"])
        assert (last["state"], last["missing"], room.said(ErasureCompleted)) == ("running", ["survey"], [])
        await room.hear(answers[0])
        await room.settle()
        done = await state(room, asked["id"])
        assert (done["state"], done["missing"], done["overdue"]) == ("completed", [], False)
        assert {(one["service"], one["rows"]) for one in done["receipts"] if one["service"] != "customers"} == {(name, 3) for name in PEOPLE}
        assert [one.customer_id for one in room.said(ErasureCompleted)] == [customer]
        assert (await ask(room, customer))["id"] == asked["id"]
        await room.pass_time(days=2)
        assert len(room.said(CustomerErased)) == 2


async def test_who_owes_a_receipt_is_told_again_and_named(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        asked = await ask(room, await lived(room))
        await room.settle()
        await room.hear(*(one for one in receipts_for(room.said(CustomerErased)) if not one.subject.startswith("routing")))
        await room.pass_time(hours=25)
        late = await state(room, asked["id"])
        assert (late["missing"], late["overdue"], late["rounds"]) == (["routing"], True, 26)
        assert len(room.said(CustomerErased)) == 2 * 26
        running = (await room.client(*ADMIN).get("/customers/v1/erasures", params={"state": "running"})).json()["items"]
        assert [one["id"] for one in running] == [asked["id"]]


async def test_no_word_of_an_erased_customer_is_left_in_any_table(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        customer = await lived(room)
        before = await kept(room, CANARY)
        sealed = {"customer.display_name", "customer_key.value", "customer_case.description", "case_write_up.problem", "timeline_entry.data"}
        assert not sealed & set(before)
        assert {"outbox.data", "idempotency_key.body", "merge.reason", "customer_order.order_reference", "consent.source"} <= set(before)
        export = await room.client(*ADMIN).get(f"/customers/v1/customers/{customer}/export")
        assert export.text.count(CANARY) > 20
        await ask(room, customer)
        await room.settle()
        assert await kept(room, CANARY) == []
        left = await room.client(*ADMIN).get(f"/customers/v1/customers/{customer}/export")
        assert CANARY not in left.text


async def test_what_is_heard_of_an_erased_customer_afterwards_is_not_kept(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        customer = await lived(room)
        await ask(room, customer)
        await room.settle()
        before = len(await timeline(room.client(*ADMIN), customer, limit=100))
        late = contact_ended(new_id(), keys=[key("email", f"{CANARY}@example.com")], topic=f"{CANARY} again")
        await room.hear(late, contact_queued(new_id(), customer, topic=f"{CANARY} again"))
        assert await kept(room, f"{CANARY} again") == []
        assert len(await timeline(room.client(*ADMIN), customer, limit=100)) == before
        back = await room.client(*ADMIN).put(f"/customers/v1/customers/by-key/account/{CANARY}-1", json={"display_name": "back"})
        assert (back.status_code, back.json()["code"]) == (410, "customer_erased")


async def test_an_old_copy_of_the_file_with_the_keys_of_today_tells_nothing(tmp_path: Path) -> None:
    """Whoever finds yesterday's backup finds no name and no word: they are sealed, and the key is destroyed."""
    async with opened_room(service, tmp_path / "live", None) as room:
        customer = await lived(room)
        await room.runtime.write(forget_told, [str(customer)])
    backup = shutil.copytree(tmp_path / "live", tmp_path / "backup")
    async with opened_room(service, backup, None) as room:
        shown = (await room.client(*ADMIN).get(f"/customers/v1/customers/{customer}")).json()
        assert (shown["display_name"], len(shown["keys"])) == (f"{CANARY} name", 6)
        await room.runtime.write(shred, [UUID(one) for one in shown["member_ids"]])
        shown = (await room.client(*ADMIN).get(f"/customers/v1/customers/{customer}")).json()
        assert (shown["display_name"], shown["email"], {one["value"] for one in shown["keys"]}) == ("", "", {""})
        entries = await timeline(room.client(*ADMIN), customer, limit=100)
        assert {(entry["title"], str(entry["data"])) for entry in entries} == {("", "{}")}


class Killed(BaseException):
    """The process ends here."""


def mortal(room: Room, dies_at: int, *, after: bool) -> list[int]:
    """Let the process die at its n-th transaction, before or after the commit; return the count of transactions so far."""
    write, count = room.runtime.db.write, [0]

    async def once(*args: Any, **more: Any) -> Any:
        count[0] += 1
        if count[0] == dies_at and not after:
            raise Killed
        result = await write(*args, **more)
        if count[0] == dies_at:
            raise Killed
        return result

    room.runtime.db.write = once  # type: ignore[method-assign]
    return count


async def erase_all(room: Room, customer: UUID) -> None:
    """Ask until it is accepted, let the others answer, and go on to the end."""
    asked = await ask(room, customer)
    for _ in range(2):
        await room.pass_time(minutes=2)  # longer than the lease of work that a dead process had in hand
        await room.hear(*receipts_for(await told(room)))
    assert (await state(room, asked["id"]))["state"] == "completed"


async def told(room: Room) -> list[CustomerErased]:
    return [CustomerErased.model_validate_json(one.data) for one in room.bus.envelopes if one.subject == CustomerErased.subject]


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
async def test_an_erasure_survives_a_death_at_every_step(after: bool, tmp_path: Path) -> None:
    """The n-th transaction is the last of its process, for n = 1, 2, 3 … until the erasure ends before it; a second process goes on."""
    async with opened_room(service, tmp_path / "before", None) as room:
        customer = await lived(room)
    died, step = True, 0
    while died:
        step += 1
        folder = shutil.copytree(tmp_path / "before", tmp_path / str(step))
        carried: list[Envelope] = []
        async with opened_room(service, folder, None) as room:
            mortal(room, step, after=after)
            try:
                await erase_all(room, customer)
                died = False
            except Killed:
                carried = list(room.bus.envelopes)
        async with opened_room(service, folder, None) as room:
            room.bus.envelopes.extend(carried)  # what the broker has
            await erase_all(room, customer)
            assert await kept(room, CANARY) == [], step
    assert step > 6
