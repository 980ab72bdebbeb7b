"""Disputes, alerts and training needs by period and part of the house, and for readers with limits."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.insight.app import service
from services.insight.domain.intervals import newcombe, wilson
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_scored, an_answer, an_invitation
from tests.support.room import Room

LATE = {"driver": "late-delivery", "department": "logistics", "handle_seconds": 360.0}


async def _disputed(room: Room, site: str, *, accepted: int, upheld: int, open_ones: int = 0) -> list[str]:
    """Have contacts of a site disputed and decided; each costs 3.00."""
    api = room.client("insight:read", "insight:write", "insight:admin")
    found = []
    for place in range(accepted + upheld + open_ones):
        contact = a_contact(**LATE, site=site, ended_at=room.clock.now() - timedelta(hours=1))
        await room.hear(contact)
        body = {"contact_id": str(contact.contact_id), "note": "Not ours.", "suggested": "sales"}
        raised = (await api.post("/insight/v1/departments/logistics/disputes", json=body)).json()
        if place < accepted + upheld:
            await api.post(f"/insight/v1/disputes/{raised['id']}/decision", json={"accept": place < accepted, "note": "Seen."})
        found.append(raised["id"])
    return found


async def _listed(api: Any, **params: str) -> list[str]:
    answer = await api.get("/insight/v1/disputes", params=params)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_disputes_are_listed_by_period_and_part_and_stay_within_the_limits(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", "insight:admin")
        north = room.client("insight:read", "insight:write", "insight:admin", sites=["north"])
        (old,) = await _disputed(room, "north", accepted=0, upheld=0, open_ones=1)
        await room.pass_time(days=3)
        (here,) = await _disputed(room, "north", accepted=0, upheld=0, open_ones=1)
        (there,) = await _disputed(room, "south", accepted=0, upheld=0, open_ones=1)
        contact = a_contact(**LATE, site="south")
        await room.hear(contact)
        body = {"contact_id": str(contact.contact_id), "note": "Not ours."}
        foreign = await north.post("/insight/v1/departments/logistics/disputes", json=body)
        decided = await north.post(f"/insight/v1/disputes/{there}/decision", json={"accept": True, "note": "Yes."})
        empty = await api.get("/insight/v1/disputes", params={"from": "2026-11-24", "to": "2026-11-24"})

        assert await _listed(api) == [there, here, old]
        assert await _listed(api, **{"from": "2026-11-25"}) == [there, here]
        assert await _listed(api, to="2026-11-25") == [old]
        assert await _listed(api, site="south") == [there]
        assert await _listed(api, site="north", **{"from": "2026-11-25"}, department="logistics", state="open") == [here]
        assert await _listed(api, department="sales") == []
        assert await _listed(north) == [here, old]
        assert (await north.get(f"/insight/v1/disputes/{there}")).status_code == 404
        assert (await north.get(f"/insight/v1/disputes/{here}")).json()["steps"][0]["note"] == "Not ours."
        assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (404, "/contact_id")
        assert (decided.status_code, (await api.get(f"/insight/v1/disputes/{there}")).json()["state"]) == (404, "open")
        assert (empty.status_code, empty.json()["code"]) == (422, "period_empty")


async def test_disputes_of_a_period_are_counted_beside_those_before(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "30", "currency": "EUR"})
        await _disputed(room, "north", accepted=1, upheld=4)
        await room.pass_time(days=5)
        await _disputed(room, "north", accepted=6, upheld=2, open_ones=2)
        await _disputed(room, "south", accepted=0, upheld=1)
        asked = {"from": "2026-11-26", "to": "2026-12-01"}
        whole = (await api.get("/insight/v1/dispute-summary", params=asked)).json()
        north = (await api.get("/insight/v1/dispute-summary", params={**asked, "site": "north", "department": "logistics"})).json()
        limited = (await room.client("insight:read", sites=["south"]).get("/insight/v1/dispute-summary", params=asked)).json()

        assert (whole["raised"], whole["raised_before"], whole["open"], whole["upheld"], whole["accepted"]) == (11, 5, 2, 3, 6)
        assert (whole["amount"], whole["accepted_amount"], whole["currency"]) == ("33.00", "18.00", "EUR")
        assert (north["raised"], north["n"], north["accepted_share"]) == (10, 8, 0.75)
        assert (north["interval"]["low"], north["interval"]["high"]) == pytest.approx((wilson(0.75, 8).low, wilson(0.75, 8).high))
        apart = newcombe((0.2, 5), (0.75, 8))
        assert (north["change"]["before"], north["change"]["difference"]) == (0.2, pytest.approx(0.55))
        assert (north["change"]["interval"]["low"], north["change"]["interval"]["high"]) == pytest.approx((apart.low, apart.high), abs=1e-9)
        assert north["filters"] == {"site": "north", "department": "logistics"}
        assert (limited["raised"], limited["accepted_share"], limited["complete"]) == (1, None, False)
        assert limited["withheld"].startswith("too_few")


async def test_alerts_are_listed_by_when_they_stood(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, limited = room.client("insight:read"), room.client("insight:read", "insight:write", sites=["north"])
        await room.hear(*[an_invitation() for _ in range(10)])
        await room.pass_time(days=1)
        (alert,) = (await api.get("/insight/v1/alerts")).json()["items"]
        await room.pass_time(days=31)

        async def stood(**params: str) -> list[str]:
            return [one["id"] for one in (await api.get("/insight/v1/alerts", params=params)).json()["items"]]

        assert alert["raised_at"] == "2026-11-24T09:00:00Z"
        assert await stood(to="2026-11-24") == []
        assert await stood(**{"from": "2026-12-01", "to": "2026-12-02"}) == [alert["id"]]
        assert await stood(**{"from": "2026-12-25"}) == []
        assert (await stood(kind="cycle"), await stood(kind="outlier")) == ([alert["id"]], [])
        assert (await limited.post(f"/insight/v1/alerts/{alert['id']}/acknowledgement")).status_code == 404


def _resolved(team: str, yes: int, n: int, at: datetime, **about: Any) -> list[Any]:
    told = []
    for place in range(n):
        where = {"team": team, "driver": "bill", "contact_id": new_id(), **about}
        told.append(an_answer(a_scored("resolved", "yes" if place < yes else "no"), about=where, answered_at=at + timedelta(minutes=place)))
    return told


async def test_the_gap_of_a_team_is_shown_for_any_period_and_part_with_its_contacts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        before, later = NOW - timedelta(days=10), NOW - timedelta(days=2)
        told = [*_resolved("blue", 30, 40, before, site="north"), *_resolved("red", 34, 40, before, site="north")]
        told += [*_resolved("blue", 15, 40, later, site="north"), *_resolved("red", 34, 40, later, site="north")]
        told += [*_resolved("green", 40, 40, later, site="south"), *_resolved("grey", 3, 3, later, site="north")]
        await room.hear(*told)
        asked = {"from": "2026-11-16", "to": "2026-11-23"}
        whole = (await api.get("/insight/v1/training-gaps", params=asked)).json()
        north = (await api.get("/insight/v1/training-gaps", params={**asked, "site": "north"})).json()
        limited = (await room.client("insight:read", sites=["north"]).get("/insight/v1/training-gaps", params=asked)).json()
        blue = (await api.get("/insight/v1/training-gaps", params={**asked, "team": "blue"})).json()
        silent = (await api.get("/insight/v1/training-gaps", params={"from": "2026-10-01", "to": "2026-10-02"})).json()

        worst = whole["gaps"][0]
        assert [(one["team"], one["found"]) for one in whole["gaps"]] == [("blue", True), ("red", False), ("green", False)]
        assert (worst["value"], worst["n"], worst["rest"], worst["effect"]) == (0.375, 40, 83, pytest.approx(15 / 40 - 77 / 83))
        apart = newcombe((77 / 83, 83), (0.375, 40))
        assert (worst["interval"]["low"], worst["interval"]["high"]) == pytest.approx((apart.low, apart.high), abs=1e-9)
        assert (worst["change"]["before"], worst["change"]["difference"]) == (0.75, pytest.approx(-0.375))
        unresolved = [str(one.attribution.contact_id) for one in told if one.attribution.team == "blue" and one.answers[0].choice == "no"]
        assert worst["evidence"] == unresolved[:-11:-1]
        assert (whole["too_few"], whole["compared_with"]["start"]) == (1, "2026-11-09T00:00:00Z")
        assert [(one["team"], one["rest"]) for one in north["gaps"]] == [("blue", 43), ("red", 43)]
        assert (limited["gaps"], limited["complete"], limited["filters"]) == (north["gaps"], False, {})
        assert ([one["team"] for one in blue["gaps"]], blue["gaps"][0]["rest"], blue["too_few"]) == (["blue"], 83, 0)
        assert (silent["gaps"], silent["too_few"]) == ([], 0)


async def test_needs_that_were_found_come_in_pages_by_when_they_were_found(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, limited = room.client("insight:read"), room.client("insight:read", sites=["north"])
        for driver in ("bill", "fault"):
            told = [*_resolved("blue", 15, 40, NOW, driver=driver), *_resolved("red", 36, 40, NOW, driver=driver)]
            await room.hear(*told)
            await room.pass_time(days=1)
        door = "/insight/v1/training-needs"
        first = (await api.get(door, params={"limit": 1})).json()
        second = (await api.get(door, params={"limit": 1, "cursor": first["next_cursor"]})).json()
        late = (await api.get(door, params={"from": "2026-11-25"})).json()["items"]
        wrong = await api.get(door, params={"cursor": "nonsense"})

        assert [(one["topic"], one["team"], len(one["evidence"])) for one in (*first["items"], *second["items"])] == [
            ("bill", "blue", 10),
            ("fault", "blue", 10),
        ]
        assert second["next_cursor"] is None
        assert [one["topic"] for one in late] == ["fault"]
        assert (await api.get(door, params={"state": "over"})).json()["items"] == []
        assert (await limited.get(door)).json()["items"] == []
        assert wrong.status_code == 422
