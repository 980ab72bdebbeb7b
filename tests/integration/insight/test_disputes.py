"""Charge-back over all departments, disputes, and what a change is worth, through their doors."""

from datetime import timedelta

import pytest

from services.insight.app import service
from tests.conftest import OpenRoom
from tests.integration.insight.said import a_contact, a_label, a_scored, an_answer

LATE = {"driver": "late-delivery", "department": "logistics"}


async def test_all_charges_add_up_to_the_total_with_and_without_sums(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "24", "currency": "EUR"})
        await api.put("/insight/v1/departments/logistics/budget", json={"per_year": "3650.00"})
        await room.hear(a_contact(**LATE), a_contact(driver="bill", department="finance", handle_seconds=600.0), a_contact())
        asked = {"from": "2026-11-13T09:00:00Z", "to": "2026-11-23T09:00:00Z"}
        found = (await api.get("/insight/v1/charge-back", params=asked)).json()
        await room.pass_time(minutes=5)

        assert (await api.get("/insight/v1/charge-back", params=asked)).json() == found
        assert (found["total"], found["contacts"]) == ("8.00", 3)
        assert [(one["department"], one["amount"], one["share"], one["budget"], one["budget_share"]) for one in found["charges"]] == [
            ("finance", "4.00", 0.5, None, None),
            ("logistics", "2.00", 0.25, "100.00", 0.02),
            (None, "2.00", 0.25, None, None),
        ]


async def test_an_accepted_dispute_moves_the_charge_for_good_and_keeps_its_history(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin", subject="logistics-lead")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "24", "currency": "EUR"})
        contact = a_contact(**LATE)
        item = a_label(contact_id=contact.contact_id, driver="late-delivery", department="logistics")
        await room.hear(contact, item)
        disputed = {"contact_id": str(contact.contact_id), "note": "The carrier was booked by sales.", "suggested": "sales"}
        raised = await api.post("/insight/v1/departments/logistics/disputes", json=disputed)
        line = (await api.get("/insight/v1/departments/logistics/statement")).json()["lines"][0]
        again = await api.post("/insight/v1/departments/logistics/disputes", json=disputed)
        decided = await api.post(f"/insight/v1/disputes/{raised.json()['id']}/decision", json={"accept": True, "note": "Agreed."})
        await room.hear(item)
        detail = (await api.get(f"/insight/v1/disputes/{raised.json()['id']}")).json()
        charges = (await api.get("/insight/v1/charge-back")).json()["charges"]
        once_more = await api.post(f"/insight/v1/disputes/{raised.json()['id']}/decision", json={"accept": False, "note": "No."})

        assert (raised.status_code, line["dispute_state"], line["feedback_items"]) == (201, "open", [str(item.item_id)])
        assert (again.status_code, again.json()["code"]) == (409, "contact_already_disputed")
        assert decided.json()["state"] == "accepted"
        assert [(step["state"], step["note"], step["by"]) for step in detail["steps"]] == [
            ("open", "The carrier was booked by sales.", "logistics-lead"),
            ("accepted", "Agreed.", "logistics-lead"),
        ]
        assert [(one["department"], one["amount"], one["disputed_contacts"]) for one in charges] == [("sales", "2.00", 0)]
        assert once_more.json()["code"] == "dispute_already_decided"


async def test_nobody_disputes_what_is_not_theirs(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        contact = a_contact(**LATE)
        await room.hear(contact)
        refused = await api.post("/insight/v1/departments/finance/disputes", json={"contact_id": str(contact.contact_id), "note": "Not ours."})

        assert (refused.status_code, refused.json()["code"]) == (409, "contact_not_charged")
        assert (await api.get("/insight/v1/disputes")).json()["items"] == []


async def test_the_business_case_is_given_or_measured(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        given = (await api.get("/insight/v1/business-case?minutes_saved=1.5&contacts_a_year=40000&per_hour=24")).json()
        missing = await api.get("/insight/v1/business-case?minutes_saved=1.5")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "24", "currency": "EUR"})
        await room.hear(*(a_contact(**LATE) for _ in range(3)))
        asked = {"minutes_saved": "2", "driver": "late-delivery", "from": "2026-11-13T09:00:00Z", "to": "2026-11-23T09:00:00Z"}
        measured = (await api.get("/insight/v1/business-case", params=asked)).json()

        assert (given["worth"]["amount"], given["basis"]) == ("24000.00", "given")
        assert (missing.status_code, missing.json()["code"]) == (422, "business_case_incomplete")
        assert (measured["contacts_a_year"], measured["worth"], measured["basis"]) == (
            109.5,
            {"amount": "87.60", "currency": "EUR"},
            "measured",
        )


async def test_the_published_case_is_reproduced(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        asked = {"resolution_before": 0.66, "resolution_after": 0.80, "call_back": 1, "contacts": 68_571_429, "per_contact": 4.416667}
        found = (await api.get("/insight/v1/contacts-avoided", params=asked)).json()
        endless = await api.get("/insight/v1/contacts-avoided", params={**asked, "resolution_before": 0})

        assert found["change"] == pytest.approx(-0.175)
        assert (found["contacts_avoided"], found["saved"]) == pytest.approx((12_000_000, 53_000_000), rel=1e-6)
        assert endless.status_code == 422


async def test_savings_are_reconciled_with_what_happened(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "24", "currency": "EUR"})
        now = room.clock.now()
        plan = {
            "title": "Say the day", "driver": "late-delivery", "responsible": "Ann", "accountable": "Ben",
            "target": {"metric": "resolution", "value": 0.8}, "baseline_from": (now - timedelta(days=40)).isoformat(),
            "baseline_to": (now - timedelta(days=20)).isoformat(), "due": (now + timedelta(days=30)).isoformat(),
        }  # fmt: skip
        made = (await api.post("/insight/v1/initiatives", json=plan)).json()
        start = {"started_at": (now - timedelta(days=20)).isoformat()}
        await api.post(f"/insight/v1/initiatives/{made['id']}/start", json=start)
        for days, contacts, yes in ((30, 60, 20), (10, 30, 30)):
            at = now - timedelta(days=days)
            await room.hear(*(a_contact(**LATE, ended_at=at) for _ in range(contacts)))
            marks = ["yes"] * yes + ["no"] * (30 - yes)
            await room.hear(*(an_answer(a_scored("resolved", mark), about={"driver": "late-delivery"}, answered_at=at) for mark in marks))
        found = (await api.get(f"/insight/v1/initiatives/{made['id']}/savings?call_back=1")).json()

        assert (found["contacts_a_day_before"], found["contacts_a_day_after"], found["observed_change"]) == (3.0, 1.5, -0.5)
        assert found["expected"]["change"] == pytest.approx(-1 / 3)
        assert found["saved_a_year"] == {"amount": "1095.00", "currency": "EUR"}
        assert "which fits" in found["sentence"]
