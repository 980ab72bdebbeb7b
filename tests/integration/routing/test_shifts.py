"""Shifts as a plan: who is asked and who is not, what a shift's end keeps away, whether plans were kept, and who will be missing."""

from typing import Any

import pytest

from services.routing.app import service
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk, Json

DAYS = [0, 1, 2, 3, 4]
EARLY: Json = {
    "weekly": {
        "weekdays": DAYS,
        "starts": "08:00",
        "ends": "16:30",
        "first_day": "2026-11-02",
        "breaks": [{"starts": "12:00", "ends": "12:30"}],
    }
}
"""In Berlin: from 07:00 until 15:30 UTC in winter, with a break from 11:00."""


async def plan(desk: Desk, agent: str, body: Json, key: str = "early") -> Json:
    answer = await desk.api.put(f"/routing/v1/agents/{agent}/shifts/{key}", json=body)
    assert answer.status_code == 200, answer.text
    stored: Json = answer.json()
    return stored


def dated(begins: str, ends: str, **more: Any) -> Json:
    return {"dated": {"starts_at": f"2026-11-23T{begins}:00Z", "ends_at": f"2026-11-23T{ends}:00Z"} | more}


async def seen(desk: Desk, agent: str) -> tuple[str, str | None]:
    found = (await desk.api.get(f"/routing/v1/agents/{agent}")).json()
    return found["planned"], found["shift_ends_at"]


async def test_nobody_is_asked_in_a_planned_break_or_after_the_shift_and_who_has_no_plan_is_asked_as_ever(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=600)
        await desk.agent("anna")
        await plan(desk, "anna", EARLY)
        assert await seen(desk, "anna") == ("work", "2026-11-23T15:30:00Z")
        await room.pass_time(hours=2, minutes=5)
        assert await seen(desk, "anna") == ("break", "2026-11-23T15:30:00Z")
        in_break = await desk.contact("sales")
        assert (in_break["state"], await desk.offered("anna")) == ("waiting", [])
        assert (await desk.why_not(in_break, "anna"))["sentence"] == "Has a planned break in the shift until 15:30 UTC."
        state = (await desk.api.get("/routing/v1/queues/sales/state")).json()
        assert (state["agents"], state["agents_free"]) == ({"off_plan": 1}, 0)
        await room.pass_time(minutes=25)
        assert await desk.offered("anna") == [in_break["id"]]
        await desk.accept(await desk.reservation_of("anna"))
        await room.pass_time(hours=4)
        assert await seen(desk, "anna") == ("off", None)
        assert (await desk.seen(in_break))["state"] == "connected"
        await desk.end(in_break)
        late = await desk.contact("sales")
        assert (await desk.why_not(late, "anna"))["sentence"] == "Is outside of any planned shift."
        await desk.agent("bert")
        assert await desk.offered("bert") == [late["id"]]


async def test_a_shift_that_ends_takes_back_its_open_offers_and_one_that_begins_asks_at_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=3600)
        await desk.agent("anna")
        await desk.agent("bert", activity="offline")
        await plan(desk, "anna", dated("08:00", "09:10"), "today")
        await plan(desk, "bert", dated("09:20", "17:00"), "today")
        await desk.activity("bert", "available")
        contact = await desk.contact("sales")
        assert (await desk.offered("anna"), await desk.offered("bert")) == ([contact["id"]], [])
        reservation = await desk.reservation_of("anna")
        await room.pass_time(minutes=10)
        gone = (await desk.api.get(f"/routing/v1/reservations/{reservation}")).json()
        assert (gone["status"], gone["reason"], (await desk.seen(contact))["state"]) == ("superseded", "shift_over", "waiting")
        await room.pass_time(minutes=10)
        assert await desk.offered("bert") == [contact["id"]]


async def test_a_plan_that_does_not_count_or_is_taken_away_keeps_nobody_from_anything(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna", plan_counts=False)
        await plan(desk, "anna", dated("12:00", "13:00"), "today")
        first = await desk.contact("sales")
        assert (await seen(desk, "anna"), await desk.offered("anna")) == (("off", None), [first["id"]])
        await desk.agent("bert")
        await plan(desk, "bert", dated("12:00", "13:00"), "today")
        second = await desk.contact("sales")
        assert await desk.offered("bert") == []
        assert (await desk.api.delete("/routing/v1/agents/bert/shifts/today")).status_code == 204
        assert (await seen(desk, "bert"), await desk.offered("bert")) == (("none", None), [second["id"]])
        again = await desk.api.delete("/routing/v1/agents/bert/shifts/today")
        assert (again.status_code, again.json()["code"]) == (404, "shift_not_found")


async def test_a_shift_that_ends_soon_keeps_long_contacts_away_where_the_queue_says_so(open_room: OpenRoom) -> None:
    """Handling takes 300 s: with an allowance of 60 s nothing more comes from four minutes before the end on."""
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("long", expected_handle_seconds=300, shift_end_allowance_seconds=60, offer_seconds=3600)
        await desk.queue("any", expected_handle_seconds=300, offer_seconds=3600)
        await desk.agent("anna", capacity={"voice": 3})
        await plan(desk, "anna", dated("08:00", "09:10"), "today")
        await room.pass_time(minutes=5, seconds=59)
        in_time = await desk.contact("long")
        assert await desk.offered("anna") == [in_time["id"]]
        await room.pass_time(seconds=1)
        late, other = await desk.contact("long"), await desk.contact("any")
        assert await desk.offered("anna") == [in_time["id"], other["id"]]
        assert (late["state"], (await desk.why_not(late, "anna"))["sentence"]) == (
            "waiting",
            "A contact of queue long would be over 60 s after the end of the shift.",
        )
        await desk.queue("long", expected_handle_seconds=300, shift_end_allowance_seconds=120, offer_seconds=3600)
        await desk.contact("any", channel="chat")
        assert await desk.offered("anna") == [in_time["id"], other["id"], late["id"]]


async def test_a_plan_outlives_a_new_leader(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("long", expected_handle_seconds=300, shift_end_allowance_seconds=0)
        await desk.agent("anna")
        await plan(desk, "anna", dated("08:00", "09:10"), "today")
        room.runtime.resources["leader"].mind.desk = None
        await room.pass_time(minutes=5)
        contact = await desk.contact("long")
        assert (contact["state"], await desk.offered("anna")) == ("waiting", [])
        await plan(desk, "anna", dated("08:00", "10:10"), "today")
        assert await desk.offered("anna") == [contact["id"]]


async def test_many_shifts_are_stored_together_or_not_at_all_and_listed_in_pages(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.agent("anna")
        await desk.agent("bert", site="porto")
        orders = [{"agent": agent, "key": key} | dated("08:00", "09:10") for agent in ("anna", "bert") for key in ("a", "b")]
        refused = await desk.api.post("/routing/v1/shifts", json={"shifts": [*orders, {"agent": "nobody", "key": "a"} | EARLY]})
        assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (422, "unknown_agent", "/shifts/4/agent")
        assert (await desk.api.get("/routing/v1/shifts")).json()["items"] == []
        assert (await desk.api.post("/routing/v1/shifts", json={"shifts": orders})).json() == {"stored": 4, "agents": 2}
        assert (await desk.api.post("/routing/v1/shifts", json={"shifts": [orders[0], orders[1] | dated("08:00", "09:20")]})).json()["stored"] == 2
        listed, cursor = [], None
        while True:
            page = (await desk.api.get("/routing/v1/shifts", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))).json()
            listed += [(each["agent"], each["key"], each["version"]) for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert listed == [("anna", "a", 1), ("anna", "b", 2), ("bert", "a", 1), ("bert", "b", 1)]
        porto = room.client("routing:admin", "routing:read", sites=["porto"])
        assert [each["agent"] for each in (await porto.get("/routing/v1/shifts")).json()["items"]] == ["bert", "bert"]
        assert (await porto.put("/routing/v1/agents/anna/shifts/a", json=EARLY)).status_code == 404
        assert (await porto.post("/routing/v1/shifts", json={"shifts": orders})).json()["code"] == "unknown_agent"


async def test_a_shift_that_cannot_be_is_refused_with_its_field(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.agent("anna")
        weekly: Json = EARLY["weekly"]
        noon = {"starts_at": "2026-11-23T08:30:00Z", "ends_at": "2026-11-23T08:45:00Z"}
        wrong: list[tuple[Json, str]] = [
            ({}, "/weekly"),
            (EARLY | dated("08:00", "09:00"), "/weekly"),
            (dated("09:00", "09:00"), "/dated/ends_at"),
            (dated("08:00", "08:40", breaks=[noon]), "/dated/breaks/0"),
            (dated("08:00", "09:40", breaks=[noon, noon]), "/dated/breaks/1"),
            ({"weekly": weekly | {"last_day": "2026-11-01"}}, "/weekly/last_day"),
            ({"weekly": weekly | {"breaks": [{"starts": "16:00", "ends": "17:00"}]}}, "/weekly/breaks/0"),
            ({"weekly": weekly | {"weekdays": [7]}}, "/weekly/weekdays/0"),
            ({"weekly": weekly | {"starts": "8:00"}}, "/weekly/starts"),
            (EARLY | {"time_zone": "Mars/Olympus"}, "/time_zone"),
        ]
        found = []
        for body, _ in wrong:
            answer = await desk.api.put("/routing/v1/agents/anna/shifts/early", json=body)
            found.append((answer.status_code, answer.json()["errors"][0]["pointer"]))
        assert found == [(422, pointer) for _, pointer in wrong]
        assert (await desk.api.get("/routing/v1/agents/anna/shifts/early")).status_code == 404


@pytest.mark.parametrize("idempotency_key", [None, "shift-1"])
async def test_the_same_shift_again_changes_nothing(open_room: OpenRoom, idempotency_key: str | None) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.agent("anna")
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        answers = [await desk.api.put("/routing/v1/agents/anna/shifts/early", json=EARLY, headers=headers) for _ in range(2)]
        assert answers[0].json() == answers[1].json() == (await desk.api.get("/routing/v1/agents/anna/shifts/early")).json()
        assert (answers[0].json()["version"], answers[0].json()["weekly"]["breaks"]) == (1, [{"starts": "12:00", "ends": "12:30"}])


async def test_adherence_says_what_was_planned_and_what_was_done(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.agent("anna")
        await plan(desk, "anna", dated("09:00", "10:00", breaks=[{"starts_at": "2026-11-23T09:30:00Z", "ends_at": "2026-11-23T09:40:00Z"}]), "today")
        await room.pass_time(minutes=25)
        await desk.activity("anna", "break")
        await room.pass_time(minutes=10)
        await desk.activity("anna", "available")
        await room.pass_time(minutes=35)
        path, asked = "/routing/v1/agents/anna/adherence", {"from": "2026-11-23T00:00:00Z"}
        assert (await desk.api.get(path, params=asked)).json() == {
            "agent": "anna",
            "begins_at": "2026-11-23T09:00:00Z",
            "ends_at": "2026-11-23T10:10:00Z",
            "planned_work_s": 3000.0,
            "worked_s": 2700.0,
            "planned_break_s": 600.0,
            "rested_s": 300.0,
            "unplanned_s": 600.0,
            "share": 3000 / 3600,
        }
        assert (await room.client("routing:read", "routing:write").get(path, params=asked)).status_code == 403
        wrong = await desk.api.get(path, params=asked | {"until": "2026-11-22T00:00:00Z"})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/until")


async def test_the_staffing_plan_says_who_will_be_missing_by_the_same_hours_of_the_last_weeks(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("billing")
        await desk.queue("billing", requires=[{"skill": "billing", "level": 2}], expected_handle_seconds=600)
        for agent, level in (("anna", 3), ("bert", 1), ("cleo", 2)):
            await desk.agent(agent, skills={"billing": level}, activity="offline")
            body = {"starts_at": "2026-11-30T09:00:00Z", "ends_at": "2026-11-30T09:45:00Z"}
            await plan(desk, agent, {"dated": body}, "next")
        for _ in range(12):
            await desk.contact("billing")
        path, asked = "/routing/v1/queues/billing/staffing-plan", {"from": "2026-11-30T09:00:00Z", "until": "2026-11-30T10:00:00Z"}
        await room.pass_time(days=6)
        found = (await desk.api.get(path, params=asked)).json()
        assert (found["weeks"], found["handle_seconds"]) == (1, 600.0)
        shown = [(each["arrivals_expected"], each["agents_planned"], each["agents_needed"], each["gap"]) for each in found["intervals"]]
        assert shown == [(12.0, 2.0, 6, -4.0), (0.0, 1.0, 0, 1.0)]
        few = await desk.api.get(path, params=asked | {"interval_minutes": "5", "until": "2026-12-30T10:00:00Z"})
        assert (few.status_code, few.json()["errors"][0]["pointer"]) == (422, "/until")
        assert (await desk.api.get("/routing/v1/queues/none/staffing-plan", params=asked)).status_code == 404
