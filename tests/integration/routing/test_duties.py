"""Contacts that start with us: call-backs that somebody is owed, and customers whom self-service did not help."""

from datetime import UTC, datetime
from uuid import UUID

from services.customers.contract import IdentityKey
from services.feedback.contract import FollowUpOpened
from services.kit.ids import new_id
from services.knowledge.contract import SelfServiceFailed
from services.routing.app import service
from services.routing.contract import ContactEnded, ContactQueued
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk


def a_follow_up(*, customer: UUID, follow_up: UUID, wants_call_back: bool = True) -> FollowUpOpened:
    return FollowUpOpened(
        follow_up_id=follow_up,
        item_id=new_id(),
        customer_id=customer,
        issue="delivery",
        reason="contact_me",
        wants_call_back=wants_call_back,
        channel="phone",
        language="es",
        severity=4,
        department="logistics",
        owner=None,
        due_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    )


async def test_a_follow_up_becomes_one_call_back_for_the_agent_of_skill_and_language_and_its_end_names_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        customer, follow_up = new_id(), new_id()
        await desk.skill("delivery")
        await desk.agent("anna", skills={"delivery": 5})
        await desk.agent("bert", languages={"es": 3})
        await desk.agent("cleo", languages={"es": 3}, skills={"delivery": 2})
        await room.hear(a_follow_up(customer=customer, follow_up=follow_up))
        await room.hear(a_follow_up(customer=customer, follow_up=follow_up))
        await room.settle()
        (offer,) = await desk.offers("cleo")
        contact = offer["contact"]
        assert (contact["queue"], contact["direction"], contact["follow_up_id"]) == ("callbacks", "outbound", str(follow_up))
        assert (contact["topic"], contact["language"], contact["context"]["severity"]) == ("delivery", "es", 4)
        assert await desk.offered("bert") == []
        await desk.accept(offer["reservation"]["id"])
        await room.pass_time(minutes=3)
        await desk.end(contact, resolved="yes")
        await room.settle()
        assert len(room.said(ContactQueued)) == 1
        (ended,) = room.said(ContactEnded)
        assert (ended.follow_up_id, ended.customer_id, ended.direction, ended.agent_name) == (follow_up, customer, "outbound", "Cleo")


async def test_a_call_back_that_no_specialist_takes_goes_to_who_speaks_the_language(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("logistics")
        await desk.agent("bert", languages={"es": 3})
        await room.hear(a_follow_up(customer=new_id(), follow_up=new_id()))
        (waiting,) = (await desk.api.get("/routing/v1/contacts", params={"queue": "callbacks", "state": "waiting"})).json()["items"]
        assert (await desk.why(waiting))["requirement"] == {"lang:es": 2, "logistics": 1}
        await room.pass_time(minutes=29)
        assert await desk.offered("bert") == []
        await room.pass_time(minutes=1)
        assert await desk.offered("bert") == [waiting["id"]]


async def test_a_follow_up_that_needs_no_call_makes_no_contact(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(a_follow_up(customer=new_id(), follow_up=new_id(), wants_call_back=False))
        await room.settle()
        assert room.said(ContactQueued) == []


async def test_an_agent_sees_what_the_customer_tried_in_self_service(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        session, article = new_id(), new_id()
        failed = SelfServiceFailed(
            session_id=session,
            customer_id=None,
            customer_keys=[IdentityKey(kind="email", value="a@example.org")],
            language="de",
            queries=["router blinks red"],
            articles=[article],
            wants_contact=True,
            channel="chat",
            failed_at=room.clock.now(),
        )
        await room.hear(failed, failed.model_copy(update={"session_id": new_id(), "wants_contact": False}))
        await desk.agent("anna", capacity={"chat": 3})
        (offer,) = await desk.offers("anna")
        assert offer["contact"]["context"]["self_service"] == {
            "session_id": str(session),
            "queries": ["router blinks red"],
            "articles": [str(article)],
            "failed_at": "2026-11-23T09:00:00+00:00",
        }
        await room.settle()
        (queued,) = room.said(ContactQueued)
        assert queued.customer_keys == [IdentityKey(kind="email", value="a@example.org")]
