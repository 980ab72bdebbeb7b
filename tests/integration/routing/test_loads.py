"""How much an agent carries at once over all channels, and what may interrupt what: said at the door, obeyed by the engine."""

from typing import Any

import pytest

from services.routing.app import service
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk, Json

CHANNELS = ["voice", "chat", "email"]


async def load(desk: Desk, agent: str, **said: Any) -> Json:
    answer = await desk.api.put(f"/routing/v1/agents/{agent}/load", json=said)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


async def states(desk: Desk, *contacts: Json) -> list[str]:
    return [(await desk.seen(each))["state"] for each in contacts]


async def test_a_chat_agent_with_chats_of_cost_two_and_a_capacity_of_five_gets_two(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care", channels=CHANNELS)
        await desk.agent("anna", capacity={"chat": 9, "email": 9})
        agent = await load(desk, "anna", costs={"chat": 2}, capacity=5)
        assert agent["load"] == {"costs": {"chat": 2.0}, "capacity": 5.0, "cap": 1.0, "interrupted_by": {}}
        chats = [await desk.contact("care", channel="chat") for _ in range(3)]
        assert await states(desk, *chats) == ["offered", "offered", "waiting"]
        why = await desk.why_not(chats[2], "anna")
        verdicts = {each["condition"]: (each["met"], each["sentence"]) for each in why["conditions"]}
        assert (verdicts["capacity"][0], verdicts["load"]) == (True, (False, "Carries 4 of 5; a contact of chat costs 2."))
        assert why["sentence"] == "Carries 4 of 5; a contact of chat costs 2."
        mails = [await desk.contact("care", channel="email") for _ in range(2)]  # one costs 1, as nothing else was said
        assert await states(desk, *mails) == ["offered", "waiting"]
        await desk.abandon(chats[0])
        assert await states(desk, chats[2], mails[1]) in (["offered", "waiting"], ["waiting", "offered"])


async def test_a_cap_of_eighty_percent_keeps_a_fifth_of_the_capacity_free_until_it_is_lifted(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care", channels=CHANNELS)
        await desk.agent("anna", capacity={"chat": 9})
        await load(desk, "anna", capacity=5, cap=0.8)
        chats = [await desk.contact("care", channel="chat") for _ in range(6)]
        assert await states(desk, *chats) == ["offered"] * 4 + ["waiting"] * 2
        await load(desk, "anna", capacity=5)
        assert await states(desk, *chats) == ["offered"] * 5 + ["waiting"]
        await load(desk, "anna", capacity=2)
        assert await states(desk, *chats) == ["offered"] * 5 + ["waiting"]  # what is held stays held
        assert (await load(desk, "anna"))["load"] is None
        assert await states(desk, *chats) == ["offered"] * 6


@pytest.mark.parametrize(("interrupted_by", "call"), [({"email": ["voice"]}, "offered"), ({"email": []}, "waiting"), ({}, "offered")])
async def test_a_call_interrupts_an_email_where_that_is_allowed(open_room: OpenRoom, interrupted_by: dict[str, list[str]], call: str) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care", channels=CHANNELS)
        await desk.agent("anna", capacity={"voice": 1, "email": 2})
        await load(desk, "anna", interrupted_by=interrupted_by)
        mail = await desk.contact("care", channel="email")
        assert (await desk.accept(await desk.reservation_of("anna"))).status_code == 200
        rings = await desk.contact("care", channel="voice")
        second = await desk.contact("care", channel="email")
        assert await states(desk, rings, second) == [call, "offered"]
        if call == "waiting":
            assert (await desk.why_not(rings, "anna"))["sentence"] == "A contact of voice may not interrupt email."
            await desk.abandon(second)
            await desk.end(mail)
            assert await states(desk, rings) == ["offered"]


async def test_an_agent_who_is_set_up_anew_keeps_the_load(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care", channels=CHANNELS)
        await desk.agent("anna", capacity={"chat": 9})
        await load(desk, "anna", costs={"chat": 2}, capacity=5)
        changed = await desk.agent("anna", capacity={"chat": 8}, team="red")
        assert changed["load"]["capacity"] == 5.0
        chats = [await desk.contact("care", channel="chat") for _ in range(3)]
        assert await states(desk, *chats) == ["offered", "offered", "waiting"]


async def test_a_load_that_cannot_be_meant_is_refused(open_room: OpenRoom) -> None:
    refusals: list[tuple[Json, str]] = [
        ({"cap": 0.8}, "cap_without_capacity"),
        ({"costs": {"chat": 3}, "capacity": 5, "cap": 0.5}, "never_fits"),
        ({"costs": {"chat": 0}}, "invalid_input"),
        ({"costs": {"chat": 0.3}}, "invalid_input"),
        ({"capacity": 5, "cap": 1.2}, "invalid_input"),
    ]
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.agent("anna", capacity={"chat": 9})
        for said, code in refusals:
            refused = await desk.api.put("/routing/v1/agents/anna/load", json=said)
            assert (refused.status_code, refused.json()["code"]) == (422, code), said
        missing = await desk.api.put("/routing/v1/agents/nobody/load", json={"capacity": 5})
        assert (missing.status_code, missing.json()["code"]) == (404, "agent_not_found")
        reader = room.client("routing:read", "routing:write")
        assert (await reader.put("/routing/v1/agents/anna/load", json={"capacity": 5})).status_code == 403
