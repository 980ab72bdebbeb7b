"""Who gets whom: skills, relaxation, capacity, scarcity, waiting, credit; and nobody idle while somebody waits whom they may serve."""

import asyncio
from pathlib import Path
from random import Random

from services.customers.contract import CustomerChanged, IdentityKey, MoodChanged
from services.kit.ids import new_id
from services.routing.app import service
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk, Json
from tests.support.room import START, opened_room


async def test_the_better_skilled_agent_is_asked_first(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("billing")
        await desk.queue("billing", requires=[{"skill": "billing", "level": 1}])
        await desk.agent("anna", skills={"billing": 1})
        await desk.agent("bert", skills={"billing": 5})
        contact = await desk.contact("billing")
        assert await desk.offered("bert") == [contact["id"]]
        why = await desk.why(contact)
        (decision,) = why["decisions"]
        assert {name: round(value, 6) for name, value in decision["terms"].items()} == {
            "index": 0.95,
            "fit_term": 0.95,
            "resolution": 0.855,
            "pace": 0.9,
            "preferred": 0.0,
            "scarcity": 0.6,
            "opportunity": 0.0,
            "scarcity_term": 0.0,
            "idle_weight": 0.5,
            "idle_full_s": 300.0,
            "idle_s": 0.0,
            "idle_term": 0.0,
            "after_s": 0.0,
        }
        (runner_up,) = decision["runners_up"]
        assert (runner_up["agent"], round(runner_up["terms"]["index"], 4)) == ("anna", 0.5773)
        assert why["sentence"] == (
            "Resolves 0.85 at pace 0.90 (+0.950), other work would miss this agent by 0.00 (-0.000), idle for 0 s (+0.000): J = 0.950; "
            "runner-up anna with J = 0.577."
        )
        assert (await desk.why_not(contact, "anna"))["sentence"] == "Was weighed with J = 0.577 against 0.950 of the one who was asked."
        assert (await desk.why_not(contact, "bert"))["sentence"] == "Bert has this contact (offered)."


async def test_a_specialist_is_spared_for_the_work_that_only_few_can_do(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("mail", "rare")
        await desk.queue("mail", requires=[{"skill": "mail", "level": 1}])
        await desk.queue("rare", requires=[{"skill": "rare", "level": 1}])
        for _ in range(5):
            await desk.abandon(await desk.contact("rare"))
        await room.pass_time(seconds=61)
        await desk.agent("anna", skills={"mail": 3, "rare": 3})
        await room.pass_time(seconds=1)
        await desk.agent("bert", skills={"mail": 3})
        contact = await desk.contact("mail")
        assert await desk.offered("bert") == [contact["id"]]
        (decision,) = (await desk.why(contact))["decisions"]
        (runner_up,) = decision["runners_up"]
        assert (runner_up["agent"], runner_up["terms"]["opportunity"], runner_up["terms"]["scarcity_term"]) == ("anna", 1.0, -0.6)


async def test_of_two_lines_the_one_whose_customers_hang_up_sooner_is_served_first_and_the_reason_says_so(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        for queue, seconds in (("calm", 60), ("hasty", 10)):
            await desk.queue(queue)
            waiting = [await desk.contact(queue) for _ in range(5)]
            await room.pass_time(seconds=seconds)
            for contact in waiting:
                await desk.abandon(contact)
        await room.pass_time(seconds=61)
        first = await desk.contact("calm")
        await room.pass_time(seconds=1)
        second = await desk.contact("hasty")
        await desk.agent("anna")
        assert await desk.offered("anna") == [second["id"]]
        (decision,) = [each for each in (await desk.why(second))["decisions"] if each["terms"]]
        (runner_up,) = decision["runners_up"]
        usual = (1 / 60 * 1 / 10) ** 0.5
        assert round(decision["terms"]["urgency"], 2) == round(25 / (50 * usual + 20), 2) == 1.13
        assert (runner_up["contact_id"], round(runner_up["terms"]["urgency"], 2)) == (first["id"], round(25 / (300 * usual + 20), 2))
        assert "how soon its customers leave x1.13" in (await desk.why(second))["sentence"]


async def test_a_requirement_loosens_with_waiting_but_a_language_never_does(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("billing")
        relax = [{"after_s": 30, "skill": "billing", "level": 1}, {"after_s": 90, "drop": "billing"}]
        await desk.queue("billing", requires=[{"skill": "billing", "level": 4}], relax=relax)
        await desk.agent("anna", languages={"es": 5}, skills={"billing": 5})
        await desk.agent("bert", languages={"de": 3})
        contact = await desk.contact("billing", language="de-AT")
        why = await desk.why(contact)
        assert why["requirement"] == {"billing": 4, "lang:de": 2}
        assert why["agents"] == {"on_shift": 2, "skilled": 0, "free": 0, "excluded": 0}
        assert why["sentence"] == (
            "None of the 2 available agents has billing at level 4 and language de at level 2. The requirement loosens in 30 s."
        )
        why_not = await desk.why_not(contact, "bert")
        assert why_not["sentence"] == "Below what is wanted: billing 0 of 4, until it has waited 90 s (0 s so far)."
        assert [(each["condition"], each["met"]) for each in why_not["conditions"]] == [
            ("activity", True),
            ("skills", False),
            ("capacity", True),
            ("not_passed", True),
            ("not_excluded", True),
            ("not_promised", True),
        ]
        assert (await desk.why_not(contact, "anna"))["sentence"] == "Below what is wanted: language de 0 of 2, and no relax step changes that."
        await room.pass_time(seconds=89)
        assert await desk.offered("bert") == []
        await room.pass_time(seconds=1)
        assert await desk.offered("bert") == [contact["id"]]
        assert await desk.offered("anna") == []


async def test_an_agent_takes_as_many_contacts_of_a_channel_as_there_are_places(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=600)
        contacts = [await desk.contact("sales", channel="chat") for _ in range(4)]
        await desk.agent("anna", capacity={"chat": 3})
        assert await desk.offered("anna") == [each["id"] for each in contacts[:3]]
        assert (await desk.why(contacts[3]))["sentence"] == "All 1 available agents with no skill are occupied."
        assert "Holds 3 of 3 places for chat." in (await desk.why_not(contacts[3], "anna"))["sentence"]
        await desk.abandon(contacts[0])
        assert await desk.offered("anna") == [each["id"] for each in contacts[1:]]
        await desk.agent("anna", capacity={"chat": 1})
        await desk.abandon(contacts[1])
        extra = await desk.contact("sales", channel="chat")
        assert extra["state"] == "waiting"


async def test_the_freed_agent_takes_the_most_urgent_contact_and_after_the_limit_the_oldest(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("calls", sla_seconds=20, starvation_seconds=500)
        await desk.queue("letters", sla_seconds=400, starvation_seconds=500)
        letter = await desk.contact("letters")
        await room.pass_time(seconds=100)
        call = await desk.contact("calls")
        await room.pass_time(seconds=100)
        await desk.agent("anna")
        assert await desk.offered("anna") == [call["id"]]
        (reason,) = [each for each in (await desk.why(call))["decisions"] if each["outcome"] == "offered"]
        assert (reason["terms"]["waiting_factor"], reason["considered"]) == (2.5, 2)
        await desk.activity("anna", "offline")
        await room.pass_time(seconds=301)
        await desk.activity("anna", "available")
        assert await desk.offered("anna") == [letter["id"]]
        assert "first because it has waited beyond the queue's limit" in (await desk.why(letter))["sentence"]


async def test_priority_and_an_unhappy_mood_count_as_time_already_waited(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        customer = new_id()
        await desk.queue("sales", sla_seconds=60)
        plain = await desk.contact("sales")
        await room.pass_time(seconds=10)
        upset = await desk.contact("sales", customer_id=str(customer))
        await desk.contact("sales", priority_credit_s=60)
        await room.hear(MoodChanged(customer_id=customer, mood="unhappy", because="one star"))
        await room.settle()
        await desk.agent("anna")
        assert await desk.offered("anna") == [upset["id"]]
        assert "with 90 s of credit" in (await desk.why(upset))["sentence"]
        assert (await desk.seen(plain))["state"] == "waiting"
        refused = await desk.api.post("/routing/v1/contacts", json={"channel": "voice", "queue": "sales", "priority_credit_s": 45})
        assert refused.status_code == 422


async def test_a_customer_is_known_by_key_and_a_valued_one_has_credit(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        customer = new_id()
        nothing = dict.fromkeys(("display_name", "language", "time_zone", "country", "email", "phone", "preferred_channel"))
        keys = [IdentityKey(kind="phone", value="+4930123"), IdentityKey(kind="email", value="a@example.org")]
        await room.hear(CustomerChanged(customer_id=customer, version=1, tier="VIP", segment={}, keys=keys, **nothing))
        await desk.queue("sales")
        first = await desk.contact("sales", customer_key={"kind": "phone", "value": "+49 30 123"})
        second = await desk.contact("sales", customer_key={"kind": "email", "value": "A@example.org"})
        stranger = await desk.contact("sales", customer_key={"kind": "phone", "value": "+4930999"})
        assert [each["customer_id"] for each in (first, second, stranger)] == [str(customer), str(customer), None]
        await desk.agent("anna")
        assert "with 90 s of credit" in (await desk.why(first))["sentence"]


async def test_a_contact_that_comes_at_night_starts_to_wait_when_the_queue_opens(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        hours = {"time_zone": "Europe/Berlin", "weekdays": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "10:30"}
        await desk.queue("sales", hours=hours)
        await desk.agent("anna")
        await room.pass_time(hours=1)
        contact = await desk.contact("sales")
        assert (contact["state"], contact["waits_from"]) == ("waiting", "2026-11-24T07:00:00Z")
        assert (await desk.why(contact))["sentence"] == "Queue sales is closed until 2026-11-24 07:00 UTC."
        await room.pass_time(hours=20, minutes=59)
        assert await desk.offered("anna") == []
        await room.pass_time(minutes=1)
        assert await desk.offered("anna") == [contact["id"]]


async def test_no_agent_is_idle_while_a_contact_waits_that_may_be_served_whatever_happens(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk, chance = Desk(room), Random(7)  # noqa: S311  a reproducible walk, not a secret
        await desk.skill("a", "b")
        await desk.queue("qa", requires=[{"skill": "a", "level": 2}], relax=[{"after_s": 25, "skill": "a", "level": 1}], cool_down_seconds=15)
        await desk.queue("qb", requires=[{"skill": "b", "level": 1}], misses_allowed=100, wrap_up_seconds=5)
        skills = {"anna": {"a": 3}, "bert": {"a": 1, "b": 4}, "cleo": {"b": 2}}
        for name, levels in skills.items():
            await desk.agent(name, skills=levels, capacity={"voice": chance.choice([1, 2])})
        contacts: list[Json] = []
        for _ in range(45):
            await _something_happens(desk, chance, contacts, list(skills))
            await room.settle()
            await _nobody_is_idle_in_vain(desk, contacts, skills)


async def _something_happens(desk: Desk, chance: Random, contacts: list[Json], names: list[str]) -> None:
    name = chance.choice(names)
    match chance.choice(["contact", "contact", "accept", "accept", "decline", "activity", "abandon", "end", "wait"]):
        case "contact":
            contacts.append(await desk.contact(chance.choice(["qa", "qb"])))
        case "accept":
            for offer in await desk.offers(name):
                await desk.accept(offer["reservation"]["id"])
        case "decline":
            for offer in (await desk.offers(name))[:1]:
                await desk.decline(offer["reservation"]["id"])
        case "activity":
            await desk.activity(name, chance.choice(["available", "available", "break"]))
        case "abandon" if contacts:
            await desk.abandon(chance.choice(contacts))
        case "end" if contacts:
            await desk.end(chance.choice(contacts))
        case _:
            await desk.room.pass_time(seconds=chance.randint(1, 12))


async def _nobody_is_idle_in_vain(desk: Desk, contacts: list[Json], skills: dict[str, dict[str, int]]) -> None:
    """Every waiting contact must have, for every agent, a condition that is not met (a passed contact counts as one)."""
    listed = (await desk.api.get("/routing/v1/contacts", params={"state": "waiting", "limit": 100})).json()["items"]
    for contact in listed:
        for name in skills:
            verdicts = (await desk.why_not(contact, name))["conditions"]
            assert not all(each["met"] for each in verdicts), (contact["queue"], name, verdicts)
    assert len(listed) <= len(contacts)


async def test_twenty_contacts_at_once_never_exceed_the_places_nor_leave_one_free(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=600)
        for name in ("anna", "bert", "cleo"):
            await desk.agent(name, capacity={"voice": 2})
        contacts = await asyncio.gather(*(desk.contact("sales") for _ in range(20)))
        held = [await desk.offered(name) for name in ("anna", "bert", "cleo")]
        assert [len(each) for each in held] == [2, 2, 2]
        assert len({contact_id for each in held for contact_id in each}) == 6
        answers = await asyncio.gather(*(desk.abandon(each) for each in contacts[:10]))
        assert {answer.status_code for answer in answers} == {200}
        held = [await desk.offered(name) for name in ("anna", "bert", "cleo")]
        assert [len(each) for each in held] == [2, 2, 2]


async def test_an_offer_and_its_end_survive_a_restart(tmp_path: Path) -> None:
    async with opened_room(service, tmp_path, None) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        contact = await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
    async with opened_room(service, tmp_path, None, START) as room:
        desk = Desk(room)
        assert await desk.reservation_of("anna") == reservation
        await room.pass_time(seconds=20)
        assert (await desk.seen(contact))["state"] == "waiting"
        await room.pass_time(seconds=60)
        assert await desk.offered("anna") == [contact["id"]]
