"""The doors for what goes on: server-sent events and websockets, which end when their credential does."""

import asyncio
import json
from typing import Any

import pytest

from services.kit.ids import new_id
from tests.integration.gateway.doors import LIVE, ME, agent, socket, stream
from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_new_fact_arrives_live_by_server_sent_events(house: Running) -> None:
    key = await agent(house)
    person = (await house.rest(key, "PUT", "/customers/v1/customers/by-key/account/L-1", json={"display_name": "Live"})).json()
    await house.settle()

    async with stream(house, key, LIVE, {"id": person["id"]}) as events:
        assert await asyncio.wait_for(events.get(), 5) == "200"
        await asyncio.sleep(0.5)
        assert events.empty()
        case = {"customer_id": person["id"], "title": "Live issue", "description": "d", "language": "en"}
        await house.rest(key, "POST", "/customers/v1/cases", json=case)
        await house.settle()
        event = await asyncio.wait_for(events.get(), 5)

    assert event.startswith("event: next\ndata: ")
    assert json.loads(event.split("data: ")[1])["data"]["customerTimeline"]["kind"] == "case_opened"


async def test_a_stream_ends_when_its_key_is_revoked(house: Running) -> None:
    keeper = await house.key("administrator", holder=f"admin {new_id()}")
    made = (await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": f"h {new_id()}", "roles": ["agent"]})).json()
    person = (await house.rest(made["key"], "PUT", "/customers/v1/customers/by-key/account/L-2", json={"display_name": "Live"})).json()
    object.__setattr__(house.app.state.door, "settings", house.app.state.door.settings.model_copy(update={"credential_seconds": 0.1}))

    async with stream(house, made["key"], LIVE, {"id": person["id"]}) as events:
        assert await asyncio.wait_for(events.get(), 5) == "200"
        await house.rest(keeper, "DELETE", f"/gateway/v1/keys/{made['id']}")
        assert await asyncio.wait_for(events.get(), 5) == "event: complete\ndata:\n\n"


async def test_a_websocket_runs_queries_and_streams_side_by_side(house: Running) -> None:
    key = await agent(house)
    person = (await house.rest(key, "PUT", "/customers/v1/customers/by-key/account/L-3", json={"display_name": "Live"})).json()
    await house.settle()

    async with socket(house) as (say, hear):
        say({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}})
        assert await hear() == {"type": "connection_ack"}
        say({"type": "ping"})
        assert await hear() == {"type": "pong"}
        say({"type": "subscribe", "id": "live", "payload": {"query": LIVE, "variables": {"id": person["id"]}}})
        say({"type": "subscribe", "id": "one", "payload": {"query": ME}})
        assert (await hear())["payload"]["data"] == {"__typename": "Query"}
        assert await hear() == {"type": "complete", "id": "one"}
        say({"type": "subscribe", "id": "bad", "payload": {"query": "{ nod }"}})
        assert (await hear())["type"] == "error"
        await asyncio.sleep(0.5)
        await house.rest(key, "POST", "/customers/v1/cases", json={"customer_id": person["id"], "title": "x", "description": "d", "language": "en"})
        await house.settle()
        assert (await hear())["payload"]["data"]["customerTimeline"]["kind"] == "case_opened"
        say({"type": "complete", "id": "live"})


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": ME}}], 4401),
        ([{"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}}], 4403),
        ([{"type": "connection_init"}], 4403),
        (["not json"], 4400),
        (["[]"], 4400),
        ([{"type": "launch"}], 4400),
    ],
)
async def test_a_websocket_that_misbehaves_is_closed_with_its_code(house: Running, messages: list[Any], code: int) -> None:
    async with socket(house) as (say, hear):
        for message in messages:
            say(message)
        assert await hear() == {"close": code}


async def test_the_old_websocket_protocol_is_refused(house: Running) -> None:
    async with socket(house, "graphql-ws") as (_, hear):
        assert await hear() == {"close": 4406}
