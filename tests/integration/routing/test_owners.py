"""Whose a contact is first, whom it never goes to, who is preferred, and the days on which a queue is closed."""

from services.kit.ids import new_id
from services.routing.app import service
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk


async def test_a_case_comes_back_to_its_owner_first_but_not_for_ever(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk, case = Desk(room), str(new_id())
        await desk.queue("care", sticky_seconds=30, wrap_up_seconds=0)
        await desk.agent("anna")
        first = await desk.contact("care", case_id=case)
        await desk.accept(await desk.reservation_of("anna"))
        await desk.agent("bert")
        other = await desk.contact("care")
        assert other["agent_name"] == "Bert"
        await desk.accept(await desk.reservation_of("bert"))
        again = await desk.contact("care", case_id=case)
        assert again["state"] == "waiting"
        await desk.end(first)
        assert (await desk.seen(again))["agent_name"] == "Anna"
        await desk.accept(await desk.reservation_of("anna"))
        await desk.agent("carl")
        third = await desk.contact("care", case_id=case)
        assert third["state"] == "waiting"
        why = await desk.why_not(third, "carl")
        assert why["sentence"] == "Waits for Anna, who had its case last, for 30 s more."
        await room.pass_time(seconds=30)
        assert (await desk.seen(third))["agent_name"] == "Carl"


async def test_an_owner_who_goes_or_declines_gives_the_case_to_the_others_at_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk, case = Desk(room), str(new_id())
        await desk.queue("care", sticky_seconds=600, wrap_up_seconds=0)
        await desk.agent("anna")
        first = await desk.contact("care", case_id=case)
        await desk.accept(await desk.reservation_of("anna"))
        await desk.end(first)
        await desk.agent("bert")
        declined = await desk.contact("care", case_id=case)
        assert declined["agent_name"] == "Anna"
        await desk.decline(await desk.reservation_of("anna"))
        assert (await desk.seen(declined))["agent_name"] == "Bert"
        await desk.contact("care")
        waits = await desk.contact("care", case_id=case)
        await desk.agent("carl", capacity={"voice": 2})
        assert (await desk.seen(waits))["state"] == "waiting"
        await desk.activity("anna", "break")
        assert await desk.offered("anna") == []
        assert (await desk.seen(waits))["agent_name"] == "Carl"


async def test_a_contact_is_kept_from_who_is_excluded_for_good(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("care")
        await desk.agent("anna")
        contact = await desk.contact("care", exclude_agents=["anna"])
        await room.pass_time(minutes=10)
        assert (await desk.seen(contact))["state"] == "waiting"
        unmet = [each for each in (await desk.why_not(contact, "anna"))["conditions"] if not each["met"]]
        assert [each["condition"] for each in unmet] == ["not_excluded"]
        await desk.agent("bert")
        assert (await desk.seen(contact))["agent_name"] == "Bert"
        refused = await desk.api.post("/routing/v1/contacts", json={"channel": "voice", "queue": "care", "exclude_agents": ["nobody"]})
        assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (422, "unknown_agent", "/exclude_agents/0")


async def test_who_has_the_welcome_skill_is_asked_first_among_equals(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("insurance")
        await desk.queue("care", prefer=[{"skill": "insurance", "level": 3}])
        await desk.agent("anna")
        await room.pass_time(seconds=60)
        await desk.agent("bert", skills={"insurance": 3})
        contact = await desk.contact("care")
        assert contact["agent_name"] == "Bert"
        (decision,) = (await desk.why(contact))["decisions"]
        assert (decision["terms"]["preferred"], decision["runners_up"][0]["terms"]["preferred"]) == (0.2, 0.0)


async def test_a_holiday_is_a_closed_day(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        hours = {"time_zone": "Europe/Berlin", "weekdays": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "18:00", "holidays": ["2026-11-23"]}
        await desk.queue("care", hours=hours)
        await desk.agent("anna")
        contact = await desk.contact("care")
        assert (contact["state"], contact["waits_from"]) == ("waiting", "2026-11-24T07:00:00Z")
        await room.pass_time(hours=22)
        assert (await desk.seen(contact))["agent_name"] == "Anna"


async def test_after_two_emails_on_a_case_that_did_not_solve_it_a_call_is_offered_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk, case, other = Desk(room), str(new_id()), str(new_id())
        await desk.queue("mail", channels=["email"], wrap_up_seconds=0)
        await desk.agent("anna", capacity={"email": 5})
        ended = []
        for of, resolved in ((case, "no"), (other, "no"), (case, "partly"), (case, "no"), (other, "yes")):
            contact = await desk.contact("mail", channel="email", case_id=of, language="de")
            await desk.accept(await desk.reservation_of("anna"))
            await desk.end(contact, resolved=resolved)
            ended.append(contact["id"])
        calls = (await desk.api.get("/routing/v1/contacts", params={"queue": "callbacks"})).json()["items"]
        assert [(call["case_id"], call["channel"], call["direction"], call["state"]) for call in calls] == [(case, "voice", "outbound", "waiting")]
        assert calls[0]["context"] == {"reason": "two_emails", "contacts": [ended[0], ended[2]]}


async def test_a_skill_counts_from_the_moment_at_which_it_is_valid_until_it_is_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("licence", "care")
        await desk.queue("legal", requires=[{"skill": "licence", "level": 1}], wrap_up_seconds=0)
        valid = {"licence": {"valid_from": "2026-11-23T10:00:00Z", "valid_until": "2026-11-23T12:00:00Z"}}
        anna = await desk.agent("anna", skills={"licence": 3, "care": 2}, validity=valid)
        assert anna["skills"] == {"care": 2, "lang:de": 4}
        contact = await desk.contact("legal")
        assert contact["state"] == "waiting"
        await room.pass_time(hours=1)
        assert (await desk.seen(contact))["agent_name"] == "Anna"
        await desk.accept(await desk.reservation_of("anna"))
        await desk.end(contact)
        await room.pass_time(hours=2)
        assert (await desk.contact("legal"))["state"] == "waiting"
        body = {"name": "B", "time_zone": "UTC", "languages": {}, "skills": {}, "capacity": {"voice": 1}, "activity": "available"}
        refused = await desk.api.put("/routing/v1/agents/bert", json=body | {"validity": {"licence": {}}})
        assert (refused.status_code, refused.json()["code"]) == (422, "validity_without_skill")
