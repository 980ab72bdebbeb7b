"""Training with its hours, refreshers and honest effect; processes with their bottleneck."""

from datetime import timedelta
from typing import Any

import pytest

from services.insight.contract import TrainingNeedFound
from services.kit.ids import new_id
from services.knowledge.app import service
from services.knowledge.contract import TrainingCompleted
from services.knowledge.domain.effect import effect
from tests.conftest import OpenRoom
from tests.integration.knowledge.test_measures import ended
from tests.support.room import START

MODULES = "/knowledge/v1/training/modules"
ASSIGNMENTS = "/knowledge/v1/training/assignments"


def module(**changes: Any) -> dict[str, Any]:
    told = {"title": "Activate a line", "text": "# Steps", "language": "en", "topic": "line_activation", "minutes": 45}
    return told | {"skill": "lines", "skill_level": 3, "refresh_days": 365} | changes


async def test_completion_enters_hours_tells_routing_and_falls_due_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, agent = room.client("knowledge:read", "knowledge:write", subject="lead"), str(new_id())
        assert (await api.put(f"{MODULES}/lines-1", json=module())).json()["html"] == "<h1>Steps</h1>"
        [assignment] = (await api.post(ASSIGNMENTS, json={"module": "lines-1", "agents": [agent, agent]})).json()
        [again] = (await api.post(ASSIGNMENTS, json={"module": "lines-1", "agents": [agent]})).json()
        assert again["id"] == assignment["id"]
        done = await api.post(f"{ASSIGNMENTS}/{assignment['id']}/completion", json={})
        assert (done.status_code, done.json()["minutes"]) == (200, 45)
        twice = await api.post(f"{ASSIGNMENTS}/{assignment['id']}/completion", json={})
        assert (twice.status_code, twice.json()["code"]) == (409, "training_already_completed")
        await api.post("/knowledge/v1/training/hours", json={"agent_id": agent, "minutes": 60, "what": "Floor walk"})
        await api.post("/knowledge/v1/training/hours", json={"agent_id": agent, "minutes": -15, "what": "Entered too much"})
        [hours] = (await api.get("/knowledge/v1/training/hours", params={"agent_id": agent})).json()
        assert (hours["minutes"], hours["missing_minutes"], hours["entries"]) == (90, 1350, 3)
        await room.settle()
        [told] = room.said(TrainingCompleted)
        assert (str(told.agent_id), told.module, told.skill, told.skill_level, told.valid_until) == (
            agent,
            "lines-1",
            "lines",
            3,
            START + timedelta(days=365),
        )
        await room.pass_time(days=366)
        [due] = (await api.get(ASSIGNMENTS, params={"open": True})).json()["items"]
        assert (due["agent_id"], due["reason"], due["assigned_by"]) == (agent, "refresher", "antiphon")
        assert (await api.get("/knowledge/v1/training/hours", params={"agent_id": agent})).json()[0]["minutes"] == 0


async def test_a_need_is_open_until_somebody_learns_and_old_modules_are_not_taught(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, agent = room.client("knowledge:read", "knowledge:write"), str(new_id())
        need = {"topic": "line_activation", "group": "Site A", "agents": [agent], "effect": 4.5, "evidence": "Resolution 61 % v 74 %"}
        found = (await api.post("/knowledge/v1/training/needs", json=need)).json()
        await api.put(f"{MODULES}/old", json=module(active=False))
        refused = await api.post(ASSIGNMENTS, json={"module": "old", "agents": [agent], "need_id": found["id"]})
        assert refused.json()["code"] == "training_module_inactive"
        assert [one["id"] for one in (await api.get("/knowledge/v1/training/needs")).json()["items"]] == [found["id"]]
        await api.put(f"{MODULES}/lines-1", json=module())
        [assigned] = (await api.post(ASSIGNMENTS, json={"module": "lines-1", "agents": [agent], "need_id": found["id"]})).json()
        assert (assigned["reason"], assigned["need_id"]) == ("need", found["id"])
        assert (await api.get("/knowledge/v1/training/needs")).json()["items"] == []
        assert (await api.put(f"{MODULES}/lines-1", json=module(skill_level=None))).status_code == 422


async def test_a_need_that_insight_finds_names_the_agents_of_the_team_and_what_teaches_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, agent, elsewhere = room.client("knowledge:read", "knowledge:write"), new_id(), new_id()
        await api.put(f"{MODULES}/lines-1", json=module())
        await room.hear(
            ended(agent_id=agent, team="north", driver="line_activation"),
            ended(agent_id=elsewhere, team="south", driver="line_activation"),
            ended(agent_id=new_id(), team="north", driver="invoice"),
        )
        told = {"topic": "line_activation", "team": "north", "effect": -0.12, "low": -0.2, "high": -0.04, "n": 210, "found_at": START}
        first = TrainingNeedFound(need_id=new_id(), **told)
        await room.hear(first)
        await room.hear(TrainingNeedFound(need_id=new_id(), **(told | {"effect": -0.15, "n": 260})))
        [need] = (await api.get("/knowledge/v1/training/needs")).json()["items"]
        assert (need["id"], need["group"], need["agents"], need["source"], need["modules"]) == (
            str(first.need_id),
            "north",
            [str(agent)],
            "insight",
            ["lines-1"],
        )
        assert (need["effect"], need["evidence"]) == (
            15.0,
            "north resolves line_activation 15.0 points less often than all others (95 % 4.0 to 20.0; 260 answers).",
        )
        [assigned] = (await api.post(ASSIGNMENTS, json={"module": "lines-1", "agents": need["agents"], "need_id": need["id"]})).json()
        assert (assigned["agent_id"], assigned["reason"]) == (str(agent), "need")


async def test_the_effect_of_training_is_told_beside_everybody_elses_change(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, learner, other = room.client("knowledge:read", "knowledge:write"), new_id(), new_id()
        await api.put(f"{MODULES}/lines-1", json=module())
        [assignment] = (await api.post(ASSIGNMENTS, json={"module": "lines-1", "agents": [str(learner)]})).json()
        before, after = START - timedelta(days=3), START + timedelta(days=3)
        for agent, at, good in ((learner, before, 20), (learner, after, 36), (other, before, 20), (other, after, 20)):
            told = [
                ended(
                    agent_id=agent,
                    driver="line_activation",
                    resolved="yes" if number < good else "no",
                    started_at=at,
                    ended_at=at + timedelta(minutes=5),
                )
                for number in range(40)
            ]
            await room.hear(*told)
        assert (await api.get(f"{MODULES}/lines-1/effect")).json()["verdict"] == "too_few"
        await api.post(f"{ASSIGNMENTS}/{assignment['id']}/completion", json={})
        await room.pass_time(days=29)
        judged = (await api.get(f"{MODULES}/lines-1/effect")).json()
        assert (judged["before"]["share"], judged["after"]["share"], judged["others_after"]["share"]) == (0.5, 0.9, 0.5)
        assert (judged["learners"], judged["effect"], judged["verdict"]) == (1, 0.380952, "better")


@pytest.mark.parametrize(("judged", "told"), [(29, False), (30, True)])
def test_few_contacts_prove_nothing(*, judged: int, told: bool) -> None:
    assert (effect((15, judged), (20, judged), (15, judged), (15, judged)) is not None) is told


async def test_a_process_shows_the_step_that_costs_most(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        steps = [
            {"code": "order", "title": "Order", "drivers": ["order_wrong"], "leads_to": ["activate"]},
            {"code": "activate", "title": "Activate the line", "drivers": ["line_activation", "late"], "waits_hours": 48, "leads_to": ["use"]},
            {"code": "use", "title": "Use"},
        ]
        assert (await api.put("/knowledge/v1/processes/new-line", json={"title": "New line", "steps": steps})).json()["version"] == 1
        for driver in ("line_activation", "late", "late", "order_wrong", "other"):
            await room.hear(ended(driver=driver, resolved="no"))
        await room.pass_time(hours=1)
        flow = (await api.get("/knowledge/v1/processes/new-line")).json()
        assert [(one["code"], one["contacts"], one["cost"], one["bottleneck"]) for one in flow["steps"]] == [
            ("order", 1, 2.5, False),
            ("activate", 3, 7.5, True),
            ("use", 0, 0.0, False),
        ]
        assert (flow["contacts"], flow["cost"], flow["steps"][1]["customers_waited_hours"]) == (4, 10.0, 0.25)
        drawn = (await api.get("/knowledge/v1/processes/new-line/picture.mmd")).text
        assert drawn.splitlines()[1:5] == [
            '    n0["Order<br>1 contacts, cost 2.50"]',
            '    n1["Activate the line<br>3 contacts, cost 7.50 (bottleneck)"]',
            '    n2["Use<br>0 contacts, cost 0.00"]',
            '    n0 -->|"48 h"| n1',
        ]
        assert (await api.get("/knowledge/v1/processes/new-line/picture.svg")).headers["content-type"] == "image/svg+xml"
        twice = [steps[0], {"code": "x", "title": "X", "drivers": ["order_wrong"]}]
        assert (await api.put("/knowledge/v1/processes/p", json={"title": "P", "steps": twice})).status_code == 422
