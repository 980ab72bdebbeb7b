"""Pulses, processes, quality reviews, training needs, and the analyses, through their doors."""

from datetime import timedelta
from typing import Any

import pytest

from services.customers.contract import SubjectIdentified
from services.insight.app import service
from services.insight.contract import TrainingNeedFound
from services.kit.ids import new_id
from services.routing.contract import ContactConnected
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_label, a_scored, an_answer

PULSE = {"title": "How was the week?", "questions": {"load": "My workload is fine."}, "groups": {"team": ["sales", "technology"]}}
ASKED = {"from": "2026-10-25", "to": "2026-11-24"}


def _sheet(team: str, load: int, comment: str | None = None) -> dict[str, Any]:
    return {"groups": {"team": team}, "scores": {"load": load}, **({"comment": comment} if comment else {})}


async def test_a_pulse_is_shown_when_its_week_is_over_and_never_changes_after_that(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        declared = await api.put("/insight/v1/pulses/weekly", json=PULSE)
        sheets = [_sheet("sales", 2) for _ in range(4)] + [_sheet("technology", 4, "more quiet, please") for _ in range(9)]
        given = await api.post("/insight/v1/pulses/weekly/sheets", json={"sheets": sheets})
        early = await api.get("/insight/v1/pulses/weekly/report?week=2026-W48")
        await room.pass_time(days=7)
        found = (await api.get("/insight/v1/pulses/weekly/report?week=2026-W48")).json()

        assert (declared.status_code, given.status_code) == (200, 204)
        assert (early.status_code, early.json()["code"]) == (409, "pulse_week_running")
        assert [(group["filter"], group["n"]) for group in found["groups"]] == [({}, 13)]
        assert found["groups"][0]["scores"][0]["mean"] == pytest.approx(44 / 13)
        assert (found["withheld"], found["comments"]) == (2, ["more quiet, please"] * 9)
        assert (await api.get("/insight/v1/pulses/weekly/report?week=2026-W48")).json() == found


async def test_a_reader_of_one_site_sees_that_sites_groups_and_nobodys_words(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, north = room.client("insight:read", "insight:write", "insight:admin"), room.client("insight:read", sites=["north"])
        await api.put("/insight/v1/pulses/weekly", json={**PULSE, "groups": {"site": ["north", "south"]}})
        sheets = [{"groups": {"site": site}, "scores": {"load": 3}, "comment": "hm"} for site in ("north", "south") for _ in range(6)]
        await api.post("/insight/v1/pulses/weekly/sheets", json={"sheets": sheets})
        await room.pass_time(days=7)
        whole, part = [(await one.get("/insight/v1/pulses/weekly/report?week=2026-W48")).json() for one in (api, north)]

        assert ([group["filter"] for group in whole["groups"]], len(whole["comments"])) == ([{}, {"site": "north"}, {"site": "south"}], 12)
        assert ([group["filter"] for group in part["groups"]], part["comments"], part["withheld"]) == ([{"site": "north"}], [], 0)


async def test_few_sheets_and_free_bands_are_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        await api.put("/insight/v1/pulses/weekly", json=PULSE)
        few = await api.post("/insight/v1/pulses/weekly/sheets", json={"sheets": [_sheet("sales", 2)] * 4})
        free = await api.post("/insight/v1/pulses/weekly/sheets", json={"sheets": [_sheet("the one with the red car", 2)] * 5})
        low = await api.put("/insight/v1/pulses/other", json={**PULSE, "minimum": 3})

        assert (few.status_code, free.json()["code"], low.status_code) == (422, "pulse_sheet_band_unknown", 422)


async def test_a_process_names_its_bottleneck_with_waiting_and_repeats(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "24", "currency": "EUR"})
        steps = [{"key": "order", "name": "Order", "drivers": ["bill"]}, {"key": "deliver", "name": "Deliver", "drivers": ["late-delivery"]}]
        await api.put("/insight/v1/processes/purchase", json={"name": "Purchase", "steps": steps})
        twice = await api.put("/insight/v1/processes/twice", json={"name": "x", "steps": [*steps, {"key": "c", "name": "C", "drivers": ["bill"]}]})
        customer = new_id()
        first = a_contact(driver="late-delivery", customer_id=customer, ended_at=NOW - timedelta(days=12))
        wait = {"contact_id": first.contact_id, "customer_id": customer, "agent_id": new_id(), "waited_seconds": 120.0, "connected_at": NOW}
        again = a_contact(driver="late-delivery", customer_id=customer, ended_at=NOW - timedelta(days=9))
        await room.hear(ContactConnected.model_validate(wait), first, again, a_contact(driver="bill"))
        found = (await api.get("/insight/v1/processes/purchase", params=ASKED)).json()
        drawn = await api.get("/insight/v1/processes/purchase/mermaid", params=ASKED)

        assert twice.json()["code"] == "process_driver_twice"
        assert [(step["key"], step["contacts"], step["amount"], step["bottleneck"]) for step in found["steps"]] == [
            ("order", 1, "2.00", False),
            ("deliver", 2, "4.00", True),
        ]
        assert (found["steps"][1]["waited_minutes"], found["steps"][1]["repeat_share"]) == (2.0, 0.5)
        assert 's1["Deliver<br/>2 contacts, 4.00 EUR, waited 2 min, 50% came back"]' in drawn.text


async def test_reviews_give_accuracy_coaching_and_calibration(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        ann, ben = (room.client("insight:read", "insight:write", "insight:admin", subject=name) for name in ("ann", "ben"))
        lines = [{"key": "greet", "name": "Right answer", "kind": "customer"}, {"key": "law", "name": "Consent", "kind": "compliance"}]
        await ann.put("/insight/v1/quality-forms/calls", json={"name": "Calls", "lines": lines})
        contacts = [a_contact(team="blue") for _ in range(10)]
        await room.hear(*contacts)
        for place, contact in enumerate(contacts):
            marks = {"greet": "error" if place < 2 else "ok", "law": "na" if place == 9 else "ok"}
            body = {"contact_id": str(contact.contact_id), "lines": marks}
            assert (await ann.post("/insight/v1/quality-forms/calls/reviews", json=body)).status_code == 201
            await ben.post("/insight/v1/quality-forms/calls/reviews", json=body)
        wrong = await ann.post("/insight/v1/quality-forms/calls/reviews", json={"contact_id": str(contacts[0].contact_id), "lines": {"greet": "ok"}})
        found = (await ann.get("/insight/v1/quality-forms/calls/report", params=ASKED)).json()
        fresh = a_contact(team="red")
        await room.hear(fresh)
        drawn = (await ann.get("/insight/v1/quality-forms/calls/sample?size=5&seed=3")).json()

        assert wrong.json()["code"] == "review_lines_differ"
        assert found["reviewed"] == 10
        kinds = {one["kind"]: one for one in found["accuracy"]}
        assert (kinds["customer"]["per_unit"], kinds["customer"]["opportunities"], kinds["customer"]["errors"]) == (0.8, 10, 2)
        assert (kinds["compliance"]["per_opportunity"], kinds["compliance"]["opportunities"]) == (1.0, 9)
        assert kinds["business"]["per_opportunity"] is None
        assert [one["line"] for one in found["coaching"]] == ["greet"]
        assert (found["calibration"][0]["kappa"], found["calibration"][0]["n"]) == (1.0, 20)
        assert drawn["contacts"] == [str(fresh.contact_id)]


async def test_a_team_that_resolves_less_is_told_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        told = []
        for team, yes in (("blue", 15), ("red", 34), ("green", 36)):
            for place in range(40):
                about = {"team": team, "driver": "bill"}
                told.append(an_answer(a_scored("resolved", "yes" if place < yes else "no"), about=about))
        await room.hear(*told)
        await room.pass_time(days=3)
        needs = (await room.client("insight:read").get("/insight/v1/training-needs")).json()["items"]

        assert [(event.topic, event.team, event.n) for event in room.said(TrainingNeedFound)] == [("bill", "blue", 40)]
        assert [(need["team"], need["state"]) for need in needs] == [("blue", "open")]
        assert needs[0]["effect"] == pytest.approx(15 / 40 - 70 / 80)


async def test_sources_places_trends_repeats_and_bias_answer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        told: list[Any] = []
        for place in range(60):
            at = NOW - timedelta(days=place % 20, hours=2)
            late = place % 2 == 0
            about = {"driver": "late-delivery" if late else "bill", "department": "logistics", "site": "north" if late else "south"}
            told.append(an_answer(a_scored("csat5", 1 if late and place % 20 < 10 else 5), about=about, answered_at=at))
            told.append(a_label(driver=about["driver"], kind="service_review", sentiment="negative" if late else "positive"))
        customer = new_id()
        contact = a_contact(driver="bill", ended_at=NOW - timedelta(days=9))
        told += [contact, a_contact(driver="bill", customer_id=customer, ended_at=NOW - timedelta(days=5))]
        told.append(SubjectIdentified(subject_kind="contact", subject_id=contact.contact_id, customer_id=customer))
        await room.hear(*told)

        trend = (await api.get("/insight/v1/metrics/csat/trend", params=ASKED)).json()
        places = (await api.get("/insight/v1/metrics/csat/places", params=ASKED)).json()
        sources = {one["driver"]: one for one in (await api.get("/insight/v1/triangulation", params=ASKED)).json()}
        drivers = (await api.get("/insight/v1/key-drivers", params=ASKED)).json()
        repeats = (await api.get("/insight/v1/repeats", params=ASKED)).json()
        bias = (await api.get("/insight/v1/response-bias", params=ASKED)).json()

        assert (trend["alarms"], round(trend["before"], 2), round(trend["after"], 2)) == (True, 1.0, 0.44)
        assert [(place["key"], place["good"], place["n"]) for place in places["places"]] == [("north", 15, 30), ("south", 30, 30)]
        assert (sources["late-delivery"]["verdict"], sources["bill"]["verdict"]) == ("agree", "agree")
        assert [source["stands"] for source in sources["late-delivery"]["sources"]] == ["worse", "worse", None, None]
        assert (drivers["withheld"], drivers["n"], drivers["drivers"][0]["driver"]) == (None, 60, "late-delivery")
        assert (repeats["n"], repeats["repeats"], repeats["withheld"] is not None) == (2, 0, True)
        assert (bias["asked"], bias["value"]) == (0, None)
