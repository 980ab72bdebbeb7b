"""Shifts over GraphQL: planned, listed, compared with what was done, and against what is needed."""

from datetime import timedelta
from typing import Any

from tests.integration.gateway.house import Running
from tests.integration.gateway.test_routing_live import a_floor, asked

PUT = """mutation($a: String!, $k: String!, $shift: ShiftInput!, $once: String) {
  putAgentShift(agent: $a, key: $k, input: $shift, idempotencyKey: $once) {
  entity { agent key version weekly dated timeZone } userErrors { code field } } }"""
REMOVE = """mutation($a: String!, $k: String!) { removeAgentShift(agent: $a, key: $k) {
  entity { externalId planned shiftEndsAt planCounts } userErrors { code } } }"""
LIST = """query($a: String, $after: String) { agentShifts(agent: $a, first: 1, after: $after) {
  edges { node { key } } pageInfo { hasNextPage endCursor } } }"""
KEPT = "query($a: String!, $from: DateTime!) { agentAdherence(agent: $a, from: $from) { plannedWorkS unplannedS share } }"
PLAN = """query($q: String!) { queueStaffingPlan(queue: $q, from: "2026-11-30T09:00:00Z", until: "2026-11-30T10:00:00Z", intervalMinutes: 60) {
  weeks intervals { agentsPlanned agentsNeeded gap } } }"""
ONCE = {"startsAt": "2026-11-30T09:00:00Z", "endsAt": "2026-11-30T09:30:00Z"}
WEEKLY = {"weekdays": [0], "starts": "22:00", "ends": "06:00", "firstDay": "2026-11-02", "breaks": [{"starts": "02:00", "ends": "02:30"}]}


async def put(house: Running, key: str, name: str, shift: dict[str, Any], once: str | None = None) -> Any:
    return (await asked(house, key, PUT, a="plan1", k=name, shift=shift, once=once))["putAgentShift"]


async def test_a_plan_is_made_and_asked_for_over_graphql(house: Running) -> None:
    key = await a_floor(house, "plan1", "plan1")
    first, again = [await put(house, key, "a", {"dated": ONCE}, "plan-1") for _ in range(2)]
    dated = {"starts_at": "2026-11-30T09:00:00Z", "ends_at": "2026-11-30T09:30:00Z", "breaks": []}
    shift = {"agent": "plan1", "key": "a", "version": 1, "weekly": None, "dated": dated, "timeZone": None}
    assert first == again == {"entity": shift, "userErrors": []}
    night = (await put(house, key, "b", {"weekly": WEEKLY, "timeZone": "Europe/Lisbon"}))["entity"]
    assert (night["weekly"]["first_day"], night["weekly"]["breaks"], night["timeZone"]) == (
        "2026-11-02",
        [{"starts": "02:00", "ends": "02:30"}],
        "Europe/Lisbon",
    )
    refused = await put(house, key, "c", {"dated": ONCE, "weekly": WEEKLY})
    assert refused == {"entity": None, "userErrors": [{"code": "impossible_shift", "field": "weekly"}]}
    page = (await asked(house, key, LIST, a="plan1"))["agentShifts"]
    rest = (await asked(house, key, LIST, a="plan1", after=page["pageInfo"]["endCursor"]))["agentShifts"]
    assert [edge["node"]["key"] for one in (page, rest) for edge in one["edges"]] == ["a", "b"]
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    (interval,) = (await asked(house, key, PLAN, q="plan1"))["queueStaffingPlan"]["intervals"]
    assert (interval["agentsPlanned"] >= 0.5, interval["agentsNeeded"]) == (True, 0)
    yesterday = {"from": (house.clock.now() - timedelta(days=1)).isoformat()}
    assert (await asked(house, key, KEPT, a="nobody", **yesterday))["agentAdherence"] is None
    assert (await asked(house, key, KEPT, a="plan1", **yesterday))["agentAdherence"]["plannedWorkS"] >= 0.0
    for name in ("a", "b"):
        gone = (await asked(house, key, REMOVE, a="plan1", k=name))["removeAgentShift"]
    assert gone == {"entity": {"externalId": "plan1", "planned": "none", "shiftEndsAt": None, "planCounts": True}, "userErrors": []}
    assert (await asked(house, key, REMOVE, a="plan1", k="a"))["removeAgentShift"]["userErrors"] == [{"code": "shift_not_found"}]
