"""Every rule is judged again at the moment of sending, and every verdict can be read afterwards."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.customers.contract import CaseOpened, CaseResolved, ConsentChanged, CustomerErased
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SurveyInvited, SurveySkipped
from services.survey.use_cases.judge_decision import judge_decision
from tests.conftest import OpenRoom
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, decisions, invitations, letters, open_centre, put_programme
from tests.support.room import START, Room

LATER = {**AT_ONCE, "delay_seconds": 3600}


async def reasons(room: Room) -> list[str]:
    return [skipped.reason for skipped in room.said(SurveySkipped)]


def rule(decision: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in decision["rules"] if one["rule"] == name)
    return found


async def test_a_refusal_after_planning_still_counts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, LATER)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.hear(ConsentChanged(customer_id=anna, purpose="survey", channel="email", granted=False), occurred_at=START)
        await room.pass_time(hours=2)
        assert await reasons(room) == ["no_consent"]
        assert letters(room) == []


async def test_a_refusal_that_is_older_than_the_agreement_does_not_count(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, LATER)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.hear(ConsentChanged(customer_id=anna, purpose="survey", channel="email", granted=True), occurred_at=START)
        late = ConsentChanged(customer_id=anna, purpose="survey", channel="email", granted=False)
        await room.hear(late, occurred_at=START - timedelta(days=1))
        await room.pass_time(hours=2)
        assert (await reasons(room), len(letters(room))) == ([], 1)


async def test_silence_is_a_refusal_where_consent_is_required(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, requires_consent=True)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        assert await reasons(room) == ["no_consent"]


async def test_a_customer_without_an_address_is_not_asked(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE)
        anna = new_id()
        await room.hear(a_customer(anna, email=None), a_contact(anna))
        await room.settle()
        assert await reasons(room) == ["no_address"]


async def test_a_customer_who_was_erased_meanwhile_is_forgotten_and_not_asked(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, LATER)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.hear(CustomerErased(customer_id=anna))
        await room.hear(a_customer(anna, version=9))
        await room.hear(a_contact(anna))
        await room.pass_time(hours=2)
        assert await reasons(room) == ["erased", "erased"]
        assert (await invitations(room), letters(room)) == ([], [])


async def test_a_cap_is_rolling_and_says_when_it_opens_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, caps=[{"limit": 2, "days": 7}])
        anna = new_id()
        await room.hear(a_customer(anna))
        for day in range(4):
            await room.hear(a_contact(anna, ended_at=room.clock.now()))
            await room.settle()
            await room.pass_time(days=1 if day < 2 else 5)
        assert (len(room.said(SurveyInvited)), await reasons(room)) == (3, ["cap_reached"])
        (skipped,) = await decisions(room, outcome="skipped")
        cap = rule(skipped, "cap")
        assert cap["input"] == {"limit": 2, "days": 7, "scope": "any", "asked": 2}
        assert (cap["verdict"], skipped["next_possible_at"]) == ("refuse", "2026-11-30T09:00:00Z")


async def test_a_cap_holds_when_many_decisions_fall_due_at_one_moment(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, caps=[{"limit": 3, "days": 7}])
        anna = new_id()
        await room.hear(a_customer(anna), *[a_contact(anna) for _ in range(20)])
        pending = await decisions(room, outcome="pending")
        keys = room.runtime.resources["keys"]
        await asyncio.gather(*(room.runtime.write(judge_decision, UUID(decision["id"]), keys) for decision in pending))
        await room.settle()
        assert (len(room.said(SurveyInvited)), len(await reasons(room))) == (3, 17)
        assert len(letters(room)) == 3


async def test_the_cool_down_counts_asks_of_every_programme(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, cooldown_days=30)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.pass_time(days=29)
        await room.hear(a_contact(anna, ended_at=room.clock.now()))
        await room.settle()
        assert await reasons(room) == ["cooldown"]
        await room.pass_time(days=1)
        await room.hear(a_contact(anna, ended_at=room.clock.now()))
        await room.settle()
        assert len(room.said(SurveyInvited)) == 2


async def test_a_programme_may_keep_silent_while_a_case_is_open(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, skip_while=["case_open"])
        anna, case = new_id(), new_id()
        empty = {"product": None, "driver": None, "owner": None}
        opened = {"case_id": case, "customer_id": anna, "title": "t", "description": "d", "language": "de", "opened_at": START, **empty}
        await room.hear(a_customer(anna), CaseOpened.model_validate(opened), a_contact(anna))
        await room.settle()
        assert await reasons(room) == ["matter_open"]
        await room.hear(CaseResolved(case_id=case, customer_id=anna, driver=None, resolved_at=START), a_contact(anna))
        await room.settle()
        assert len(room.said(SurveyInvited)) == 1


async def test_the_lot_decides_before_anybody_can_and_its_probability_is_kept(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, share=0.5)
        people = [new_id() for _ in range(60)]
        await room.hear(*[a_customer(person) for person in people], *[a_contact(person) for person in people])
        await room.settle()
        asked, skipped = room.said(SurveyInvited), room.said(SurveySkipped)
        assert len(asked) + len(skipped) == 60
        assert 12 < len(asked) < 48
        assert {one.inclusion_probability for one in asked} == {one.inclusion_probability for one in skipped} == {0.5}
        assert {one.reason for one in skipped} == {"not_sampled"}
        for decision in await decisions(room, limit=100):
            lot = rule(decision, "sampling")["input"]["lot"]
            assert (decision["outcome"] == "invited") == (lot < 0.5)


async def test_of_two_programmes_for_one_contact_the_first_asks_and_the_other_says_why_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE)
        await put_programme(room, "relationship", AT_ONCE, priority=10)
        anna = new_id()
        call = a_contact(anna)
        await room.hear(a_customer(anna), call)
        await room.settle()
        assert [asked.programme for asked in room.said(SurveyInvited)] == ["relationship"]
        found = {decision["programme"]: decision for decision in await decisions(room, contact_id=str(call.contact_id))}
        assert {key: (one["outcome"], one["reason"]) for key, one in found.items()} == {
            "relationship": ("invited", None),
            "asking": ("skipped", "lower_priority"),
        }
        assert rule(found["asking"], "priority")["input"] == {"priority": 100, "asks_instead": "relationship"}


async def test_a_decision_shows_every_rule_with_what_it_saw(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, caps=[{"limit": 1, "days": 7}])
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        (decision,) = await decisions(room, customer_id=str(anna))
        assert [(one["rule"], one["verdict"]) for one in decision["rules"]] == [
            ("decent_hour", "pass"),
            ("programme_active", "pass"),
            ("not_erased", "pass"),
            ("customer_known", "pass"),
            ("one_ask_per_contact", "pass"),
            ("consent", "pass"),
            ("address", "pass"),
            ("nothing_open", "pass"),
            ("cooldown", "pass"),
            ("cap", "pass"),
            ("sampling", "pass"),
        ]
        assert rule(decision, "decent_hour")["input"]["local_time"] == "2026-11-23T10:00+01:00"
        assert (decision["sentence"], decision["inclusion_probability"]) == ("The customer was asked.", 1.0)
        one = await room.client("survey:read").get(f"/survey/v1/decisions/{decision['id']}")
        assert one.json() == decision
        unknown = await room.client("survey:read").get(f"/survey/v1/decisions/{new_id()}")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "decision_unknown")


async def test_a_programme_that_was_switched_off_meanwhile_asks_nobody(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, LATER)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await put_programme(room, "asking", LATER, active=False)
        await room.pass_time(hours=2)
        assert await reasons(room) == ["programme_off"]
