"""Rows of drivers and sources say what they are of; raw figures stand beside weighted ones, for whoever was asked and whoever answered."""

from datetime import timedelta
from typing import Any

import pytest

from services.insight.app import service
from services.insight.domain.intervals import net_score, wilson
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import YESTERDAY, a_contact, a_scored, an_answer, an_invitation
from tests.support.room import Room

ASKED = {"from": "2026-11-16", "to": "2026-11-24"}
LATE = {"driver": "late-delivery", "department": "logistics", "site": "north"}


async def _answers(room: Room) -> None:
    """Ten answers about late delivery: five of people asked for certain (four satisfied), five of people asked one in four (one satisfied)."""
    told: list[Any] = [a_contact(**LATE)]
    for good, probability in ((4, 1.0), (1, 0.25)):
        told += [an_answer(a_scored("csat5", 5 if place < good else 1), about=LATE, inclusion_probability=probability) for place in range(5)]
    await room.hear(*told)


@pytest.mark.parametrize("added_up", [False, True])
async def test_drivers_and_sources_say_what_they_are_of_and_weigh_what_customers_said(open_room: OpenRoom, added_up: bool) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await _answers(room)
        if added_up:
            await room.pass_time(minutes=5)
        (driver,) = (await api.get("/insight/v1/drivers", params={**ASKED, "site": "north"})).json()["items"]
        (cause,) = (await api.get("/insight/v1/triangulation", params={**ASKED, "site": "north"})).json()
        surveys = next(one for one in cause["sources"] if one["source"] == "surveys")

        for one in (driver, cause):
            assert one["period"] == {"start": "2026-11-16T00:00:00Z", "end": "2026-11-24T00:00:00Z"}
            assert one["compared_with"] == {"start": "2026-11-08T00:00:00Z", "end": "2026-11-16T00:00:00Z"}
            assert one["filters"] == {"site": "north"}
        assert driver["definitions"]["cost"] == "cost@1"
        csat = driver["csat"]
        # Weights 5 x 1 and 5 x 4: (4 + 4) / 25; worth (5 + 20)^2 / (5 + 80).
        assert (csat["definition_id"], csat["value"], csat["weighted"]["value"]) == ("csat@1", 0.5, pytest.approx(8 / 25))
        assert (csat["n_effective"], csat["weighted"]["design_effect"]) == (pytest.approx(625 / 85), pytest.approx(10 * 85 / 625))
        assert csat["weighted"]["interval"]["low"] == pytest.approx(wilson(8 / 25, 625 / 85).low)
        assert (driver["negative"]["n_effective"], driver["negative"]["weighted"]) == (0.0, None)
        assert (surveys["definition_id"], surveys["share"], surveys["weighted"]["value"]) == ("csat@1", 0.5, pytest.approx(17 / 25))


async def test_net_promoters_are_weighted_for_who_was_asked_and_who_answered(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        told: list[Any] = []
        # By text message 40 were asked (one in two) and 20 answered, all promoters; by mail 40 (for certain) and 10 answered, all detractors.
        for channel, probability, answered, mark in (("sms", 0.5, 20, 10), ("email", 1.0, 10, 3)):
            for place in range(40):
                customer, contact = new_id(), a_contact()
                ask = an_invitation(customer_id=customer, contact_id=contact.contact_id, channel=channel, inclusion_probability=probability)
                told += [contact, ask]
                if place < answered:
                    told.append(an_answer(a_scored("nps11", mark), invitation_id=ask.invitation_id, customer_id=customer))
        for first in range(0, len(told), 60):
            await room.hear(*told[first : first + 60])
        found = (await room.client("insight:read").get("/insight/v1/response-bias", params=ASKED)).json()
        nps = next(one for one in found["figures"] if one["definition_id"] == "nps@1")
        ways = {(tuple(one["by"]), one["design"]): one for one in nps["weighted"]}

        plain, by_channel = ways[(), False], ways[("channel",), False]
        both = ways[("channel",), True]
        assert (plain["numerator"], plain["n"], plain["value"]) == (10, 30, pytest.approx(100 / 3))
        assert plain["interval"]["low"] == pytest.approx(net_score(20 / 30, 10 / 30, 30).low)
        assert (by_channel["value"], by_channel["interval"]["low"], by_channel["interval"]["high"]) == (pytest.approx(0.0), 0.0, 0.0)
        # Weights 2 and 4: (40 + 40)^2 / (20 x 4 + 10 x 16).
        assert (by_channel["n_effective"], by_channel["design_effect"]) == (pytest.approx(6400 / 240), pytest.approx(30 * 240 / 6400))
        # By design weights 80 stand for text messages and 40 for mail.
        assert (both["value"], both["n_effective"]) == (pytest.approx(100 / 3), pytest.approx(120**2 / (20 * 4**2 + 10 * 4**2)))
        assert ways[(), True]["value"] == pytest.approx(100 * (40 - 10) / 50)
        assert {one["definition_id"]: one["weighted"][0]["n"] for one in found["figures"]} == {
            "csat@1": 0,
            "dsat@1": 0,
            "nps@1": 30,
            "ces@1": 0,
            "resolution@1": 0,
        }
        assert found["figures"][0]["weighted"][0]["withheld"].startswith("too_few")


async def test_a_process_says_how_sure_waiting_and_repeats_are_and_draws_itself(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        await api.put("/insight/v1/processes/order", json={"name": "Order", "steps": [{"key": "ship", "name": "Ship", "drivers": ["late-delivery"]}]})
        customer = new_id()
        at = YESTERDAY - timedelta(days=20)
        await room.hear(*(a_contact(customer_id=customer, driver="late-delivery", ended_at=at + timedelta(days=day)) for day in (0, 2)))
        found = (await api.get("/insight/v1/processes/order")).json()
        (step,) = found["steps"]

        assert (step["repeats"]["numerator"], step["repeats"]["n"], step["repeats"]["value"]) == (1, 2, 0.5)
        assert step["repeats"]["interval"]["low"] == pytest.approx(wilson(0.5, 2).low)
        assert (step["waits"], step["waited_interval"]) == (0, None)
        assert found["definitions"]["repeats"] == "step_repeats@1"
        assert found["mermaid"] == (await api.get("/insight/v1/processes/order/mermaid")).text
