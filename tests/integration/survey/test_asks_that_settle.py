"""What became of an ask on its way out is told: it left by a channel, went on to the next one, or found no way at all."""

from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import AskSettled
from tests.conftest import OpenRoom
from tests.integration.survey.carriers import provider, tell
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, invitations, open_centre


async def test_an_ask_that_left_is_told_once_and_again_when_it_had_to_go_another_way(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        provider(room)
        await open_centre(room, AT_ONCE, channels=["sms", "email"])
        await room.hear(a_customer(anna, language="en"), a_contact(anna))
        await room.settle()
        first = room.said(AskSettled)
        (invitation,) = await invitations(room)
        report = {"key": invitation["id"], "channel": "sms", "state": "refused", "reason": "unknown_subscriber"}
        for message in ("r1", "r1", "r2"):
            await tell(room, "delivery-reports", message, report)
        await room.settle()

        assert [(one.channel, one.state, one.customer_id, str(one.invitation_id)) for one in first] == [("sms", "sent", anna, invitation["id"])]
        assert [(one.channel, one.state) for one in room.said(AskSettled)] == [("sms", "sent"), ("email", "sent")]


async def test_an_ask_without_a_way_to_its_customer_is_told_as_undeliverable(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        sms, anna = provider(room), new_id()
        sms.behaviour = lambda: 400
        await open_centre(room, AT_ONCE, channels=["sms"])
        await room.hear(a_customer(anna, language="en"), a_contact(anna))
        await room.settle()
        (invitation,) = await invitations(room)

        assert (invitation["state"], sms.calls) == ("undeliverable", 1)
        assert [(one.channel, one.state, one.programme) for one in room.said(AskSettled)] == [("sms", "undeliverable", "asking")]
