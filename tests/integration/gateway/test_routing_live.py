"""Desk and wallboard over GraphQL: asked once, changed, and followed live."""

import asyncio
import json
from typing import Any

from tests.integration.gateway.doors import stream
from tests.integration.gateway.house import Running

DESK = "subscription($a: String!) { agentDesk(agent: $a) { why contact { externalId state } reservation { status } } }"
BOARD = "subscription($q: [String!]!) { wallboard(queues: $q) { queue waiting offered agentsFree } }"
STATES = "query($q: [String!]!) { queueStates(queues: $q) { queue waiting offered longestWaitSeconds agents } }"
STAFFING = "query($q: String!) { queueStaffing(queue: $q) { agentsNeeded agentsOnShift handleSeconds } }"
ACTIVITY = """mutation($a: String!, $to: String!) { setAgentActivity(agent: $a, activity: $to) {
  entity { externalId activity } userErrors { code field } } }"""
TRANSFER = 'mutation($id: ID!) { transferContact(id: $id, reason: "wrong line") { entity { state transfers } userErrors { code } } }'
ABANDON = "mutation($id: ID!) { abandonContact(id: $id) { entity { state } userErrors { code } } }"
AN_AGENT = {"name": "Anna", "time_zone": "Europe/Berlin", "languages": {}, "skills": {}, "capacity": {"voice": 1}, "activity": "available"}


async def a_floor(house: Running, queue: str, agent: str) -> str:
    key = await house.key("administrator", holder=f"floor {queue}")
    await house.rest(key, "PUT", f"/routing/v1/queues/{queue}", json={"name": queue, "channels": ["voice"], "sla_seconds": 20, "sla_share": 0.8})
    await house.rest(key, "PUT", f"/routing/v1/agents/{agent}", json=AN_AGENT)
    return key


async def asked(house: Running, key: str, query: str, **variables: Any) -> Any:
    answer = await house.ask(key, query, **variables)
    assert "errors" not in answer, answer
    return answer["data"]


def shown(event: str, field: str) -> Any:
    return json.loads(event.split("data: ")[1])["data"][field]


async def test_desk_and_wallboard_show_an_offer_as_soon_as_it_is_made(house: Running) -> None:
    key = await a_floor(house, "live1", "liv1")
    async with stream(house, key, DESK, {"a": "liv1"}) as desk, stream(house, key, BOARD, {"q": ["live1"]}) as board:
        assert await asyncio.wait_for(desk.get(), 5) == "200"
        assert await asyncio.wait_for(board.get(), 5) == "200"
        assert shown(await asyncio.wait_for(desk.get(), 5), "agentDesk") == []
        assert shown(await asyncio.wait_for(board.get(), 5), "wallboard") == [{"queue": "live1", "waiting": 0, "offered": 0, "agentsFree": 1}]
        contact = {"channel": "voice", "queue": "live1", "external_id": "pbx-live1"}
        await house.rest(key, "POST", "/routing/v1/contacts", json=contact)
        (offer,) = shown(await asyncio.wait_for(desk.get(), 5), "agentDesk")
        assert (offer["contact"], offer["reservation"]) == ({"externalId": "pbx-live1", "state": "offered"}, {"status": "pending"})
        assert offer["why"].startswith("Resolves 0.74 at pace 1.00")
        (state,) = shown(await asyncio.wait_for(board.get(), 5), "wallboard")
        if state["waiting"]:  # looked at between the contact and its offer
            (state,) = shown(await asyncio.wait_for(board.get(), 5), "wallboard")
        assert state == {"queue": "live1", "waiting": 0, "offered": 1, "agentsFree": 0}


async def test_what_is_said_at_the_desk_is_done_by_routing(house: Running) -> None:
    key = await a_floor(house, "live2", "liv2")
    paused = await asked(house, key, ACTIVITY, a="liv2", to="break")
    assert paused["setAgentActivity"]["entity"] == {"externalId": "liv2", "activity": "break"}
    wrong = (await asked(house, key, ACTIVITY, a="liv2", to="asleep"))["setAgentActivity"]
    assert (wrong["entity"], wrong["userErrors"][0]["field"]) == (None, "activity")
    contact = (await house.rest(key, "POST", "/routing/v1/contacts", json={"channel": "voice", "queue": "live2"})).json()
    (state,) = (await asked(house, key, STATES, q=["live2"]))["queueStates"]
    assert (state["waiting"], state["agents"]["break"] >= 1) == (1, True)
    moved = (await asked(house, key, TRANSFER, id=contact["id"]))["transferContact"]
    assert moved == {"entity": {"state": "waiting", "transfers": 1}, "userErrors": []}
    assert (await asked(house, key, ABANDON, id=contact["id"]))["abandonContact"]["entity"] == {"state": "abandoned"}
    hint = (await asked(house, key, STAFFING, q="live2"))["queueStaffing"]
    assert (hint["handleSeconds"], hint["agentsNeeded"]) == (300.0, 1)
    refused = await house.ask(key, STATES, q=[])
    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
