"""Rehearsals and staffing through the doors: uploaded days, own days, progress, warnings; what cannot be replayed is said."""

from datetime import timedelta
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.routing.app import service
from services.routing.domain.eligibility import Policy
from services.routing.models import Contact
from services.routing.repository import queues
from services.routing.use_cases.enqueue_contact import blank_contact
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk
from tests.support.room import START
from tests.unit.routing.test_backtest import a_day

MOMENTS = {"begin": (START - timedelta(hours=6)).isoformat(), "end": START.isoformat()}


async def own_days(uow: UnitOfWork, agents: list[UUID], contacts: int) -> None:
    """Five hours in which every agent takes a call in turn; every ninth customer hangs up."""
    key = await queues.class_of(uow, "care", "voice", Policy((("care", 1),), ()), 0)
    rows = []
    for number in range(contacts):
        at = uow.now - timedelta(hours=5.5) + timedelta(seconds=number * 18_000 / contacts)
        row = blank_contact(uow, new_id()) | {"channel": "voice", "direction": "inbound", "queue": "care", "class_key": key, "state": "abandoned"}
        row |= {"queued_at": at, "waits_from": at, "ended_at": at + timedelta(seconds=60)}
        if number % 9:
            talk = {"state": "ended", "agent_id": agents[number % len(agents)], "first_connected_at": at + timedelta(seconds=15)}
            row |= talk | {"connected_at": at + timedelta(seconds=15), "ended_at": at + timedelta(seconds=315), "handle_seconds": 300.0}
        rows.append(row)
    await uow.insert(Contact, *rows)


async def test_an_uploaded_day_is_rehearsed_in_the_background_and_a_loss_is_warned_of(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        agents, contacts = a_day(contacts=1_500)
        body = {"name": "back to fifo", "base": {"rule": "index"}, "candidate": {"rule": "fifo"}, "trace": {"agents": agents, "contacts": contacts}}
        started = await desk.api.post("/routing/v1/backtests", json=body)
        assert (started.status_code, started.json()["state"], started.json()["progress"]) == (202, "waiting", 0.0)
        await room.settle()
        found = (await desk.api.get(f"/routing/v1/backtests/{started.json()['id']}")).json()
        assert (found["state"], found["progress"], found["problem"]) == ("done", 1.0, None)
        result = found["result"]
        gain = result["overall"]["gain"]["resolved"]
        assert gain["low"] < gain["value"] < gain["high"] < 0
        assert any(sentence.startswith("everything: the candidate loses") for sentence in result["warnings"])
        assert sorted(result["queues"]) == ["a", "b"]
        listed = (await desk.api.get("/routing/v1/backtests")).json()["items"]
        assert [each["name"] for each in listed] == ["back to fifo"]


async def test_own_days_are_replayed_under_other_weights(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("care")
        await desk.queue("care", requires=[{"skill": "care", "level": 1}])
        agents = [UUID((await desk.agent(f"a{number}", skills={"care": 1 + number}))["id"]) for number in range(4)]
        await room.runtime.write(own_days, agents, 240)
        body = {"name": "patient", "candidate": {"rule": "index", "kappa": 0, "slope": 0.1}, "history": MOMENTS}
        started = (await desk.api.post("/routing/v1/backtests", json=body)).json()
        await room.settle()
        found = (await desk.api.get(f"/routing/v1/backtests/{started['id']}")).json()
        assert (found["state"], found["problem"]) == ("done", None)
        result = found["result"]
        assert (result["base"], result["candidate"]) == ("index", "index (kappa 0, slope 0.1)")
        assert 200 <= result["queues"]["care"]["base"]["offered"] <= 240
        assert 0.6 < result["queues"]["care"]["base"]["fcr"] < 0.9


async def test_what_cannot_be_replayed_is_said(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        bad = {"name": "x", "candidate": {}, "trace": {"agents": "[]", "contacts": "id,arrival_s"}}
        refused = await desk.api.post("/routing/v1/backtests", json=bad)
        assert (refused.status_code, refused.json()["code"]) == (422, "trace_not_readable")
        neither = await desk.api.post("/routing/v1/backtests", json={"name": "x", "candidate": {}})
        assert neither.status_code == 422
        started = (await desk.api.post("/routing/v1/backtests", json={"name": "x", "candidate": {}, "history": MOMENTS})).json()
        await room.settle()
        found = (await desk.api.get(f"/routing/v1/backtests/{started['id']}")).json()
        assert (found["state"], found["problem"]) == (
            "failed",
            "No contact of these days was served by an agent; there is nothing to replay.",
        )
        assert (await desk.api.get(f"/routing/v1/backtests/{new_id()}")).json()["code"] == "backtest_not_found"


async def test_a_queue_says_how_many_agents_it_needs(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care", expected_handle_seconds=240, wrap_up_seconds=60)
        quiet = (await desk.api.get("/routing/v1/queues/care/staffing")).json()
        assert (quiet["arrivals_per_hour"], quiet["agents_needed"], quiet["expected_service_level"]) == (0.0, 0, 1.0)
        await desk.agent("anna")
        for _ in range(24):
            await desk.contact("care")
        busy = (await desk.api.get("/routing/v1/queues/care/staffing")).json()
        assert (busy["arrivals_per_hour"], busy["handle_seconds"], busy["patience_seconds"], busy["agents_on_shift"]) == (24.0, 300.0, 600.0, 1)
        assert busy["agents_needed"] == 4
        assert busy["expected_service_level"] < 0.3
