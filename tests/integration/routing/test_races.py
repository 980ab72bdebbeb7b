"""Two things at the same instant: whatever comes first, the outcome is one of the right ones and everybody is told the same."""

import asyncio

from services.routing.app import service
from services.routing.contract import ContactAbandoned, ContactConnected, ContactEnded
from services.routing.models import AgentChannel, Reservation
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk


async def test_an_accept_and_a_hang_up_at_once_have_one_winner(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=600)
        await desk.agent("anna", capacity={"voice": 6})
        contacts = [await desk.contact("sales") for _ in range(6)]
        reservations = [offer["reservation"]["id"] for offer in await desk.offers("anna")]
        pairs = zip(contacts, reservations, strict=True)
        calls = [call for contact, reservation in pairs for call in (desk.accept(reservation), desk.abandon(contact))]
        answers = [answer.status_code for answer in await asyncio.gather(*calls)]
        outcomes = list(zip(answers[::2], answers[1::2], strict=True))
        assert set(outcomes) <= {(200, 409), (409, 200)}
        await room.settle()
        assert len(room.said(ContactConnected)) == outcomes.count((200, 409))
        assert len(room.said(ContactAbandoned)) == outcomes.count((409, 200))
        assert await room.runtime.read(_places_used) == outcomes.count((200, 409))


async def test_an_accept_and_a_decline_at_once_have_one_winner(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=600)
        await desk.agent("anna")
        contact = await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
        answers = await asyncio.gather(desk.accept(reservation), desk.decline(reservation), desk.accept(reservation))
        codes = [answer.status_code for answer in answers]
        assert codes in ([200, 409, 200], [409, 200, 409])
        state = (await desk.seen(contact))["state"]
        assert state == ("connected" if codes[1] == 409 else "waiting")


async def test_the_same_ended_contact_told_ten_times_at_once_is_one_contact(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        body = {"external_id": "pbx-1", "channel": "voice", "direction": "inbound"}
        body |= {"started_at": "2026-11-23T08:00:00Z", "ended_at": "2026-11-23T08:01:00Z"}
        answers = await asyncio.gather(*(desk.api.post("/routing/v1/ended-contacts", json=body) for _ in range(10)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        await room.settle()
        assert len(room.said(ContactEnded)) == 1


async def test_the_database_itself_refuses_a_second_holder_of_a_contact(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        await desk.contact("sales")
        refused = await room.runtime.write(_hold_twice)
        assert refused is False


async def _places_used(tx: object) -> int:
    from sqlmodel import select

    from services.kit.db import Tx

    assert isinstance(tx, Tx)
    return sum(row["used"] for row in await tx.rows(select(AgentChannel.used)))


async def _hold_twice(uow: object) -> bool:
    from sqlmodel import select

    from services.kit.db import UnitOfWork
    from services.kit.ids import new_id

    assert isinstance(uow, UnitOfWork)
    held = await uow.first(select(Reservation), Reservation)
    assert held is not None
    return await uow.insert_ignore(Reservation, held.model_dump() | {"id": new_id()})
