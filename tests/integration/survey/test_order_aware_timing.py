"""An order is not finished when the call ends but when the goods are in hand."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.customers.contract import CustomersMerged, SubjectIdentified
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SurveyInvited, SurveySkipped
from tests.conftest import OpenRoom
from tests.integration.survey.scene import a_contact, a_customer, cancelled, decisions, delivered, invitations, letters, open_centre
from tests.support.room import START


async def test_nobody_is_asked_before_the_order_is_delivered_and_then_at_a_decent_local_hour(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room)
        anna, call = new_id(), None
        await room.hear(a_customer(anna))
        call = a_contact(anna, order_reference="O-1")
        await room.hear(call)
        await room.pass_time(days=3)
        (waiting,) = await decisions(room, contact_id=str(call.contact_id))
        assert (waiting["outcome"], waiting["waits_for"], waiting["sentence"]) == (
            "pending",
            "order_delivered",
            "Waits until the order is delivered.",
        )
        # Delivered on Friday evening: a day later it is Saturday 22:30 in Berlin, and Sunday is not a day to ask.
        friday = datetime(2026, 11, 27, 21, 30, tzinfo=UTC)
        await room.pass_time(seconds=(friday - room.clock.now()).total_seconds())
        await room.hear(delivered(anna, "O-1", friday))
        (planned,) = await decisions(room, contact_id=str(call.contact_id))
        assert planned["next_possible_at"] == "2026-11-30T08:00:00Z"
        await room.pass_time(days=2, hours=10, minutes=29)
        assert room.said(SurveyInvited) == []
        await room.pass_time(minutes=1)
        (asked,) = room.said(SurveyInvited)
        assert (asked.customer_id, asked.contact_id, asked.invited_at) == (anna, call.contact_id, datetime(2026, 11, 30, 8, 0, tzinfo=UTC))
        (letter,) = letters(room)
        assert letter["To"] == f"anna.{anna.hex[-6:]}@example.org"
        assert room.said(SurveySkipped) == []


async def test_an_order_that_was_delivered_before_the_call_ended_is_asked_about_after_the_delay(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, delay_seconds=3600)
        anna = new_id()
        await room.hear(a_customer(anna), delivered(anna, "O-2", START - timedelta(days=2)), a_contact(anna, order_reference="O-2"))
        await room.pass_time(minutes=59)
        assert room.said(SurveyInvited) == []
        await room.pass_time(minutes=1)
        assert [asked.invited_at for asked in room.said(SurveyInvited)] == [START + timedelta(hours=1)]


async def test_a_cancelled_order_ends_the_wait(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna, order_reference="O-3"))
        await room.hear(cancelled(anna, "O-3", START))
        await room.pass_time(days=60)
        (skipped,) = room.said(SurveySkipped)
        assert (skipped.reason, skipped.customer_id) == ("order_cancelled", anna)
        assert room.said(SurveyInvited) == []
        (decision,) = await decisions(room, customer_id=str(anna))
        assert (decision["outcome"], decision["reason"]) == ("skipped", "order_cancelled")


async def test_a_wait_for_a_delivery_is_given_up_after_the_days_of_the_programme(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, give_up_days=10)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna, order_reference="O-4"))
        await room.pass_time(days=9, hours=23)
        assert room.said(SurveySkipped) == []
        await room.pass_time(hours=1)
        assert [skipped.reason for skipped in room.said(SurveySkipped)] == ["not_delivered_in_time"]
        await room.hear(delivered(anna, "O-4", room.clock.now()))
        await room.pass_time(days=10)
        assert room.said(SurveyInvited) == []


async def test_an_order_call_without_an_order_reference_is_not_asked_about_in_the_dark(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        assert [skipped.reason for skipped in room.said(SurveySkipped)] == ["no_order_reference"]


async def test_a_contact_that_no_programme_is_for_leaves_no_decision(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room)
        await room.hear(a_contact(new_id(), disposition="complaint", order_reference="O-5"))
        await room.settle()
        assert await decisions(room) == []


async def test_the_order_in_which_the_facts_arrive_does_not_matter(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, delay_seconds=0)
        anna = new_id()
        call = a_contact(None, order_reference="O-6")
        await room.hear(delivered(anna, "O-6", START))
        await room.hear(SubjectIdentified(subject_kind="contact", subject_id=call.contact_id, customer_id=anna))
        await room.hear(call)
        (waiting,) = await decisions(room, contact_id=str(call.contact_id))
        assert (waiting["waits_for"], waiting["customer_id"]) == ("customer", str(anna))
        await room.hear(a_customer(anna))
        await room.settle()
        assert [asked.customer_id for asked in room.said(SurveyInvited)] == [anna]


async def test_a_contact_whose_customer_becomes_known_later_is_asked_about_then(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, delay_seconds=0)
        anna = new_id()
        call = a_contact(None, order_reference="O-7")
        await room.hear(call, delivered(anna, "O-7", START), a_customer(anna))
        await room.settle()
        assert room.said(SurveyInvited) == []
        await room.hear(SubjectIdentified(subject_kind="contact", subject_id=call.contact_id, customer_id=anna))
        await room.settle()
        (found,) = await invitations(room, contact_id=str(call.contact_id))
        assert (found["customer_id"], found["state"]) == (str(anna), "sent")


async def test_a_contact_that_nobody_could_name_ends_with_that_reason(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, give_up_days=2)
        await room.hear(a_contact(None, order_reference="O-8"))
        await room.pass_time(days=2)
        assert [(skipped.reason, skipped.customer_id) for skipped in room.said(SurveySkipped)] == [("customer_unknown", None)]


async def test_an_event_that_is_delivered_again_changes_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, delay_seconds=0)
        anna = new_id()
        call = a_contact(anna, order_reference="O-9")
        await room.hear(a_customer(anna), delivered(anna, "O-9", START), call)
        await room.hear(call)
        await room.hear(delivered(anna, "O-9", START))
        await room.pass_time(days=40)
        assert len(room.said(SurveyInvited)) == 1
        assert len(letters(room)) == 1
        assert len(await decisions(room)) == 1


async def test_facts_that_arrive_at_the_same_moment_do_not_miss_each_other(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, delay_seconds=0)
        people = [new_id() for _ in range(12)]
        for number, person in enumerate(people):
            call = a_contact(None, order_reference=f"O-{number}")
            identified = SubjectIdentified(subject_kind="contact", subject_id=call.contact_id, customer_id=person)
            facts = [call, identified, a_customer(person), delivered(person, f"O-{number}", START)]
            await asyncio.gather(*(room.hear(fact) for fact in facts))
        await room.settle()
        assert {asked.customer_id for asked in room.said(SurveyInvited)} == set(people)
        assert len(letters(room)) == len(people)


async def test_two_customers_that_are_one_person_share_one_cap(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, delay_seconds=0)
        anna, twin = new_id(), new_id()
        await room.hear(a_customer(anna), a_customer(twin), CustomersMerged(merge_id=new_id(), survivor_id=anna, merged_id=twin))
        await room.hear(delivered(anna, "O-10", START), delivered(twin, "O-11", START))
        await room.hear(a_contact(anna, order_reference="O-10"), a_contact(twin, order_reference="O-11"))
        await room.settle()
        assert len(room.said(SurveyInvited)) == 1
        assert [skipped.reason for skipped in room.said(SurveySkipped)] == ["cap_reached"]
