"""A mail server that is away delays a letter; it never makes it indecent, unwanted or double."""

from typing import Any

from services.customers.contract import ConsentChanged
from services.kit.ids import new_id
from services.kit.mail import Mail
from services.survey.adapters.mail import MailCarrier
from services.survey.app import service
from tests.conftest import OpenRoom
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, invitations, open_centre
from tests.support.room import Room


class AwayServer:
    """Refuses until it is back, and keeps what it was given then."""

    def __init__(self) -> None:
        self.back = False
        self.taken: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        if not self.back:
            raise ConnectionRefusedError("the mail server is away")
        self.taken.append(mail)


async def asked_while_away(room: Room, **changes: Any) -> tuple[AwayServer, Any]:
    server = AwayServer()
    room.runtime.resources["carriers"]["email"] = MailCarrier(server, "voice@antiphon.test", room.clock)
    await open_centre(room, AT_ONCE, **changes)
    anna = new_id()
    await room.hear(a_customer(anna), a_contact(anna))
    await room.settle()
    assert [one["state"] for one in await invitations(room)] == ["queued"]
    return server, anna


async def test_a_letter_that_could_not_leave_leaves_when_the_server_is_back_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        server, _ = await asked_while_away(room)
        server.back = True
        await room.pass_time(hours=1)
        await room.pass_time(days=2)
        assert len(server.taken) == 1
        assert [one["state"] for one in await invitations(room)] == ["sent"]


async def test_a_late_letter_waits_for_the_next_decent_hour(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        # Nine o'clock in London is ten in Berlin: the window closes one second later.
        server, _ = await asked_while_away(room, window={"start": "09:00", "end": "10:00:01", "weekdays": [1, 2, 3, 4, 5, 6, 7]})
        server.back = True
        await room.pass_time(hours=22, minutes=59)
        assert server.taken == []
        await room.pass_time(minutes=1)
        assert len(server.taken) == 1


async def test_a_late_letter_that_is_no_longer_wanted_is_withdrawn(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        server, anna = await asked_while_away(room)
        server.back = True
        await room.hear(ConsentChanged(customer_id=anna, purpose="survey", channel="any", granted=False))
        await room.pass_time(days=1)
        assert server.taken == []
        assert [one["state"] for one in await invitations(room)] == ["withdrawn"]
