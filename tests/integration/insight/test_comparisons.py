"""Figures beside those of the comparison period, with the interval of the difference; statements narrowed by every filter."""

import math
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.insight.app import service
from services.insight.domain.intervals import newcombe
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_label, a_scored, an_answer, an_invitation, an_item

ASKED = {"from": "2026-11-16", "to": "2026-11-24"}
THEN, LATER = NOW - timedelta(days=10), NOW - timedelta(days=2)
BEFORE = {"start": "2026-11-08T00:00:00Z", "end": "2026-11-16T00:00:00Z"}
GAIN = (pytest.approx(0.016788, abs=1e-6), pytest.approx(0.257865, abs=1e-6))
"""The published interval of 80 of 100 minus 66 of 100."""
DOUBLED = 1.959963984540054 * math.sqrt(1 / 10 + 1 / 20)


def _answers(good: int, at: datetime) -> list[Any]:
    about = {"site": "north", "team": "blue", "driver": "bill"}
    return [an_answer(a_scored("csat5", 5 if place < good else 1), about=about, answered_at=at) for place in range(100)]


def _asked(answered: int, at: datetime) -> list[Any]:
    told: list[Any] = []
    for place in range(100):
        ask = an_invitation(invited_at=at)
        told.append(ask)
        if place < answered:
            told.append(an_answer(a_scored("csat5", 5), invitation_id=ask.invitation_id, answered_at=at))
    return told


def _interval(change: dict[str, Any]) -> Any:
    return change["interval"]["low"], change["interval"]["high"]


async def test_a_place_is_compared_with_itself_before(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_answers(66, THEN), *_answers(80, LATER), *(an_answer(a_scored("csat5", 5), about={"site": "new"}) for _ in range(30)))
        by_site = (await api.get("/insight/v1/metrics/csat/places", params=ASKED)).json()
        by_team = (await api.get("/insight/v1/metrics/csat/places", params={**ASKED, "by": "team"})).json()
        overview = (await api.get("/insight/v1/overview", params=ASKED)).json()
        chosen = {**ASKED, "compare_from": "2026-10-01", "compare_to": "2026-10-02"}
        silent = (await api.get("/insight/v1/metrics/csat/places", params=chosen)).json()

        places = {one["key"]: one["change"] for one in by_site["places"]}
        assert (by_site["compared_with"], places["new"]) == (BEFORE, None)
        for change in (places["north"], by_team["places"][0]["change"], {one["key"]: one["change"] for one in overview["funnel"]["places"]}["north"]):
            assert (change["difference"], change["before"]) == (pytest.approx(0.14), 0.66)
            assert (_interval(change), change["interval"]["method"]) == (GAIN, "newcombe")
        assert [one["change"] for one in silent["places"]] == [None, None]


async def test_the_response_rate_and_what_sources_say_are_compared(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        items: list[Any] = []
        for bad, at in ((20, THEN), (34, LATER)):
            for place in range(100):
                item = an_item(external_id=f"{bad}-{place}", said_at=at)
                mood = "negative" if place < bad else "positive"
                items += [item, a_label(item.item_id, sentiment=mood, said_at=at, driver="bill")]
        await room.hear(*_asked(66, THEN), *_asked(80, LATER), *items)
        bias = (await api.get("/insight/v1/response-bias", params=ASKED)).json()
        (bill,) = (await api.get("/insight/v1/triangulation", params=ASKED)).json()

        assert (bias["compared_with"], bias["value"], bias["change"]["before"]) == (BEFORE, 0.8, 0.66)
        assert _interval(bias["change"]) == GAIN
        reviews = {one["source"]: one for one in bill["sources"]}["reviews"]
        assert (reviews["share"], reviews["change"]["before"], reviews["change"]["difference"]) == (0.34, 0.2, pytest.approx(0.14))
        assert _interval(reviews["change"]) == (pytest.approx(0.016788, abs=1e-6), pytest.approx(0.257865, abs=1e-6))
        assert {one["source"]: one["change"] for one in bill["sources"]}["surveys"] is None


async def test_repeats_are_compared(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        told: list[Any] = []
        for back, at in ((10, THEN - timedelta(days=4)), (5, THEN + timedelta(days=4))):
            for place in range(40):
                customer = new_id()
                told.append(a_contact(driver="bill", customer_id=customer, ended_at=at))
                if place < back:
                    told.append(a_contact(driver="bill", customer_id=customer, ended_at=at + timedelta(days=1)))
        await room.hear(*told)
        asked: dict[str, Any] = {"from": "2026-11-16", "to": "2026-11-18", "compare_from": "2026-11-08", "compare_to": "2026-11-10", "window_days": 2}
        found = (await api.get("/insight/v1/repeats", params=asked)).json()

        assert (found["n"], found["repeats"], found["value"]) == (40, 5, pytest.approx(0.125))
        assert (found["compared_with"]["start"], found["change"]["before"]) == ("2026-11-08T00:00:00Z", pytest.approx(0.25))
        assert found["change"]["difference"] == pytest.approx(-0.125)
        assert found["change"]["interval"]["low"] < -0.05 < 0 < found["change"]["interval"]["high"]


async def test_charges_statements_and_processes_are_compared_and_statements_take_every_filter(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "60", "currency": "EUR"})
        await api.put("/insight/v1/processes/pay", json={"name": "Pay", "steps": [{"key": "bill", "name": "Bill", "drivers": ["bill"]}]})
        about = {"driver": "bill", "department": "billing", "handle_seconds": 60.0}
        told = [a_contact(**about, team="blue", ended_at=THEN) for _ in range(10)]
        told += [a_contact(**about, team="blue" if place < 15 else "red", ended_at=LATER) for place in range(20)]
        old = {"driver": "fault", "department": "network", "handle_seconds": 60.0}
        await room.hear(*told, *(a_contact(**old, ended_at=THEN) for _ in range(3)))
        charged = (await api.get("/insight/v1/charge-back", params=ASKED)).json()
        whole = (await api.get("/insight/v1/departments/billing/statement", params=ASKED)).json()
        blue = (await api.get("/insight/v1/departments/billing/statement", params={**ASKED, "team": "blue"})).json()
        gold = (await api.get("/insight/v1/departments/billing/statement", params={**ASKED, "segment": "gold", "product": "phone"})).json()
        drawn = (await api.get("/insight/v1/processes/pay", params=ASKED)).json()

        twice = (pytest.approx(2 * math.exp(-DOUBLED) - 1), pytest.approx(2 * math.exp(DOUBLED) - 1))
        assert [(one["department"], one["amount"], one["amount_before"], one["contacts_before"]) for one in charged["charges"]] == [
            ("billing", "20.00", "10.00", 10),
            ("network", "0.00", "3.00", 3),
        ]
        assert (charged["total"], charged["total_before"], charged["compared_with"]) == ("20.00", "13.00", BEFORE)
        for found in (charged["charges"][0], whole, drawn["steps"][0]):
            assert (found["contacts"], found["contacts_before"]) == (20, 10)
            assert (found["contacts_change"]["low"], found["contacts_change"]["high"]) == twice
        assert charged["charges"][1]["contacts_change"] is None
        assert (blue["contacts"], blue["amount"], blue["amount_before"], blue["filters"]) == (15, "15.00", "10.00", {"team": "blue"})
        assert (gold["contacts"], gold["lines"], gold["contacts_change"]) == (0, [], None)


async def test_accuracy_of_reviewed_contacts_is_compared(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        lines = [{"key": "answer", "name": "Right answer", "kind": "customer"}]
        await api.put("/insight/v1/quality-forms/calls", json={"name": "Calls", "lines": lines})
        contacts = [a_contact() for _ in range(20)]
        await room.hear(*contacts)
        for place, contact in enumerate(contacts):
            if place == 10:
                await room.pass_time(days=5)
            body = {"contact_id": str(contact.contact_id), "lines": {"answer": "ok" if place in {0, 1, 2, 3} or place > 11 else "error"}}
            assert (await api.post("/insight/v1/quality-forms/calls/reviews", json=body)).status_code == 201
        asked = {"from": "2026-11-27", "to": "2026-11-30", "compare_from": "2026-11-22", "compare_to": "2026-11-25"}
        found = (await api.get("/insight/v1/quality-forms/calls/report", params=asked)).json()

        customer = found["accuracy"][0]
        expected = newcombe((0.4, 10), (0.8, 10))
        assert (customer["per_unit"], customer["per_unit_change"]["before"]) == (0.8, 0.4)
        assert _interval(customer["per_unit_change"]) == (pytest.approx(expected.low), pytest.approx(expected.high))
        assert customer["per_opportunity_change"] == customer["per_unit_change"]
        assert found["accuracy"][1]["per_opportunity_change"] is None


async def test_a_trend_key_drivers_and_adjusted_places_stand_beside_the_period_before(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        for good, at in ((66, THEN), (80, LATER)):
            await room.hear(*_answers(good, at))
            south = {"site": "south", "team": "red", "driver": "bill"}
            await room.hear(*[an_answer(a_scored("csat5", 5 if place < 35 else 1), about=south, answered_at=at) for place in range(50)])
        await room.hear(*[an_answer(a_scored("csat5", 5), about={"driver": "parcel"}, answered_at=LATER) for _ in range(30)])
        trend = (await api.get("/insight/v1/metrics/csat/trend", params={**ASKED, "site": "north"})).json()
        weighed = (await api.get("/insight/v1/key-drivers", params=ASKED)).json()
        adjusted = (await api.get("/insight/v1/metrics/csat/adjusted-places", params={**ASKED, "driver": "bill"})).json()
        other = (await api.get("/insight/v1/metrics/csat/trend", params={**ASKED, "compare_from": "2026-10-01", "compare_to": "2026-10-09"})).json()

        assert (trend["compared_with"], weighed["compared_with"], adjusted["compared_with"]) == (BEFORE, BEFORE, BEFORE)
        assert (trend["change"]["before"], trend["change"]["difference"], _interval(trend["change"])) == (0.66, pytest.approx(0.14), GAIN)
        assert (other["change"], other["compared_with"]["end"]) == (None, "2026-10-09T00:00:00Z")
        drivers = {one["driver"]: one["change"] for one in weighed["drivers"]}
        then, now = 101 / 150, 115 / 150
        interval = newcombe((then, 150), (now, 150))
        assert (drivers["bill"]["before"], _interval(drivers["bill"]), drivers["parcel"]) == (then, (interval.low, interval.high), None)
        north = next(one for one in adjusted["places"] if one["key"] == "north")
        assert north["ratio"] == pytest.approx(80 / (100 * now))
        assert (north["change"]["before"], north["change"]["difference"]) == (
            pytest.approx(66 / (100 * then)),
            pytest.approx(80 / (100 * now) - 66 / (100 * then)),
        )
        assert north["change"]["interval"]["low"] < north["change"]["difference"] < north["change"]["interval"]["high"]


async def test_a_stage_of_the_cycle_and_a_pulse_stand_beside_what_was_before(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        await room.hear(*_asked(10, THEN), *_asked(30, LATER))
        cycle = (await api.get("/insight/v1/cycle-health", params=ASKED)).json()
        await api.put("/insight/v1/pulses/weekly", json={"title": "T", "questions": {"load": "Fine?"}, "groups": {"team": ["sales", "shop"]}})
        for marks in ([2] * 4 + [4] * 9, [2] * 1 + [5] * 12):
            sheets = [{"groups": {"team": "shop"}, "scores": {"load": mark}} for mark in marks]
            await api.post("/insight/v1/pulses/weekly/sheets", json={"sheets": sheets})
            await room.pass_time(days=7)
        first = (await api.get("/insight/v1/pulses/weekly/report?week=2026-W48")).json()
        second = (await api.get("/insight/v1/pulses/weekly/report?week=2026-W49")).json()
        named = (await api.get("/insight/v1/pulses/weekly/report?week=2026-W49&compare_week=2026-W48")).json()
        nobody = await api.get("/insight/v1/pulses/weekly/report?week=2026-W49&compare_week=2026-W40")

        collect, others = cycle["stages"][0]["change"], {stage["stage"]: stage["change"] for stage in cycle["stages"][1:]}
        interval, moved = newcombe((0.1, 100), (0.3, 100)), newcombe((9 / 13, 13), (12 / 13, 13))
        assert cycle["compared_with"] == BEFORE
        assert (collect["before"], collect["difference"], _interval(collect)) == (0.1, pytest.approx(0.2), (interval.low, interval.high))
        assert others == dict.fromkeys(others)
        assert (first["compared_with"], [score["change"] for group in first["groups"] for score in group["scores"]]) == (None, [None, None])
        (score, _) = (group["scores"][0] for group in second["groups"])
        assert (second["compared_with"], named) == ("2026-W48", second)
        assert (score["change"]["before"], score["change"]["difference"]) == (pytest.approx(9 / 13), pytest.approx(3 / 13))
        assert _interval(score["change"]) == (pytest.approx(moved.low), pytest.approx(moved.high))
        assert nobody.status_code == 404
