"""Orders, cases and consents: what a customer has with us."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.customers.app import service
from services.customers.contract import (
    CallAdvised,
    CaseConfirmed,
    CaseOpened,
    CaseReopened,
    CaseResolved,
    CaseWrittenUp,
    ConsentChanged,
    CustomerChanged,
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
)
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.customers.builders import contact_ended, put, timeline

WRITE = ("customers:read", "customers:write", "customers:admin", "internal")
ACCOUNT = {"kind": "account", "value": "K-1"}


async def test_a_customer_is_worth_what_they_ordered_in_the_last_year(open_room: OpenRoom) -> None:
    async with open_room(service, start=datetime(2026, 11, 23, 9, tzinfo=UTC)) as room:
        api = room.client(*WRITE)
        one, other, nobody = [UUID((await put(api, account))["id"]) for account in ("K-1", "K-2", "K-3")]
        orders: list[dict[str, Any]] = [
            {"placed_at": "2025-11-23T09:00:00Z", "amount": "1000", "currency": "EUR"},  # a year ago, to the minute: too old
            {"placed_at": "2025-11-23T09:00:01Z", "amount": "19.99", "currency": "EUR"},
            {"placed_at": "2026-11-20T10:00:00Z", "amount": 0.01, "currency": "EUR"},
            {"placed_at": "2026-11-19T10:00:00Z", "amount": "1.005", "currency": "KWD"},
            {"placed_at": "2026-11-18T10:00:00Z"},
            {"placed_at": "2026-11-22T10:00:00Z", "amount": "500", "currency": "EUR"},
        ]
        for number, order in enumerate(orders):
            key = {"kind": "account", "value": "K-2" if number == 3 else "K-1"}
            assert (await api.post("/customers/v1/orders", json={"order_reference": f"O-{number}", "customer_key": key, **order})).status_code == 201
        await api.post("/customers/v1/orders/O-5/cancelled", json={})
        await api.post("/customers/v1/merges", json={"survivor_id": str(one), "merged_id": str(other), "reason": "x"})
        door = f"/customers/internal/v1/customers/{one}/view"
        shown = await api.get(door, params={"sections": "value,orders"})
        view = shown.json()["sections"]
        empty = (await api.get(f"/customers/internal/v1/customers/{nobody}/view", params={"sections": "value"})).json()["sections"]

        assert view["value"]["data"] == {
            "window_days": 365,
            "orders": 4,
            "cancelled": 1,
            "without_amount": 1,
            "amounts": [{"currency": "EUR", "amount": "20.00"}, {"currency": "KWD", "amount": "1.005"}],
            "last_order_at": "2026-11-20T10:00:00Z",
            "recency_days": 2,
        }
        assert [(one["amount"], one["currency"]) for one in view["orders"]["data"]][:4] == [
            ("500.00", "EUR"), ("0.01", "EUR"), ("1.005", "KWD"), (None, None),
        ]  # fmt: skip
        assert empty["value"]["data"] == {
            **dict.fromkeys(("orders", "cancelled", "without_amount"), 0),
            "window_days": 365, "amounts": [], "last_order_at": None, "recency_days": None,
        }  # fmt: skip
        same = {"sections": "value,orders"}
        assert (await api.get(door, params=same, headers={"If-None-Match": shown.headers["ETag"]})).status_code == 304
        await room.pass_time(days=1)
        assert (await api.get(door, params=same, headers={"If-None-Match": shown.headers["ETag"]})).status_code == 200


async def test_an_amount_comes_with_its_currency_and_stays_what_it_was(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        order = {"order_reference": "O-1", "customer_key": ACCOUNT, "amount": "12.50", "currency": "EUR"}
        alone = [await api.post("/customers/v1/orders", json={**order, name: None}) for name in ("amount", "currency")]
        assert [(one.status_code, one.json()["code"], one.json()["errors"][0]["pointer"]) for one in alone] == [
            (422, "amount_incomplete", "/amount"), (422, "amount_incomplete", "/currency"),
        ]  # fmt: skip
        for wrong in ({"amount": "-1"}, {"amount": "0.0001"}, {"amount": "1e10"}, {"amount": "NaN"}, {"currency": "euro"}):
            assert (await api.post("/customers/v1/orders", json={**order, **wrong})).status_code == 422, wrong
        assert (await api.post("/customers/v1/orders", json=order)).status_code == 201
        assert (await api.post("/customers/v1/orders", json={**order, "amount": 12.5})).json()["amount"] == "12.50"
        other = await api.post("/customers/v1/orders", json={**order, "amount": "12.51"})
        assert (other.status_code, other.json()["code"]) == (409, "order_exists")


async def test_an_order_is_placed_once_and_delivered_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        order = {"order_reference": "O-1", "customer_key": ACCOUNT, "product": "lamp", "placed_at": "2026-11-20T10:00:00+02:00"}
        placed = await api.post("/customers/v1/orders", json=order)
        assert (placed.status_code, placed.json()["state"], placed.json()["placed_at"]) == (201, "placed", "2026-11-20T08:00:00Z")
        assert (await api.post("/customers/v1/orders", json=order)).json() == placed.json()
        other = await api.post("/customers/v1/orders", json={**order, "product": "kettle"})
        assert (other.status_code, other.json()["code"]) == (409, "order_exists")
        for _ in range(2):
            done = await api.post("/customers/v1/orders/O-1/delivered", json={"delivered_at": "2026-11-22T08:00:00Z"})
            assert (done.status_code, done.json()["state"], done.json()["closed_at"]) == (200, "delivered", "2026-11-22T08:00:00Z")
        refused = await api.post("/customers/v1/orders/O-1/cancelled", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "order_closed")
        assert (await api.post("/customers/v1/orders/O-2/delivered", json={})).status_code == 404
        await room.settle()
        customer = UUID(placed.json()["customer_id"])
        assert room.said(OrderPlaced) == [
            OrderPlaced(order_reference="O-1", customer_id=customer, product="lamp", placed_at=datetime(2026, 11, 20, 8, tzinfo=UTC))
        ]
        assert room.said(OrderDelivered) == [
            OrderDelivered(order_reference="O-1", customer_id=customer, delivered_at=datetime(2026, 11, 22, 8, tzinfo=UTC))
        ]
        assert room.said(OrderCancelled) == []
        assert (await api.get("/customers/v1/customers/by-key/order/O-1")).json()["id"] == str(customer)
        assert [entry["kind"] for entry in await timeline(api, customer)] == ["order_delivered", "order_placed"]


async def test_a_cancelled_order_is_not_delivered(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        await api.post("/customers/v1/orders", json={"order_reference": "O-1", "customer_key": ACCOUNT})
        assert (await api.post("/customers/v1/orders/O-1/cancelled", json={})).json()["state"] == "cancelled"
        assert (await api.post("/customers/v1/orders/O-1/delivered", json={})).status_code == 409
        await room.settle()
        assert len(room.said(OrderCancelled)) == 1


async def test_a_case_is_opened_written_up_and_resolved(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE, subject="kim")
        words = {"title": "Lamp flickers", "description": "Since Monday", "product": "lamp", "driver": "defect", "language": "en"}
        opened = await api.post("/customers/v1/cases", json={**words, "customer_key": ACCOUNT})
        assert (opened.status_code, opened.json()["state"], opened.json()["owner"]) == (201, "open", "kim")
        case = opened.json()
        text = {"title": "Flickering lamp", "problem": "It flickers", "cause": "Old bulb", "resolution": "New bulb", "language": "en"}
        written = await api.post(f"/customers/v1/cases/{case['id']}/write-up", json=text)
        assert (written.status_code, written.json()["author"], written.json()["environment"]) == (201, "kim", None)
        for _ in range(2):
            resolved = await api.post(f"/customers/v1/cases/{case['id']}/resolve")
            assert (resolved.status_code, resolved.json()["state"], resolved.json()["version"]) == (200, "resolved", 3)
        assert (await api.get(f"/customers/v1/cases/{case['id']}")).json() == resolved.json()
        assert (await api.get(f"/customers/v1/cases/{new_id()}")).status_code == 404
        await room.settle()
        assert [(one.title, one.owner, str(one.customer_id)) for one in room.said(CaseOpened)] == [("Lamp flickers", "kim", case["customer_id"])]
        assert [(one.cause, one.product, one.driver, one.author) for one in room.said(CaseWrittenUp)] == [("Old bulb", "lamp", "defect", "kim")]
        assert [str(one.case_id) for one in room.said(CaseResolved)] == [case["id"]]
        kinds = {entry["kind"] for entry in await timeline(api, case["customer_id"])}
        assert kinds == {"case_opened", "case_written_up", "case_resolved"}


async def test_a_case_names_its_customer_in_one_way(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        words = {"title": "t", "description": "", "language": "en"}
        for whom in ({}, {"customer_key": ACCOUNT, "customer_id": str(new_id())}):
            refused = await api.post("/customers/v1/cases", json={**words, **whom})
            assert (refused.status_code, refused.json()["code"]) == (422, "customer_unnamed")
        assert (await api.post("/customers/v1/cases", json={**words, "customer_id": str(new_id())})).status_code == 404
        await room.settle()
        assert room.said(CustomerChanged) == []


async def test_every_word_on_consent_is_kept_and_only_a_new_word_is_told(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE, subject="kim")
        customer = (await put(api, "K-1"))["id"]
        address = f"/customers/v1/customers/{customer}/consents"
        for granted in (True, True, False):
            proof = {"granted": granted, "text_version": "2026-10", "source": "web form"}
            answer = await api.put(f"{address}/marketing/email", json=proof)
            assert (answer.status_code, answer.json()["granted"], answer.json()["recorded_by"]) == (200, granted, "kim")
            await room.pass_time(minutes=1)
        words = (await api.get(address)).json()["items"]
        assert [(word["granted"], word["counts"]) for word in words] == [(False, True), (True, False), (True, False)]
        assert (await api.put(f"{address}/marketing/pigeon", json={"granted": True, "text_version": "1", "source": "x"})).status_code == 422
        assert [one.granted for one in room.said(ConsentChanged)] == [True, False]


async def test_after_two_exchanges_in_writing_a_call_is_advised_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("customers:read", "customers:write")
        ann = UUID((await put(api, "K-1"))["id"])
        case = await api.post("/customers/v1/cases", json={"customer_id": str(ann), "title": "t", "description": "d", "language": "de"})
        case_id = UUID(case.json()["id"])

        async def after(channel: str, contact: UUID | None = None) -> tuple[int, int, bool]:
            await room.hear(contact_ended(contact or new_id(), ann, channel=channel, case_id=case_id))
            await room.settle()
            shown = (await api.get(f"/customers/v1/cases/{case_id}")).json()
            return shown["contact_count"], shown["written_exchanges"], shown["call_advised"]

        first = new_id()
        assert await after("email", first) == (1, 1, False)
        assert await after("email", first) == (1, 1, False)
        assert await after("voice") == (2, 1, False)
        assert await after("email") == (3, 2, True)
        assert await after("email") == (4, 3, True)
        assert [(one.case_id, one.written_exchanges, one.language) for one in room.said(CallAdvised)] == [(case_id, 2, "de")]
        kinds = [entry["kind"] for entry in await timeline(api, ann, limit=100)]
        assert kinds.count("call_advised") == 1


async def test_a_case_has_an_owner_a_promise_and_ends_with_the_customers_own_word(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("customers:read", "customers:write")
        ann = (await put(api, "K-1"))["id"]
        case = (await api.post("/customers/v1/cases", json={"customer_id": ann, "title": "t", "description": "d", "language": "de"})).json()
        path = f"/customers/v1/cases/{case['id']}"
        promise = {"owner": "bo", "promise": "A new lamp is sent", "promised_for": "2026-11-25T12:00:00Z"}
        assert (await api.patch(path, json=promise)).status_code == 428
        changed = await api.patch(path, json=promise, headers={"If-Match": '"v1"'})
        assert {name: changed.json()[name] for name in promise} == promise
        assert (await api.patch(path, json={"owner": None}, headers={"If-Match": '"v1"'})).status_code == 412
        early = await api.post(f"{path}/confirm", json={"solved": True})
        assert (early.status_code, early.json()["code"]) == (409, "case_still_open")
        await api.post(f"{path}/resolve", json={})
        again = (await api.post(f"{path}/confirm", json={"solved": False})).json()
        assert (again["state"], again["resolved_at"]) == ("open", None)
        await api.post(f"{path}/resolve", json={})
        for _ in range(2):
            done = (await api.post(f"{path}/confirm", json={"solved": True})).json()
        assert (done["state"], done["confirmed_at"]) == ("confirmed", "2026-11-23T09:00:00Z")
        await room.settle()
        assert (len(room.said(CaseReopened)), len(room.said(CaseConfirmed))) == (1, 1)
        kinds = [entry["kind"] for entry in await timeline(api, ann, limit=100)]
        assert sorted(kinds) == ["case_confirmed", "case_opened", "case_reopened", "case_resolved", "case_resolved"]
