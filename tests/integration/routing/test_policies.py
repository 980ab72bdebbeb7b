"""Versioned policies in the house's language for rules: who may serve, how it loosens, who is preferred, how urgent it is."""

from typing import Any

from services.kit.ids import new_id
from services.routing.app import service
from services.routing.repository import customers
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk, Json


async def policy(desk: Desk, key: str, *steps: tuple[int, str | None], **more: Any) -> Json:
    body = {"name": key, "steps": [{"after_s": after, "require": require} for after, require in steps]} | more
    answer = await desk.api.put(f"/routing/v1/policies/{key}", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_steps_in_words_decide_who_may_serve_and_disjunctions_are_words_too(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("billing", "legal")
        await policy(
            desk,
            "care",
            (0, 'agent.skills["billing"] >= 3 || agent.skills["legal"] >= 4 && agent.site == "leipzig"'),
            (60, 'agent.team == "blue"'),
            (120, None),
        )
        await desk.queue("care", policy="care")
        await desk.agent("anna", skills={"legal": 4}, site="graz", team="red")
        await desk.agent("bert", skills={}, team="blue")
        contact = await desk.contact("care")
        assert contact["state"] == "waiting"
        why = await desk.why(contact)
        assert why["sentence"] == "None of the 2 available agents has what policy care@1 wants at level 3. The requirement loosens in 60 s."
        assert (await desk.why_not(contact, "bert"))["sentence"] == (
            "Below what is wanted: what policy care@1 wants 2 of 3, until it has waited 60 s (0 s so far)."
        )
        await desk.agent("cleo", skills={"legal": 4}, site="leipzig", team="red")
        assert (await desk.seen(contact))["agent_name"] == "Cleo"
        await desk.accept(await desk.reservation_of("cleo"))
        second = await desk.contact("care")
        await room.pass_time(seconds=60)
        assert (await desk.seen(second))["agent_name"] == "Bert"


async def test_a_new_version_is_for_who_comes_after_it_and_the_same_again_is_no_new_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        first = await policy(desk, "care", (0, 'agent.team == "red"'))
        await desk.queue("care", policy="care")
        old = await desk.contact("care")
        assert (first["version"], (await policy(desk, "care", (0, 'agent.team == "red"')))["version"]) == (1, 1)
        assert (await policy(desk, "care", (0, 'agent.team == "blue"')))["version"] == 2
        new = await desk.contact("care")
        await desk.agent("bert", team="blue")
        assert [(await desk.seen(each))["state"] for each in (old, new)] == ["waiting", "offered"]
        await desk.agent("rosa", team="red")
        assert (await desk.seen(old))["agent_name"] == "Rosa"
        listed = (await desk.api.get("/routing/v1/policies/care/versions")).json()["items"]
        assert [each["version"] for each in listed] == [2, 1]


async def test_who_is_preferred_who_is_kept_away_and_how_urgent_it_is(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk, vip = Desk(room), new_id()
        await desk.agent("anna", team="red")
        await room.pass_time(seconds=60)
        await desk.agent("bert", team="blue")
        await desk.agent("carl", team="blue")
        credit = 'customer.tier == "gold" ? 300 : (contact.channel == "chat" ? 45 : 0)'
        await policy(desk, "care", (0, None), prefer='agent.team == "blue"', exclude_agents=["carl"], credit_s=credit)
        await desk.queue("care", policy="care", wrap_up_seconds=0)
        assert (await desk.contact("care"))["agent_name"] == "Bert"
        assert (await desk.contact("care"))["agent_name"] == "Anna"
        await room.runtime.write(customers.keep_standing, vip, "gold", None)
        for name in ("anna", "bert"):
            await desk.accept(await desk.reservation_of(name))
        first = await desk.contact("care")
        dear = await desk.contact("care", customer_id=str(vip))
        await desk.agent("rosa", team="red")
        assert [(await desk.seen(each))["state"] for each in (first, dear)] == ["waiting", "offered"]
        assert (await desk.why(dear))["decisions"][0]["terms"]["credit_s"] == 390.0


async def test_a_rule_that_cannot_be_read_is_refused_with_its_place(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        wrong: list[tuple[Json, str]] = [
            ({"steps": [{"after_s": 0, "require": "agent.skils"}]}, "/steps/0/require"),
            ({"steps": [{"after_s": 0}], "credit_s": '"much"'}, "/credit_s"),
            ({"steps": [{"after_s": 0}], "prefer": "1"}, "/prefer"),
        ]
        for rule, pointer in wrong:
            answer = await desk.api.put("/routing/v1/policies/care", json={"name": "x"} | rule)
            assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["pointer"]) == (422, "invalid_expression", pointer)
        late = await desk.api.put("/routing/v1/policies/care", json={"name": "x", "steps": [{"after_s": 5}]})
        assert late.status_code == 422
        body = {"name": "Care", "channels": ["voice"], "sla_seconds": 20, "sla_share": 0.8, "policy": "care"}
        assert (await desk.api.put("/routing/v1/queues/care", json=body)).json()["code"] == "unknown_routing_policy"
        assert (await desk.api.get("/routing/v1/policies/care/versions")).json()["code"] == "routing_policy_not_found"
