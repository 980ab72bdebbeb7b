"""Follow-ups: one for each customer and issue, promised in office hours, closed by the customer's own word."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.customers.contract import CustomersMerged, SubjectIdentified
from services.feedback.app import service
from services.feedback.contract import FeedbackReceived, FollowUpClosed, FollowUpEscalated, FollowUpOpened
from services.kit.ids import new_id
from services.routing.contract import ContactEnded
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import ANNA, BORIS, a_review, an_answer, an_item, put_taxonomy
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")


async def _opened(room: Room) -> UUID:
    await room.hear(an_answer())
    await room.settle()
    return room.said(FollowUpOpened)[0].follow_up_id


async def test_an_unhappy_answer_that_asks_for_contact_opens_a_call_back_due_in_office_hours(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await put_taxonomy(room.client(*ALL))
        await room.pass_time(seconds=5)
        await room.hear(an_answer())
        await room.settle()
        opened = room.said(FollowUpOpened)
        assert [(one.customer_id, one.issue, one.reason, one.wants_call_back, one.channel, one.department, one.severity) for one in opened] == [
            (ANNA, "late-delivery", "contact_me", True, "voice", "logistics", 3),
        ]
        # Asked for at 9:00:05 on a Monday: eight office hours end on Tuesday, five seconds after nine.
        assert opened[0].due_at == datetime(2026, 11, 24, 9, 0, 5, tzinfo=UTC)


async def test_a_review_and_an_answer_about_the_same_issue_are_one_follow_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        await room.hear(an_answer())
        await room.settle()
        source = await api.put("/feedback/v1/webhook-sources/shop", json={"kind": "trustpilot"})
        await room.anonymous().post(f"/feedback/v1/webhooks/trustpilot/{source.json()['secret']}", json={"events": [a_review()]})
        await room.pass_time(seconds=1)
        item_id = room.said(FeedbackReceived)[-1].item_id
        await room.hear(SubjectIdentified(subject_kind="feedback_item", subject_id=item_id, customer_id=ANNA))
        await room.settle()
        assert len(room.said(FollowUpOpened)) == 1
        listed = (await api.get(f"/feedback/v1/follow-ups?customer_id={ANNA}&state=open")).json()["items"]
        assert len(listed) == 1
        items = (await api.get(f"/feedback/v1/items?follow_up_id={listed[0]['id']}")).json()["items"]
        assert sorted(item["source"] for item in items) == ["survey", "trustpilot"]


async def test_two_issues_are_two_follow_ups_and_a_call_wish_joins_an_open_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await put_taxonomy(room.client(*ALL))
        await room.pass_time(seconds=5)
        await room.hear(an_answer(wants_contact=False))
        await room.settle()
        await room.hear(an_answer(wants_contact=False, comment="You charged me twice, my invoice is wrong."))
        await room.settle()
        await room.hear(an_answer(comment="The parcel is still late, it never arrived!"))
        await room.settle()
        told = room.said(FollowUpOpened)
        assert [(one.issue, one.wants_call_back, one.reason) for one in told] == [
            ("late-delivery", False, "low_score"),
            ("wrong-invoice", False, "low_score"),
            ("late-delivery", True, "contact_me"),
        ]
        assert told[2].follow_up_id == told[0].follow_up_id


async def test_many_complaints_at_once_open_one_follow_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await room.hear(*(an_answer() for _ in range(6)))
        await asyncio.gather(room.runtime.due.step(), room.runtime.due.step())
        await room.settle()
        assert len((await api.get(f"/feedback/v1/follow-ups?customer_id={ANNA}")).json()["items"]) == 1
        assert len(room.said(FollowUpOpened)) == 1


async def test_two_customers_that_are_one_person_have_one_follow_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(CustomersMerged(merge_id=new_id(), survivor_id=ANNA, merged_id=BORIS))
        await room.hear(an_answer(), an_answer(customer_id=BORIS))
        await room.settle()
        assert len(room.said(FollowUpOpened)) == 1


async def test_a_scanner_s_answer_is_kept_but_nobody_is_sent_after_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(an_answer(flagged=True))
        await room.settle()
        assert len(room.said(FeedbackReceived)) == 1
        assert room.said(FollowUpOpened) == []


async def test_the_customer_s_yes_closes_it_as_confirmed(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        follow_up_id = await _opened(room)
        thanks = an_answer(follow_up_id=follow_up_id, resolved="yes", score=5, comment="All good now, thank you.", wants_contact=False)
        await room.hear(thanks)
        await room.hear(thanks)
        await room.settle()
        assert [(one.follow_up_id, one.outcome) for one in room.said(FollowUpClosed)] == [(follow_up_id, "confirmed")]
        assert len(room.said(FollowUpOpened)) == 1


async def test_the_customer_s_no_ends_the_try_and_opens_a_more_urgent_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        follow_up_id = await _opened(room)
        await room.hear(an_answer(follow_up_id=follow_up_id, resolved="no", score=1, comment="Still nothing has arrived.", wants_contact=False))
        await room.settle()
        assert [(one.follow_up_id, one.outcome) for one in room.said(FollowUpClosed)] == [(follow_up_id, "not_recovered")]
        opened = room.said(FollowUpOpened)
        assert [(one.reason, one.severity) for one in opened] == [("contact_me", 3), ("not_recovered", 4)]
        now_open = (await api.get(f"/feedback/v1/follow-ups?customer_id={ANNA}&state=open")).json()["items"]
        assert [(one["attempt"], one["reopens"], one["escalation"]) for one in now_open] == [(2, str(follow_up_id), 1)]


async def test_silence_reminds_then_escalates_until_somebody_acts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        rule = {"priority": 90, "due_office_hours": 8, "wants_contact": True, "wants_call_back": True, "owner": "maria", "escalate_to": "lead-nord"}
        assert (await api.put("/feedback/v1/follow-up-rules/contact_me", json=rule)).status_code == 200
        follow_up_id = await _opened(room)
        await room.pass_time(hours=23)
        assert [(one.level, one.owner) for one in room.said(FollowUpEscalated)] == [(1, "maria"), (2, "lead-nord")]
        taken = await api.post(f"/feedback/v1/follow-ups/{follow_up_id}/acknowledge", json={"owner": "ben"})
        assert (taken.json()["state"], taken.json()["owner"]) == ("acknowledged", "ben")
        await room.hear(_call(follow_up_id))
        await room.pass_time(days=5)
        assert len(room.said(FollowUpEscalated)) == 2
        found = (await api.get(f"/feedback/v1/follow-ups/{follow_up_id}")).json()
        assert (found["state"], found["owner"], found["contacted_at"]) == ("acknowledged", "Ben Ode", "2026-11-24T09:00:00Z")


async def test_a_documented_no_answer_closes_and_stays_closed(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        follow_up_id = await _opened(room)
        path = f"/feedback/v1/follow-ups/{follow_up_id}/close"
        assert (await api.post(path, json={"outcome": "confirmed", "note": ""})).status_code == 422
        closed = await api.post(path, json={"outcome": "no_answer", "note": "Three calls, mailbox full."})
        assert (closed.status_code, closed.json()["outcome"], closed.json()["note"]) == (200, "no_answer", "Three calls, mailbox full.")
        again = await api.post(path, json={"outcome": "no_answer", "note": "x"})
        assert (again.status_code, again.json()["code"]) == (409, "feedback_follow_up_closed")
        await room.settle()
        assert [one.outcome for one in room.said(FollowUpClosed)] == ["no_answer"]


async def test_a_shipped_rule_can_be_switched_off(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        for key in ("contact_me", "low_score"):
            await api.put(f"/feedback/v1/follow-up-rules/{key}", json={"priority": 1, "due_office_hours": 8, "active": False})
        await room.hear(an_answer())
        await room.settle()
        assert room.said(FollowUpOpened) == []


async def test_a_page_of_follow_ups_and_the_gateway_s_view_show_the_same(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        follow_up_id = await _opened(room)
        await room.client(*ALL).post("/feedback/v1/items", json=an_item(customer_id=str(BORIS)))
        answer = await room.client("internal").post("/feedback/internal/v1/customers/views", json={"customer_ids": [str(ANNA), str(BORIS)]})
        views = answer.json()["views"]
        assert [one["id"] for one in views[str(ANNA)]["follow_ups"]["data"]] == [str(follow_up_id)]
        assert [one["source"] for one in views[str(ANNA)]["feedback"]["data"]] == ["survey"]
        assert [one["source"] for one in views[str(BORIS)]["feedback"]["data"]] == ["rest"]
        assert views[str(BORIS)]["follow_ups"]["data"] == []
        fields = {"feedback": ["*.source", "*.labels.*.code", "*.customer_id"], "follow_ups": ["*.id"]}
        few = await room.client("internal").post("/feedback/internal/v1/customers/views", json={"customer_ids": [str(BORIS)], "fields": fields})
        [item] = views[str(BORIS)]["feedback"]["data"]
        shown = {"source": "rest", "customer_id": str(BORIS), "labels": [{"code": label["code"]} for label in item["labels"]]}
        assert few.json()["views"][str(BORIS)] == {
            "feedback": {**views[str(BORIS)]["feedback"], "data": [shown]},
            "follow_ups": views[str(BORIS)]["follow_ups"],
        }
        assert (await room.client(*ALL).post("/feedback/internal/v1/customers/views", json={"customer_ids": []})).status_code == 403


def _call(follow_up_id: UUID) -> ContactEnded:
    moment = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    names = ("external_id", "queue", "topic", "language", "agent_id", "team", "site", "vendor", "disposition", "driver", "department")
    fields: dict[str, Any] = dict.fromkeys(names) | {
        "contact_id": new_id(), "customer_id": ANNA, "customer_keys": [], "channel": "voice", "direction": "outbound", "agent_name": "Ben Ode",
        "resolved": "yes", "order_reference": None, "case_id": None, "follow_up_id": follow_up_id, "notes": None, "transfers": 0, "articles": [],
        "started_at": moment, "ended_at": moment, "handle_seconds": 120.0,
    }  # fmt: skip
    return ContactEnded(**fields)
