"""First-contact resolution and weighted satisfaction with their intervals; what reviewers found, read again; savings within limits."""

from datetime import timedelta
from typing import Any

import pytest

from services.customers.contract import CustomerChanged
from services.insight.app import service
from services.insight.domain.intervals import wilson
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_scored, an_answer, an_invitation

ASKED = {"from": "2026-11-16", "to": "2026-11-23"}


async def test_first_contact_resolution_is_a_figure_like_any_other(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        told: list[Any] = []
        for yes, back, at in ((8, 0, NOW - timedelta(days=9)), (9, 4, NOW - timedelta(days=6))):
            for place in range(10):
                customer, chance = new_id(), 0.5 if place < 5 else 0.25
                contact = a_contact(customer_id=customer, driver="bill", site="north", ended_at=at)
                about = {"contact_id": contact.contact_id, "driver": "bill", "site": "north"}
                mark = "yes" if place < yes else "no"
                told += [contact, an_answer(a_scored("resolved", mark), about=about, inclusion_probability=chance, answered_at=at)]
                if place < back:
                    told.append(a_contact(customer_id=customer, driver="bill", site="north", ended_at=at + timedelta(days=1)))
        await room.hear(*told)
        found = (await api.get("/insight/v1/metrics/first_contact_resolution", params=ASKED)).json()
        beside = (await api.get("/insight/v1/repeats", params=ASKED)).json()["first_contact"]
        south = (await api.get("/insight/v1/metrics/first_contact_resolution", params={**ASKED, "site": "south"})).json()
        known = [one["definition_id"] for one in (await api.get("/insight/v1/metrics")).json()]

        assert (found["numerator"], found["n"], found["value"], found["change"]["before"]) == (5, 10, 0.5, 0.8)
        assert (found["interval"]["low"], found["interval"]["high"]) == pytest.approx((wilson(0.5, 10).low, wilson(0.5, 10).high))
        assert (found["weighted"]["value"], found["n_effective"]) == (pytest.approx((1 * 2 + 4 * 4) / 30), pytest.approx(9.0))
        assert beside == found
        assert (south["value"], south["n"]) == (None, 0)
        assert "first_contact_resolution@1" in known


async def test_satisfaction_is_weighted_to_who_was_asked_with_an_interval(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        tiers = {tier: [new_id() for _ in range(60)] for tier in ("gold", "silver")}
        for tier, customers in tiers.items():
            empty: dict[str, Any] = {**dict.fromkeys(CustomerChanged.model_fields), "version": 1, "segment": {}, "keys": [], "tier": tier}
            await room.hear(*(CustomerChanged.model_validate({**empty, "customer_id": one}) for one in customers))
        told: list[Any] = []
        for tier, customers in tiers.items():
            for place, customer in enumerate(customers):
                contact = a_contact(customer_id=customer, site="north")
                ask = an_invitation(customer_id=customer, contact_id=contact.contact_id, channel="sms" if place < 30 else "email")
                told += [contact, ask]
                if place % 30 < (20 if tier == "gold" else 10):
                    mark = 5 if tier == "gold" else 1
                    about = {"contact_id": contact.contact_id, "site": "north"}
                    told.append(an_answer(a_scored("csat5", mark), about=about, invitation_id=ask.invitation_id, customer_id=customer))
        for first in range(0, len(told), 60):
            await room.hear(*told[first : first + 60])
        api = room.client("insight:read")
        found = (await api.get("/insight/v1/response-bias")).json()
        alone = (await api.get("/insight/v1/metrics/csat")).json()
        gold = (await api.get("/insight/v1/metrics/dsat", params={"segment": "gold"})).json()
        other = (await api.get("/insight/v1/metrics/csat", params={"programme": "another"})).json()
        north = (await api.get("/insight/v1/metrics/csat/places")).json()["places"][0]
        lean = [(await api.get(f"/insight/v1/metrics/csat{door}", params={"non_response": "false"})).json() for door in ("", "/places")]
        exported = (await api.get("/insight/v1/exports/figures", params={"format": "json"})).json()
        plain, *_, segment, raked = found["weighted"]

        assert (plain["by"], plain["value"], plain["n"], plain["n_effective"]) == ([], pytest.approx(2 / 3), 60, 60)
        assert (segment["by"], segment["value"], segment["interval"]["method"]) == (["segment"], 0.5, "post_stratified")
        assert (raked["by"], raked["value"], raked["interval"]["method"]) == (["channel", "segment"], pytest.approx(0.5), "raked")
        # 40 answers of weight 1.5 and 20 of weight 3: (60 + 60)^2 / (90 + 180)
        assert (segment["n_effective"], raked["n_effective"], raked["design_effect"]) == pytest.approx((53.3333, 53.3333, 1.125), rel=1e-5)
        # Standard error of the weighted mean: sqrt(40 x 0.75^2 + 20 x 1.5^2) / 120
        half = 1.959963984540054 * (67.5**0.5) / 120
        assert (raked["interval"]["low"], raked["interval"]["high"]) == pytest.approx((0.5 - half, 0.5 + half))
        assert found["adjusted"]["segment"] == 0.5
        assert [one["definition_id"] for one in found["figures"]] == ["csat@1", "dsat@1", "nps@1", "ces@1", "resolution@1"]
        assert alone["non_response"] == found["figures"][0]["weighted"][-1]
        assert (alone["value"], alone["non_response"]["value"], alone["non_response"]["design"]) == (pytest.approx(2 / 3), pytest.approx(0.5), True)
        assert (gold["non_response"]["value"], gold["non_response"]["n"], gold["non_response"]["numerator"]) == (0.0, 40, 0)
        assert (other["non_response"]["value"], other["non_response"]["withheld"], other["non_response"]["n"]) == (None, other["withheld"], 0)
        assert (north["key"], north["share"], north["non_response"]) == ("north", pytest.approx(2 / 3), alone["non_response"])
        assert (lean[0], lean[1]["places"][0]) == ({**alone, "non_response": None}, {**north, "non_response": None})
        shown = exported[0]
        assert [shown[f"non_response_{name}"] for name in ("value", "low", "high")] == pytest.approx([0.5, 0.5 - half, 0.5 + half])


async def test_forms_and_reviews_are_read_again_and_reports_take_every_filter(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin", subject="ann")
        north = room.client("insight:read", "insight:write", sites=["north"])
        lines = [{"key": "greet", "name": "Greets", "kind": "customer"}]
        for name in ("Calls", "All calls"):
            await api.put("/insight/v1/quality-forms/calls", json={"name": name, "lines": lines})
        contacts = [a_contact(site=site, department="billing" if site == "north" else None) for site in ("north", "south")]
        await room.hear(*contacts)
        made = []
        for contact in contacts:
            body = {"contact_id": str(contact.contact_id), "lines": {"greet": "ok"}}
            made.append((await api.post("/insight/v1/quality-forms/calls/reviews", json=body)).json())
        door = "/insight/v1/quality-forms/calls/reviews"
        first = (await api.get(door, params={"limit": 1})).json()
        second = (await api.get(door, params={"limit": 1, "cursor": first["next_cursor"]})).json()
        foreign = await north.post(door, json={"contact_id": str(contacts[1].contact_id), "lines": {"greet": "ok"}})
        report = (await api.get("/insight/v1/quality-forms/calls/report", params={"department": "billing", "to": "2026-11-24"})).json()

        forms = (await api.get("/insight/v1/quality-forms")).json()["items"]
        assert [(one["key"], one["version"], one["name"], one["lines"]) for one in forms] == [("calls", 2, "All calls", lines)]
        assert (await api.get("/insight/v1/quality-forms/calls")).json() == forms[0]
        assert (await api.get("/insight/v1/quality-forms/none")).status_code == 404
        assert (first["items"], second["items"], second["next_cursor"]) == ([made[1]], [made[0]], None)
        assert (await api.get(door, params={"site": "north"})).json()["items"] == [made[0]]
        assert (await api.get(door, params={"reviewer": "ben"})).json()["items"] == []
        assert (await api.get(door, params={"from": "2026-11-24"})).json()["items"] == []
        assert (await north.get(door)).json()["items"] == [made[0]]
        assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (404, "/contact_id")
        assert (report["reviewed"], report["filters"]) == (1, {"department": "billing"})


async def test_savings_are_of_where_the_change_is_made_and_of_what_the_reader_may_see(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        plan: dict[str, Any] = {
            "title": "Say the day", "driver": "late-delivery", "responsible": "Ann", "accountable": "Ben",
            "target": {"metric": "resolution", "value": 0.8}, "baseline_from": (NOW - timedelta(days=40)).isoformat(),
            "baseline_to": (NOW - timedelta(days=20)).isoformat(), "due": (NOW + timedelta(days=30)).isoformat(),
        }  # fmt: skip
        control = {"where": {"site": "north"}, "against": {"site": "south"}}
        made = [(await api.post("/insight/v1/initiatives", json=one)).json()["id"] for one in (plan, {**plan, "control": control})]
        for one in made:
            await api.post(f"/insight/v1/initiatives/{one}/start", json={"started_at": (NOW - timedelta(days=20)).isoformat()})
        for site, before, after in (("north", 40, 20), ("south", 60, 60)):
            for days, contacts in ((30, before), (10, after)):
                at = NOW - timedelta(days=days)
                await room.hear(*(a_contact(driver="late-delivery", site=site, ended_at=at) for _ in range(contacts)))
        whole, north = [(await api.get(f"/insight/v1/initiatives/{one}/savings")).json() for one in made]
        limited = (await room.client("insight:read", sites=["south"]).get(f"/insight/v1/initiatives/{made[0]}/savings")).json()

        a_day = [(one["contacts_a_day_before"], one["contacts_a_day_after"]) for one in (whole, north, limited)]
        assert a_day == [(5.0, 4.0), (2.0, 1.0), (3.0, 3.0)]
