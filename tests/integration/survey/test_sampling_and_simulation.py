"""Whom to ask of many: quotas that hold, cells that stop when they know enough, drafts that are tried on history, agents that are watched."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.customers.contract import CaseResolved
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import Attribution, GivenAnswer, SurveyAnswered, SurveyInvited, SurveySkipped
from services.survey.use_cases.count_cells import allocate_cells
from services.survey.use_cases.judge_decision import judge_decisions
from tests.conftest import OpenRoom
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, decisions, delivered, invitations, open_centre, put_programme, put_survey
from tests.support.room import START, Room


async def contacts(room: Room, count: int, **changes: Any) -> list[UUID]:
    """Let so many people call, each once."""
    people = [new_id() for _ in range(count)]
    await room.hear(*(a_customer(person) for person in people))
    await room.hear(*(a_contact(person, **changes) for person in people))
    return people


def an_answer(invitation: dict[str, Any], score: int) -> SurveyAnswered:
    return SurveyAnswered(
        response_id=new_id(),
        invitation_id=invitation["id"],
        programme=invitation["programme"],
        survey=invitation["survey"],
        survey_version=1,
        customer_id=invitation["customer_id"],
        mode="page",
        language="de",
        answers=[GivenAnswer(question="agent", dimension="service", kind="csat5", score=score, choice=None, text=None)],
        comment=None,
        wants_contact=False,
        contact_channel=None,
        inclusion_probability=invitation["inclusion_probability"],
        attribution=Attribution.model_validate(dict.fromkeys(Attribution.model_fields)),
        flagged=False,
        answered_at=START,
    )


async def test_two_dispatchers_at_once_never_overfill_a_quota(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, cells={"by": ["site"], "quota": 5}, delay_seconds=60)
        await contacts(room, 20, site="leipzig")
        await contacts(room, 4, site="porto")
        waiting = [one["id"] for one in await decisions(room, outcome="pending", limit=100)]
        keys = room.runtime.resources["keys"]
        halves = [waiting[::2], waiting[1::2], waiting]
        await asyncio.gather(*(room.runtime.write(judge_decisions, half, keys) for half in halves))
        await room.pass_time(minutes=2)
        found = await decisions(room, limit=100)
        assert Counter(one["reason"] for one in found) == {None: 9, "quota_full": 15}
        assert len(room.said(SurveyInvited)) == 9


async def test_a_cell_stops_asking_when_its_figure_is_precise(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, cells={"by": ["site"], "half_width": 0.2, "least_answers": 10})
        await contacts(room, 12, site="leipzig")
        await room.settle()
        asked = await invitations(room)
        await room.hear(*(an_answer(one, 5) for one in asked[:10]))
        await contacts(room, 1, site="leipzig")
        await contacts(room, 1, site="porto")
        await room.settle()
        assert [one.reason for one in room.said(SurveySkipped)] == ["cell_precise"]
        assert len(room.said(SurveyInvited)) == 13


async def test_what_is_left_of_a_budget_goes_where_opinions_differ_most(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        plan = {"by": ["site"], "budget": 40, "first_share": 1.0}
        await open_centre(room, AT_ONCE, cells=plan)
        await contacts(room, 10, site="agreed")
        await contacts(room, 10, site="divided")
        await room.settle()
        for place, one in enumerate(await invitations(room, limit=100)):
            found = (await decisions(room, contact_id=one["contact_id"]))[0]
            divided = found["rules"][-1]["input"] and any(rule["input"].get("cell") == "site=divided" for rule in found["rules"])
            await room.hear(an_answer(one, 5 if not divided or place % 2 else 1))
        await room.pass_time(days=1)
        await room.runtime.write(allocate_cells, "asking")
        await contacts(room, 1, site="agreed")
        await contacts(room, 1, site="divided")
        await room.settle()
        shares = {
            rule["input"]["cell"]: rule["input"]["share"]
            for one in await decisions(room, limit=2)
            for rule in one["rules"]
            if rule["rule"] == "sampling"
        }
        assert set(shares) == {"site=agreed", "site=divided"}
        assert 0.02 <= shares["site=agreed"] < shares["site=divided"] <= 1.0


async def test_an_agent_may_skip_or_force_only_with_a_reason_and_forced_answers_have_no_weight(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, share=0.0, delay_seconds=60)
        anna, ben, agent = new_id(), new_id(), new_id()
        one, two = a_contact(anna), a_contact(ben)
        await room.hear(a_customer(anna), a_customer(ben), one, two)
        api = room.client("survey:write", "survey:read")
        assert (await api.put(f"/survey/v1/contacts/{one.contact_id}/survey-wish", json={"agent_id": str(agent), "wish": "skip"})).status_code == 422
        for contact, wish in ((one, "skip"), (two, "force")):
            body = {"agent_id": str(agent), "wish": wish, "reason": "asked_for_it"}
            assert (await api.put(f"/survey/v1/contacts/{contact.contact_id}/survey-wish", json=body)).json()["wish"] == wish
        await room.pass_time(minutes=2)
        assert [skipped.reason for skipped in room.said(SurveySkipped)] == ["agent_skipped"]
        assert [(asked.customer_id, asked.inclusion_probability) for asked in room.said(SurveyInvited)] == [(ben, 0.0)]
        late = await api.put(f"/survey/v1/contacts/{a_contact(anna).contact_id}/survey-wish", json={**body, "wish": "skip"})
        assert late.status_code == 200
        (watched,) = (await api.get("/survey/v1/skip-audit")).json()
        assert (watched["agent_id"], watched["skips"], watched["striking"]) == (str(agent), 1, False)


async def test_who_is_talking_with_us_at_this_moment_is_asked_a_quarter_of_an_hour_later(open_room: OpenRoom) -> None:
    from services.routing.contract import ContactConnected

    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, delay_seconds=60)
        anna, second = new_id(), new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.hear(ContactConnected(contact_id=second, customer_id=anna, agent_id=new_id(), waited_seconds=3.0, connected_at=START))
        await room.pass_time(minutes=10)
        assert room.said(SurveyInvited) == []
        await room.hear(a_contact(anna, contact_id=second, disposition="x", ended_at=START + timedelta(minutes=10)))
        await room.pass_time(minutes=6)
        first = [asked for asked in room.said(SurveyInvited) if asked.contact_id != second]
        assert [asked.invited_at for asked in first] == [START + timedelta(minutes=16)]


async def test_a_draft_is_tried_on_recorded_history_beside_the_live_version(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE)
        people = [new_id() for _ in range(4)]
        await room.hear(*(a_customer(person) for person in people))
        for day in range(3):
            ended = START + timedelta(days=day)
            await room.hear(*(a_contact(person, site="leipzig", ended_at=ended) for person in people))
            await room.pass_time(days=1)
        draft = {**AT_ONCE, "caps": [{"limit": 1, "days": 7}]}
        admin = room.client("survey:admin", "survey:read")
        begun = await admin.post("/survey/v1/programmes/asking/simulations", json={"rules": draft, "days": 30})
        assert (begun.status_code, begun.json()["state"]) == (202, "running")
        await room.settle()
        done = (await admin.get(f"/survey/v1/simulations/{begun.json()['id']}")).json()
        assert (done["state"], done["progress"], done["report"]["replayed"]) == ("done", 1.0, 12)
        live, planned = done["report"]["live"], done["report"]["draft"]
        assert (live["invited"], live["caps_hit"], live["asks_per_customer"]) == (12, 0, {"3": 4})
        assert (planned["invited"], planned["caps_hit"], planned["asks_per_customer"]) == (4, 8, {"1": 4})
        assert planned["cells"] == [
            {
                "name": "site=leipzig,channel=voice",
                "eligible": 4,
                "invited": 4,
                "expected_answers": 0.8,
                "half_width": planned["cells"][0]["half_width"],
            }
        ]
        assert len(room.said(SurveyInvited)) == 12


async def simulated(room: Room, rules: dict[str, Any]) -> dict[str, Any]:
    """Try rules on the last thirty days; return what the draft would have done."""
    admin = room.client("survey:admin", "survey:read")
    begun = await admin.post("/survey/v1/programmes/tried/simulations", json={"rules": rules, "days": 30})
    assert begun.status_code == 202, begun.text
    await room.settle()
    found: dict[str, Any] = (await admin.get(f"/survey/v1/simulations/{begun.json()['id']}")).json()["report"]
    return found


async def test_every_trigger_can_be_tried_on_what_was_recorded(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await put_survey(room)
        await put_survey(room, "second")
        await put_programme(room, "visits", AT_ONCE, trigger="custom", share=0.0)
        anna, case_id = new_id(), new_id()
        await room.hear(a_customer(anna), a_contact(anna, follow_up_id=new_id()), delivered(anna, "O-9", START))
        await room.hear(CaseResolved(case_id=case_id, customer_id=anna, driver=None, resolved_at=START))
        write = room.client("survey:write")
        event = {"event_id": "v1", "kind": "visit", "customer_id": str(anna), "attributes": {"late_minutes": 25}}
        assert (await write.post("/survey/v1/events", json=event)).status_code == 201
        sheet = {"survey": "delivery", "mode": "ivr", "language": "en", "customer_id": str(anna), "answers": {"agent": "4", "solved": "yes"}}
        assert (await write.post("/survey/v1/responses", json=sheet)).status_code == 201
        await room.pass_time(days=2)
        late = {"condition": "event.attributes.late_minutes > 20"}
        tried: dict[str, dict[str, Any]] = {
            "follow_up_contact_ended": {},
            "order_delivered": {},
            "case_resolved": {},
            "custom": {"where": {"kind": ["visit"]}, **late},
            "survey_answered": {"survey": "second", "where": {"survey": ["delivery"]}},
            "relationship": {"rhythm": {"every_days": 10}},
        }
        found = {trigger: (await simulated(room, {**AT_ONCE, "trigger": trigger, **more}))["draft"] for trigger, more in tried.items()}
        assert {trigger: (one["eligible"], one["invited"]) for trigger, one in found.items()} == {
            **dict.fromkeys(tried, (1, 1)),
            "relationship": (3, 3),
        }
        nobody = await simulated(room, {**AT_ONCE, "trigger": "custom", "condition": "event.attributes.late_minutes > 30"})
        assert (nobody["draft"]["invited"], nobody["replayed"]) == (0, 1)


async def test_a_relationship_survey_comes_round_for_each_person_from_when_they_became_known(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, trigger="relationship", rhythm={"every_days": 90, "jitter_days": 10})
        anna = new_id()
        await room.hear(a_customer(anna))
        await room.pass_time(days=89)
        assert room.said(SurveyInvited) == []
        await room.pass_time(days=11)
        first = room.said(SurveyInvited)[0].invited_at
        assert START + timedelta(days=90) <= first <= START + timedelta(days=100)
        await room.pass_time(days=90)
        moments = [asked.invited_at for asked in room.said(SurveyInvited)]
        assert len(moments) == 2
        assert abs((moments[1] - moments[0]) - timedelta(days=90)) < timedelta(seconds=1)
