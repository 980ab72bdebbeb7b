"""A change is planned, started, judged, published, and told."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.feedback.contract import ContributorTold
from services.insight.app import service
from services.insight.contract import InitiativePublished
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_scored, an_answer
from tests.support.room import Room

SCOPES = ("insight:read", "insight:write")
LATE = {"driver": "late-delivery"}


def _plan(**more: Any) -> dict[str, Any]:
    return {
        "title": "Second delivery van",
        "driver": "late-delivery",
        "department": "logistics",
        "responsible": "Ben",
        "accountable": "Ann",
        "supports": ["Cem"],
        "informed": ["Dora"],
        "consulted": [],
        "target": {"metric": "csat", "value": 0.75},
        "baseline_from": (NOW - timedelta(days=30)).isoformat(),
        "baseline_to": NOW.isoformat(),
        "due": (NOW + timedelta(days=30)).isoformat(),
        "messages": {"en": "You said late. We bought a van.", "de": "Sie sagten: zu spät. Wir haben einen Wagen gekauft."},
        **more,
    }


async def _planned(api: httpx.AsyncClient, **more: Any) -> str:
    found = await api.post("/insight/v1/initiatives", json=_plan(**more))
    assert found.status_code == 201, found.text
    identifier: str = found.json()["id"]
    return identifier


async def _answers(room: Room, good: int, n: int) -> None:
    moment = room.clock.now() - timedelta(minutes=1)
    await room.hear(*[an_answer(a_scored("csat5", 5 if i < good else 1), about=LATE, answered_at=moment) for i in range(n)])


@pytest.mark.parametrize(
    ("after", "verdict", "reached"),
    [((80, 100), "proven", True), ((40, 50), "not_proven", True), ((50, 100), "harmful", False), ((29, 29), "too_early", None)],
)
async def test_a_change_is_proven_only_by_its_interval(open_room: OpenRoom, after: tuple[int, int], verdict: str, reached: bool | None) -> None:
    async with open_room(service) as room:
        api = room.client(*SCOPES)
        initiative_id = await _planned(api)
        await _answers(room, 66, 100)
        started = await api.post(f"/insight/v1/initiatives/{initiative_id}/start")
        await room.pass_time(days=3)
        await _answers(room, *after)

        found = (await api.get(f"/insight/v1/initiatives/{initiative_id}")).json()
        effect = found["effect"]

        assert (started.status_code, started.json()["started_at"], found["state"]) == (200, "2026-11-23T09:00:00Z", "started")
        assert (effect["verdict"], effect["target_reached"], effect["final"]) == (verdict, reached, False)
        assert (effect["before"]["n"], effect["after"]["n"]) == (100, after[1])
        if verdict == "proven":
            assert effect["difference"] == pytest.approx(0.14)
            assert (effect["interval"]["low"], effect["interval"]["high"]) == (
                pytest.approx(0.016788, abs=1e-6),
                pytest.approx(0.257865, abs=1e-6),
            )
            assert effect["interval"]["method"] == "newcombe"


async def test_what_is_said_after_the_due_date_no_longer_changes_the_verdict(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*SCOPES)
        initiative_id = await _planned(api)
        await _answers(room, 66, 100)
        await api.post(f"/insight/v1/initiatives/{initiative_id}/start")
        await room.pass_time(days=29)
        await _answers(room, 80, 100)
        await room.pass_time(days=2)
        await _answers(room, 0, 100)

        effect = (await api.get(f"/insight/v1/initiatives/{initiative_id}")).json()["effect"]

        assert (effect["verdict"], effect["final"], effect["after"]["n"]) == ("proven", True, 100)


async def test_before_the_start_it_is_too_early(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*SCOPES)
        found = (await api.get(f"/insight/v1/initiatives/{await _planned(api)}")).json()

        assert (found["effect"]["verdict"], found["effect"]["after"], found["state"]) == ("too_early", None, "planned")
        assert (found["accountable"], found["supports"], found["contributors_told"]) == ("Ann", ["Cem"], 0)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"informed": ["ann"]}, "rasic_unclear"),
        ({"supports": ["Cem", "Cem"]}, "rasic_unclear"),
        ({"accountable": ["Ann", "Ben"]}, "invalid_input"),
        ({"accountable": " "}, "invalid_input"),
        ({"baseline_to": (NOW - timedelta(days=40)).isoformat()}, "initiative_dates_unclear"),
        ({"target": {"metric": "csat", "value": 75}}, "invalid_input"),
        ({"target": {"metric": "mood", "value": 0.5}}, "invalid_input"),
        ({"messages": {"English": "x"}}, "invalid_input"),
        ({"owner": "Ann"}, "invalid_input"),
    ],
)
async def test_a_plan_has_exactly_one_accountable_person_and_dates_that_can_prove_something(
    open_room: OpenRoom, wrong: dict[str, Any], code: str
) -> None:
    async with open_room(service) as room:
        api = room.client(*SCOPES)
        found = await api.post("/insight/v1/initiatives", json=_plan(**wrong))

        assert (found.status_code, found.json()["code"]) == (422, code)
        assert (await api.get("/insight/v1/initiatives")).json()["items"] == []


async def test_a_start_is_made_once_and_after_the_baseline(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*SCOPES)
        initiative_id = await _planned(api, baseline_to=(NOW - timedelta(days=5)).isoformat())
        path = f"/insight/v1/initiatives/{initiative_id}/start"
        inside = await api.post(path, json={"started_at": (NOW - timedelta(days=6)).isoformat()})
        ahead = await api.post(path, json={"started_at": (NOW + timedelta(days=1)).isoformat()})
        past = await api.post(path, json={"started_at": (NOW - timedelta(days=4)).isoformat()})
        again = await api.post(path)

        assert (inside.status_code, inside.json()["code"]) == (422, "initiative_start_out_of_place")
        assert (ahead.status_code, past.status_code) == (422, 200)
        assert (again.status_code, again.json()["code"]) == (409, "initiative_already_started")
        assert (await api.post(f"/insight/v1/initiatives/{new_id()}/start")).status_code == 404


async def test_publishing_tells_once_and_needs_english(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*SCOPES)
        initiative_id = await _planned(api, messages={"de": "Wir haben einen Wagen gekauft."})
        path = f"/insight/v1/initiatives/{initiative_id}/publish"
        unstarted = await api.post(path)
        await api.post(f"/insight/v1/initiatives/{initiative_id}/start")
        speechless = await api.post(path)
        published = await api.post(path, json={"messages": {"en": "We bought a van."}}, headers={"Idempotency-Key": "p1"})
        replayed = await api.post(path, json={"messages": {"en": "We bought a van."}}, headers={"Idempotency-Key": "p1"})
        again = await api.post(path)
        await room.settle()

        assert (unstarted.status_code, unstarted.json()["code"]) == (409, "initiative_not_started")
        assert (speechless.status_code, speechless.json()["code"]) == (422, "english_message_missing")
        assert (published.status_code, published.json()["state"]) == (200, "published")
        assert (replayed.json(), again.json()["code"]) == (published.json(), "initiative_already_published")
        assert [(e.driver, e.department, e.messages, e.since) for e in room.said(InitiativePublished)] == [
            (
                "late-delivery",
                "logistics",
                {"de": "Wir haben einen Wagen gekauft.", "en": "We bought a van."},
                NOW - timedelta(days=30),
            ),
        ]


async def test_the_board_shows_everybody_what_was_done_and_how_many_were_told(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, public = room.client(*SCOPES), room.anonymous()
        ids = [await _planned(api, title=f"Plan {number}") for number in range(3)]
        for initiative_id in ids[:2]:
            await api.post(f"/insight/v1/initiatives/{initiative_id}/start")
            await api.post(f"/insight/v1/initiatives/{initiative_id}/publish")
            await room.pass_time(hours=1)
        told = ContributorTold(customer_id=new_id(), initiative_id=ids[0], channel="email", language="de")
        await room.hear(told)
        await room.hear(told)

        first = (await public.get("/insight/v1/board", params={"language": "de-AT", "limit": 1})).json()
        second = (await public.get("/insight/v1/board", params={"limit": 1, "cursor": first["next_cursor"]})).json()

        assert first["items"] == [
            {
                "initiative_id": ids[1],
                "language": "de",
                "message": "Sie sagten: zu spät. Wir haben einen Wagen gekauft.",
                "published_at": "2026-11-23T10:00:00Z",
                "contributors_told": 0,
            },
        ]
        assert [(one["language"], one["contributors_told"]) for one in second["items"]] == [("en", 1)]
        assert second["next_cursor"] is None
        assert (await api.get(f"/insight/v1/initiatives/{ids[0]}")).json()["contributors_told"] == 1


async def test_a_customer_view_shows_what_they_were_told(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, gateway = room.client(*SCOPES), room.client("internal")
        initiative_id, customer_id, other = await _planned(api), new_id(), new_id()
        await api.post(f"/insight/v1/initiatives/{initiative_id}/start")
        await api.post(f"/insight/v1/initiatives/{initiative_id}/publish")
        await room.hear(ContributorTold(customer_id=customer_id, initiative_id=initiative_id, channel="email", language="de"))
        ask = {"customer_ids": [str(customer_id), str(other)], "sections": None}

        found = (await gateway.post("/insight/internal/v1/customers/views", json=ask)).json()["views"]
        nothing = (await gateway.post("/insight/internal/v1/customers/views", json={**ask, "sections": ["cases"]})).json()["views"]

        assert found[str(customer_id)]["contributions"] == {
            "version": 1,
            "as_of": "2026-11-23T09:00:00Z",
            "data": [
                {
                    "initiative_id": initiative_id,
                    "title": "Second delivery van",
                    "channel": "email",
                    "language": "de",
                    "message": "Sie sagten: zu spät. Wir haben einen Wagen gekauft.",
                    "told_at": "2026-11-23T09:00:00Z",
                },
            ],
        }
        assert found[str(other)]["contributions"]["data"] == []
        assert nothing == {str(customer_id): {}, str(other): {}}
        few = (await gateway.post("/insight/internal/v1/customers/views", json={**ask, "fields": {"contributions": ["*.title", "*.told_at"]}})).json()
        told = {"title": "Second delivery van", "told_at": "2026-11-23T09:00:00Z"}
        assert few["views"][str(customer_id)]["contributions"] == {**found[str(customer_id)]["contributions"], "data": [told]}
        assert few["views"][str(other)] == found[str(other)]
        assert (await api.post("/insight/internal/v1/customers/views", json=ask)).status_code == 403


async def test_initiatives_are_listed_newest_first_in_pages(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*SCOPES)
        ids = [await _planned(api) for _ in range(3)] + [await _planned(api, driver="bill")]

        first = (await api.get("/insight/v1/initiatives", params={"limit": 2, "driver": "late-delivery"})).json()
        second = (await api.get("/insight/v1/initiatives", params={"limit": 2, "driver": "late-delivery", "cursor": first["next_cursor"]})).json()

        assert [one["id"] for one in first["items"] + second["items"]] == [ids[2], ids[1], ids[0]]
        assert second["next_cursor"] is None
