"""Escalations: raised by a person or by a rule, climbing when nobody looks, acknowledged, resolved, told to the others and forgotten on demand."""

from typing import Any
from uuid import UUID

import pytest

from services.customers.contract import CustomerErased
from services.kit.ids import new_id
from services.routing.app import service
from services.routing.contract import ContactEscalated, EscalationAcknowledged, EscalationResolved
from services.survey.contract import Attribution, GivenAnswer, SurveyAnswered
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk, Json
from tests.support.room import START, Room

LEVELS: Json = {"levels": [{"to_whom": "Team lead", "acknowledge_seconds": 900}, {"to_whom": "Head of care", "acknowledge_seconds": 3600}]}


async def a_desk(room: Room, **rules: Any) -> Desk:
    desk = Desk(room)
    await desk.queue("care")
    answer = await desk.api.put("/routing/v1/queues/care/escalation-levels", json=LEVELS | rules)
    assert answer.status_code == 200, answer.text
    return desk


async def escalate(desk: Desk, status: int = 201, **body: Any) -> Json:
    answer = await desk.api.post("/routing/v1/escalations", json={"reason": "wants the manager"} | body)
    assert answer.status_code == status, answer.text
    raised: Json = answer.json()
    return raised


async def say(desk: Desk, escalation: Json, verb: str, status: int = 200, **body: Any) -> Json:
    answer = await desk.api.post(f"/routing/v1/escalations/{escalation['id']}/{verb}", json=body)
    assert answer.status_code == status, answer.text
    said: Json = answer.json()
    return said


async def listed(desk: Desk, **filters: Any) -> list[Json]:
    items: list[Json] = (await desk.api.get("/routing/v1/escalations", params=filters)).json()["items"]
    return items


async def test_an_agent_escalates_a_contact_and_somebody_acknowledges_and_resolves_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        customer, case = new_id(), new_id()
        contact = await desk.contact("care", customer_id=str(customer), case_id=str(case))
        raised = await escalate(desk, contact_id=contact["id"], raised_by="anna")
        assert {key: raised[key] for key in ("queue", "level", "cause", "state", "from_whom", "to_whom", "case_id", "acknowledge_by")} == {
            "queue": "care",
            "level": 1,
            "cause": "person",
            "state": "open",
            "from_whom": "anna",
            "to_whom": "Team lead",
            "case_id": str(case),
            "acknowledge_by": "2026-11-23T09:15:00Z",
        }
        await room.pass_time(minutes=10)
        taken = await say(desk, raised, "acknowledge", by="lena")
        assert (taken["state"], taken["acknowledged_by"], taken["acknowledged_at"]) == ("acknowledged", "lena", "2026-11-23T09:10:00Z")
        assert await say(desk, raised, "acknowledge", by="otto") == taken
        await room.pass_time(minutes=60)
        over = await say(desk, raised, "resolve", outcome="Voucher sent", by="lena")
        assert (over["state"], over["level"], over["outcome"], over["resolved_at"]) == ("resolved", 1, "Voucher sent", "2026-11-23T10:10:00Z")
        assert await say(desk, raised, "resolve", outcome="Again") == over
        assert (await say(desk, raised, "acknowledge", 409))["code"] == "escalation_over"
        await room.settle()
        (told,), (seen,), (done,) = room.said(ContactEscalated), room.said(EscalationAcknowledged), room.said(EscalationResolved)
        assert (told.escalation_id, told.contact_id, told.case_id, told.customer_id) == (UUID(raised["id"]), UUID(contact["id"]), case, customer)
        assert (told.level, told.from_whom, told.to_whom, told.reason, told.cause) == (1, "anna", "Team lead", "wants the manager", "person")
        assert (seen.acknowledged_by, done.resolved_by, done.outcome) == ("lena", "lena", "Voucher sent")
        again = await escalate(desk, contact_id=contact["id"])
        assert (again["id"] != raised["id"], again["from_whom"]) == (True, "tester")


async def test_what_nobody_acknowledges_climbs_and_stays_at_the_highest_level(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        contact = await desk.contact("care")
        raised = await escalate(desk, contact_id=contact["id"], raised_by="anna")
        await room.pass_time(minutes=14, seconds=59)
        assert [each["level"] for each in await listed(desk)] == [1]
        await room.pass_time(seconds=1)
        (now,) = await listed(desk)
        assert (now["level"], now["cause"], now["from_whom"], now["to_whom"]) == (2, "not_acknowledged", "Team lead", "Head of care")
        await room.pass_time(hours=48)
        (late,) = await listed(desk, state="open", level=2, to_whom="Head of care")
        assert late == now
        steps = [(each["level"], each["cause"], each["at"]) for each in late["steps"]]
        assert steps == [(1, "person", "2026-11-23T09:00:00Z"), (2, "not_acknowledged", "2026-11-23T09:15:00Z")]
        assert (await say(desk, raised, "raise", 409, reason="higher"))["code"] == "escalation_at_highest_level"
        await room.settle()
        assert [each.level for each in room.said(ContactEscalated)] == [1, 2]


async def test_an_acknowledged_escalation_can_be_raised_and_is_open_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        contact = await desk.contact("care")
        raised = await escalate(desk, contact_id=contact["id"])
        await say(desk, raised, "acknowledge", by="lena")
        higher = await say(desk, raised, "raise", reason="beyond my limits", by="lena")
        assert (higher["level"], higher["state"], higher["from_whom"], higher["reason"], higher["acknowledged_by"]) == (
            2,
            "open",
            "lena",
            "beyond my limits",
            None,
        )
        wrong = await escalate(desk, 409, contact_id=contact["id"])
        assert (wrong["code"], wrong["detail"]) == ("already_escalated", f"This is escalation {raised['id']}, at level 2.")


async def test_a_case_or_follow_up_is_escalated_by_the_levels_of_its_newest_queue(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        customer, case, follow_up = new_id(), new_id(), new_id()
        contact = await desk.contact("care", customer_id=str(customer), case_id=str(case))
        of_case = await escalate(desk, case_id=str(case), level=2)
        assert (of_case["contact_id"], of_case["customer_id"], of_case["to_whom"]) == (contact["id"], str(customer), "Head of care")
        assert (await escalate(desk, 422, follow_up_id=str(follow_up)))["code"] == "escalation_needs_queue"
        of_follow_up = await escalate(desk, follow_up_id=str(follow_up), queue="care")
        assert (of_follow_up["contact_id"], of_follow_up["follow_up_id"]) == (None, str(follow_up))
        assert [each["id"] for each in await listed(desk, follow_up_id=str(follow_up))] == [of_follow_up["id"]]
        assert [each["id"] for each in await listed(desk, customer_id=str(customer))] == [of_case["id"]]


async def test_what_cannot_be_escalated_is_refused_with_its_field(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        await desk.queue("plain")
        contact, plain = await desk.contact("care"), await desk.contact("plain")
        wrong: list[tuple[Json, int, str, str | None]] = [
            ({}, 422, "escalation_needs_one_subject", "/contact_id"),
            ({"contact_id": contact["id"], "case_id": str(new_id())}, 422, "escalation_needs_one_subject", "/contact_id"),
            ({"contact_id": str(new_id())}, 404, "contact_not_found", None),
            ({"contact_id": plain["id"]}, 422, "no_such_escalation_level", "/level"),
            ({"contact_id": contact["id"], "level": 3}, 422, "no_such_escalation_level", "/level"),
            ({"contact_id": contact["id"], "queue": "nowhere"}, 422, "unknown_queue", "/queue"),
        ]
        for body, status, code, pointer in wrong:
            refused = await escalate(desk, status, **body)
            errors = refused.get("errors") or [{"pointer": None}]
            assert (refused["code"], errors[0]["pointer"]) == (code, pointer)
        assert await listed(desk) == []
        assert (await desk.api.get("/routing/v1/queues/plain/escalation-levels")).json()["code"] == "no_escalation_levels"
        assert (await desk.api.get("/routing/v1/queues/care/escalation-levels")).json() == {
            "queue": "care",
            "waited_seconds": None,
            "unhappy_times": None,
        } | LEVELS


async def test_the_same_escalation_with_the_same_key_is_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        contact = await desk.contact("care")
        body, headers = {"contact_id": contact["id"], "reason": "angry"}, {"Idempotency-Key": "esc-1"}
        first, second = [await desk.api.post("/routing/v1/escalations", json=body, headers=headers) for _ in range(2)]
        assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
        assert second.headers["Idempotent-Replayed"] == "true"
        assert len(await listed(desk)) == 1


async def test_a_contact_that_waits_too_long_is_escalated_once_and_one_that_is_served_is_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room, waited_seconds=300)
        await desk.queue("care")
        waits, left = await desk.contact("care"), await desk.contact("care")
        await room.pass_time(minutes=4)
        await desk.abandon(left)
        assert await listed(desk) == []
        await room.pass_time(minutes=30)
        (raised,) = await listed(desk, contact_id=waits["id"])
        assert (raised["contact_id"], raised["steps"][0]["cause"], raised["steps"][0]["at"]) == (
            waits["id"],
            "waited_too_long",
            "2026-11-23T09:05:00Z",
        )
        assert (raised["reason"], raised["steps"][0]["from_whom"], raised["level"]) == ("Waited 300 s in queue care.", None, 2)
        await desk.agent("anna")
        await desk.accept(await desk.reservation_of("anna"))
        served = await desk.contact("care")
        await desk.end(waits)
        await desk.accept(await desk.reservation_of("anna"))
        await room.pass_time(minutes=30)
        assert (await desk.seen(served))["state"] == "connected"
        assert len(await listed(desk)) == 1


async def test_a_contact_that_is_offered_when_its_time_is_over_is_looked_at_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room, waited_seconds=300)
        await desk.queue("care", offer_seconds=60)
        contact = await desk.contact("care")
        await room.pass_time(seconds=270)
        await desk.agent("anna")
        await room.pass_time(seconds=30)
        assert (await desk.seen(contact))["state"] == "offered"
        assert await listed(desk) == []
        await desk.decline(await desk.reservation_of("anna"))
        await desk.activity("anna", "offline")
        await room.pass_time(seconds=60)
        assert [each["reason"] for each in await listed(desk)] == ["Waited 360 s in queue care."]


def an_answer(contact_id: str, stars: int) -> SurveyAnswered:
    told: dict[str, Any] = dict.fromkeys(SurveyAnswered.model_fields) | {"response_id": new_id(), "survey": "s", "survey_version": 1}
    told |= {"mode": "page", "language": "de", "wants_contact": False, "flagged": False, "complete": True, "revision": 1, "answered_at": START}
    given = GivenAnswer(question="service", dimension="service", kind="csat5", score=stars, choice=None, text=None)
    about: dict[str, Any] = dict.fromkeys(Attribution.model_fields) | {"contact_id": UUID(contact_id)}
    return SurveyAnswered.model_validate(told | {"answers": [given], "attribution": Attribution.model_validate(about)})


@pytest.mark.parametrize(("stars", "escalated", "in_the_end"), [((1, 2), 1, 1), ((1, 3), 0, 0), ((5, 1), 0, 1)])
async def test_a_customer_who_is_unhappy_twice_is_escalated_and_the_last_word_on_a_contact_counts(
    open_room: OpenRoom, stars: tuple[int, int], escalated: int, in_the_end: int
) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room, unhappy_times=2)
        customer = str(new_id())
        calls = [await desk.contact("care", customer_id=customer) for _ in stars]
        for call, given in zip(calls, stars, strict=True):
            await room.hear(an_answer(call["id"], given))
        assert [(each["contact_id"], each["cause"]) for each in await listed(desk)] == [(calls[1]["id"], "unhappy_again")] * escalated
        await room.hear(an_answer(calls[0]["id"], 1))
        assert len(await listed(desk)) == in_the_end


async def test_escalations_come_in_pages_and_only_to_who_may_see_the_contact(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        await desk.queue("care", offer_seconds=3600)
        await desk.agent("anna", site="porto")
        contacts = [await desk.contact("care") for _ in range(5)]
        raised = [(await escalate(desk, contact_id=each["id"]))["id"] for each in contacts]
        seen, cursor = [], None
        while True:
            page = (await desk.api.get("/routing/v1/escalations", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
            seen += [each["id"] for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == raised[::-1]
        porto = room.client("routing:read", "routing:write", sites=["porto"])
        assert [each["id"] for each in (await porto.get("/routing/v1/escalations")).json()["items"]] == [raised[0]]
        assert (await porto.post(f"/routing/v1/escalations/{raised[1]}/resolve", json={})).status_code == 404
        assert (await porto.post("/routing/v1/escalations", json={"contact_id": contacts[1]["id"], "reason": "x"})).status_code == 404
        reader = room.client("routing:read")
        assert (await reader.post(f"/routing/v1/escalations/{raised[0]}/resolve", json={})).status_code == 403


async def test_an_erasure_blanks_what_was_said_of_the_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = await a_desk(room)
        customer = new_id()
        contact = await desk.contact("care", customer_id=str(customer))
        raised = await escalate(desk, contact_id=contact["id"], reason="Mrs Smith is furious")
        await say(desk, raised, "resolve", outcome="Mrs Smith got a voucher")
        await room.hear(CustomerErased(customer_id=customer, erasure_id=new_id()))
        (seen,) = await listed(desk)
        assert (seen["reason"], seen["outcome"], seen["state"]) == ("erased", None, "resolved")
