"""An offer and its ends: taken, declined, timed out, withdrawn, rescinded; one right outcome for each."""

from uuid import UUID

from services.routing.app import service
from services.routing.contract import ContactAbandoned, ContactConnected, ContactOffered, ContactQueued
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk


async def test_a_contact_is_offered_at_once_to_an_agent_who_can_take_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("billing")
        await desk.queue("billing", requires=[{"skill": "billing", "level": 2}])
        agent = await desk.agent("anna", skills={"billing": 3})
        contact = await desk.contact("billing", language="de", topic="a wrong bill")
        assert (contact["state"], contact["agent_name"], contact["site"]) == ("offered", "Anna", "leipzig")
        (offer,) = await desk.offers("anna")
        assert offer["contact"]["id"] == contact["id"]
        assert offer["reservation"]["expires_at"] == "2026-11-23T09:00:20Z"
        await room.settle()
        (queued,) = room.said(ContactQueued)
        (offered,) = room.said(ContactOffered)
        assert (str(queued.contact_id), queued.queue, queued.language, queued.topic) == (contact["id"], "billing", "de", "a wrong bill")
        assert (str(offered.agent_id), str(offered.reservation_id)) == (agent["id"], offer["reservation"]["id"])


async def test_accepting_twice_is_accepting_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        agent = await desk.agent("anna")
        await desk.contact("sales")
        await room.pass_time(seconds=7)
        reservation = await desk.reservation_of("anna")
        first, second = await desk.accept(reservation), await desk.accept(reservation)
        assert (first.status_code, second.status_code) == (200, 200)
        assert first.json() == second.json()
        assert first.json()["status"] == "accepted"
        await room.pass_time(minutes=5)
        (connected,) = room.said(ContactConnected)
        assert (str(connected.agent_id), connected.waited_seconds) == (agent["id"], 7.0)


async def test_an_offer_that_runs_out_goes_to_the_next_agent_and_a_late_accept_hears_who_won(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        await room.pass_time(seconds=60)
        await desk.agent("bert")
        contact = await desk.contact("sales")
        late = await desk.reservation_of("anna")
        await room.pass_time(seconds=20)
        assert await desk.offered("anna") == []
        assert await desk.offered("bert") == [contact["id"]]
        refused = await desk.accept(late)
        assert (refused.status_code, refused.json()["code"]) == (409, "offer_gone")
        assert refused.json()["detail"] == "The offer ran out at 09:01:20 UTC. The contact is offered to Bert now."
        await desk.accept(await desk.reservation_of("bert"))
        refused = await desk.accept(late)
        assert refused.json()["detail"] == "The offer ran out at 09:01:20 UTC. The contact is with Bert now."
        assert (await desk.seen(contact))["waits_from"] == contact["queued_at"]


async def test_an_accept_at_the_very_instant_of_expiry_is_too_late_even_before_the_clockwork_ran(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        contact = await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
        room.clock.move_to(room.clock.now().replace(second=20))
        refused = await desk.accept(reservation)
        assert refused.status_code == 409
        assert refused.json()["detail"] == "The offer ran out at 09:00:20 UTC. The contact goes to somebody else."
        await room.settle()
        assert (await desk.seen(contact))["state"] == "waiting"


async def test_who_declines_is_not_asked_again_before_everybody_else_was_and_a_minute_has_passed(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=600)
        await desk.agent("anna")
        await room.pass_time(seconds=1)
        await desk.agent("bert")
        contact = await desk.contact("sales")
        declined = await desk.decline(await desk.reservation_of("anna"), "broken headset")
        assert (declined.status_code, declined.json()["status"], declined.json()["reason"]) == (200, "rejected", "broken headset")
        assert await desk.offered("bert") == [contact["id"]]
        await room.pass_time(seconds=30)
        await desk.decline(await desk.reservation_of("bert"))
        assert (await desk.seen(contact))["state"] == "waiting"
        why_not = await desk.why_not(contact, "anna")
        assert "(broken headset): asked again when everybody else was and 60 s are over." in why_not["sentence"]
        await room.pass_time(seconds=29)
        assert await desk.offered("anna") == []
        await room.pass_time(seconds=1)
        assert await desk.offered("anna") == [contact["id"]]


async def test_declining_twice_is_declining_once_and_an_accepted_contact_cannot_be_declined(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
        first, second = await desk.decline(reservation), await desk.decline(reservation, "another reason")
        assert first.json() == second.json()
        await room.pass_time(seconds=60)
        again = await desk.reservation_of("anna")
        await desk.accept(again)
        refused = await desk.decline(again)
        assert (refused.status_code, refused.json()["code"]) == (409, "offer_gone")


async def test_a_customer_who_hangs_up_during_an_offer_frees_the_agent_for_the_next_contact(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        first = await desk.contact("sales")
        second = await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
        await room.pass_time(seconds=6)
        assert (await desk.abandon(first)).json()["state"] == "abandoned"
        assert (await desk.abandon(first)).json()["state"] == "abandoned"
        assert await desk.offered("anna") == [second["id"]]
        refused = await desk.accept(reservation)
        assert refused.json()["detail"] == "The customer left while the offer stood. The contact is over."
        await room.settle()
        (left,) = room.said(ContactAbandoned)
        assert (str(left.contact_id), left.waited_seconds) == (first["id"], 6.0)


async def test_a_connected_contact_cannot_be_abandoned(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        contact = await desk.contact("sales")
        await desk.accept(await desk.reservation_of("anna"))
        refused = await desk.abandon(contact)
        assert (refused.status_code, refused.json()["code"]) == (409, "contact_already_connected")


async def test_the_open_offers_of_an_agent_who_goes_are_given_to_somebody_else(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna", capacity={"voice": 1, "chat": 1})
        talking = await desk.contact("sales")
        await desk.accept(await desk.reservation_of("anna"))
        chat = await desk.contact("sales", channel="chat")
        reservation = await desk.reservation_of("anna")
        await desk.activity("anna", "offline")
        assert (await desk.seen(chat))["state"] == "waiting"
        assert (await desk.seen(talking))["state"] == "connected"
        refused = await desk.accept(reservation)
        assert refused.json()["detail"] == "The offer was withdrawn. The contact waits again."
        await desk.agent("bert", capacity={"chat": 2})
        assert await desk.offered("bert") == [chat["id"]]
        await desk.activity("anna", "available")
        assert await desk.offered("anna") == []


async def test_an_agent_who_misses_two_offers_in_a_row_is_set_away(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        first, second = await desk.contact("sales"), await desk.contact("sales")
        await room.pass_time(seconds=20)
        assert await desk.offered("anna") == [second["id"]]
        await room.pass_time(seconds=20)
        agent = (await desk.api.get("/routing/v1/agents/anna")).json()
        assert agent["activity"] == "away"
        assert [(await desk.seen(each))["state"] for each in (first, second)] == ["waiting", "waiting"]
        await room.pass_time(seconds=60)
        await desk.activity("anna", "available")
        assert await desk.offered("anna") == [first["id"]]


async def test_a_reservation_is_read_by_its_id(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
        assert (await desk.api.get(f"/routing/v1/reservations/{reservation}")).json()["status"] == "pending"
        unknown = await desk.api.get(f"/routing/v1/reservations/{UUID(int=1)}")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "reservation_not_found")
