"""What a department is charged can be added up by hand, contact by contact."""

import csv
import io
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import httpx

from services.insight.app import service
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import YESTERDAY, a_contact, a_correction, a_label

LATE = {"driver": "late-delivery", "department": "logistics"}


async def _rate(api: httpx.AsyncClient, per_hour: str, role: str = "agent", **more: Any) -> httpx.Response:
    return await api.put(f"/insight/v1/cost-rates/{role}", json={"per_hour": per_hour, "currency": "EUR", **more})


async def _statement(api: httpx.AsyncClient, department: str = "logistics", **params: Any) -> dict[str, Any]:
    found = await api.get(f"/insight/v1/departments/{department}/statement", params=params)
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


async def test_a_statement_is_the_sum_of_its_contacts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await api.put("/insight/v1/departments/logistics", json={"name": "Logistics"})
        await _rate(api, "23.70")
        handled = [17.5 * i + 0.001 * i for i in range(1, 24)]
        contacts = [a_contact(**LATE, handle_seconds=s, ended_at=YESTERDAY - timedelta(minutes=i)) for i, s in enumerate(handled)]
        await room.hear(*contacts, a_contact(driver="bill", department="finance"))

        lines: list[dict[str, Any]] = []
        page = await _statement(api, limit=10)
        lines += page["lines"]
        while page["next_cursor"]:
            page = await _statement(api, limit=10, cursor=page["next_cursor"])
            lines += page["lines"]

        by_hand = [
            (Decimal(line["handle_seconds"]) * Decimal(line["per_hour"]) / 3600).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN) for line in lines
        ]
        assert [line["amount"] for line in lines] == [str(cost) for cost in by_hand]
        assert page["amount"] == str(sum(by_hand)) == str(sum(Decimal(line["amount"]) for line in lines))
        assert Decimal(page["handle_seconds"]) == sum(Decimal(line["handle_seconds"]) for line in lines)
        assert {line["contact_id"] for line in lines} == {str(contact.contact_id) for contact in contacts}
        assert (len(lines), page["contacts"], page["name"], page["currency"]) == (23, 23, "Logistics", "EUR")
        assert [line["ended_at"] for line in lines] == sorted(line["ended_at"] for line in lines)
        assert (page["unpriced_contacts"], page["complete"]) == (0, True)


async def test_without_a_rate_contacts_are_counted_and_not_priced(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await room.hear(a_contact(**LATE))

        before = await _statement(api)
        await _rate(api, "24")
        after = await _statement(api)

        assert (before["amount"], before["unpriced_contacts"], before["currency"]) == ("0.00", 1, None)
        assert (before["lines"][0]["amount"], before["lines"][0]["per_hour"]) == (None, None)
        assert (after["amount"], after["unpriced_contacts"], after["lines"][0]["minutes"]) == ("2.00", 0, "5.00")


async def test_a_new_rate_leaves_what_was_charged(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await _rate(api, "24")
        await room.hear(a_contact(**LATE))
        await room.pass_time(days=1)
        await _rate(api, "48")
        await room.hear(a_contact(**LATE, ended_at=room.clock.now() + timedelta(hours=1)))
        await room.pass_time(days=1)

        found = await _statement(api)
        rates = (await api.get("/insight/v1/cost-rates")).json()["items"]

        assert [line["amount"] for line in found["lines"]] == ["2.00", "4.00"]
        assert [(rate["per_hour"], rate["valid_from"]) for rate in rates] == [
            ("48.00", "2026-11-24T09:00:00Z"),
            ("24.00", "1970-01-01T00:00:00Z"),
        ]


async def test_the_paying_department_and_the_channel_have_their_own_rates(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await _rate(api, "24")
        await _rate(api, "12", role="agent.chat")
        await _rate(api, "36", department="logistics")
        await room.hear(a_contact(**LATE), a_contact(**LATE, channel="chat"))
        await room.hear(a_contact(driver="bill", department="finance"), a_contact(driver="bill", department="finance", channel="chat"))

        assert (await _statement(api))["amount"] == "6.00"
        assert (await _statement(api, "finance"))["amount"] == "3.00"


async def test_the_same_rate_again_is_no_new_rate(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await _rate(api, "24")
        again = await _rate(api, "24.000000")

        assert again.json() == {
            "role": "agent",
            "department": None,
            "per_hour": "24.00",
            "currency": "EUR",
            "valid_from": "1970-01-01T00:00:00Z",
        }
        assert len((await api.get("/insight/v1/cost-rates")).json()["items"]) == 1


async def test_a_rate_that_nobody_would_read_or_in_another_currency_is_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        unused = await _rate(api, "24", role="director")
        await _rate(api, "24")
        dollars = await api.put("/insight/v1/cost-rates/agent.chat", json={"per_hour": "24", "currency": "USD"})
        endless = await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "NaN", "currency": "EUR"})
        reader = await room.client("insight:read").put("/insight/v1/cost-rates/agent", json={"per_hour": "1", "currency": "EUR"})

        assert (unused.status_code, unused.json()["code"]) == (422, "role_unused")
        assert (dollars.status_code, dollars.json()["code"]) == (409, "currency_differs")
        assert (endless.status_code, reader.status_code) == (422, 403)
        assert len((await api.get("/insight/v1/cost-rates")).json()["items"]) == 1


async def test_a_correction_moves_a_contact_to_the_department_that_caused_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await _rate(api, "24")
        await _rate(api, "36", department="finance")
        contact = a_contact(**LATE)
        item = a_label(contact_id=contact.contact_id)
        await room.hear(contact, item, a_correction(item.item_id, "wrong-bill", "finance"))

        logistics = await api.get("/insight/v1/departments/logistics/statement")
        finance = await _statement(api, "finance")

        assert (logistics.status_code, logistics.json()["code"]) == (404, "not_found")
        assert [(line["driver"], line["amount"]) for line in finance["lines"]] == [("wrong-bill", "3.00")]


async def test_the_csv_holds_every_line_and_no_formula(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await _rate(api, "24")
        dangerous = a_contact(**LATE, external_id="=HYPERLINK(1)", site=" @SUM(A1)")
        plain = a_contact(**LATE, external_id="call-7", ended_at=YESTERDAY + timedelta(minutes=1))
        await room.hear(dangerous, plain)

        found = await api.get("/insight/v1/departments/logistics/statement.csv")
        rows = list(csv.reader(io.StringIO(found.text)))

        assert found.headers["content-type"] == "text/csv; charset=utf-8"
        assert rows[0][:2] == ["contact_id", "external_id"]
        assert [row[1] for row in rows[1:]] == ["'=HYPERLINK(1)", "call-7"]
        assert rows[1][5] == "' @SUM(A1)"
        assert [row[7:] for row in rows[1:]] == [["300.000", "5.00", "24.00", "2.00", "EUR"]] * 2


async def test_a_department_that_nobody_knows_has_no_statement(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        unknown = await api.get("/insight/v1/departments/nobody/statement")
        cursor = await api.get("/insight/v1/departments/nobody/statement", params={"cursor": "x"})

        assert (unknown.status_code, cursor.status_code) == (404, 404)


async def test_a_contact_told_twice_is_charged_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await _rate(api, "24")
        contact, event_id = a_contact(**LATE), new_id()
        await room.hear(contact, event_id=event_id)
        await room.hear(contact, event_id=event_id)
        await room.hear(contact.model_copy(update={"handle_seconds": 600.0}))

        found = await _statement(api)

        assert (found["contacts"], found["amount"]) == (1, "4.00")
