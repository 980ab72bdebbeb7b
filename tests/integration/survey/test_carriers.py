"""Messages on their way: nothing twice, nothing lost, the next channel when one fails, replies understood."""

from typing import Any
from uuid import UUID

import pytest

from services.customers.contract import ConsentChanged
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SurveyAnswered, SurveyOptedOut
from tests.conftest import OpenRoom
from tests.integration.survey.carriers import Provider, provider, tell
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, filled, invitations, letters, open_centre
from tests.support.room import Room

PHONE = "+4930123456"


async def texted(room: Room, **changes: Any) -> tuple[Provider, UUID]:
    """Ask a customer by text message; return the provider and the customer."""
    found, anna = provider(room), new_id()
    await open_centre(room, AT_ONCE, **{"channels": ["sms", "email"], **changes})
    await room.hear(a_customer(anna, language="en"), a_contact(anna))
    await room.settle()
    return found, anna


async def attempts(room: Room) -> list[tuple[str, str, str, str | None]]:
    (invitation,) = await invitations(room)
    found = (await room.client("survey:read").get(f"/survey/v1/invitations/{invitation['id']}/attempts")).json()
    return [(one["purpose"], one["channel"], one["state"], one["reason"]) for one in found]


async def test_a_text_message_asks_the_first_question_and_a_number_answers_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        sms, anna = await texted(room)
        (invitation,) = await invitations(room)
        assert (invitation["channel"], invitation["state"]) == ("sms", "sent")
        assert sms.taken == {
            invitation["id"]: {
                "key": invitation["id"],
                "channel": "sms",
                "to": PHONE,
                "language": "en",
                "text": "Antiphon: How satisfied were you with the help our agent gave you? Reply with a number from 1 to 5, or answer here: "
                f"{invitation['link']} Reply STOP to end these messages.",
            }
        }
        assert await attempts(room) == [("ask", "sms", "accepted", None)]
        unclear = await tell(room, "inbound-messages", "m1", {"channel": "sms", "sender": PHONE, "text": "7"})
        assert unclear.json() == {"understood": "unclear", "reply": "Please reply with a number from 1 to 5."}
        answered = await tell(room, "inbound-messages", "m2", {"channel": "sms", "sender": PHONE, "text": "٢"})
        assert (answered.status_code, answered.json()["understood"]) == (200, "answer")
        again = await tell(room, "inbound-messages", "m2", {"channel": "sms", "sender": PHONE, "text": "٢"})
        assert again.json() == {"understood": "duplicate", "reply": None}
        words = await tell(room, "inbound-messages", "m3", {"channel": "sms", "sender": PHONE, "text": "Nobody called back."})
        assert words.json() == {"understood": "words", "reply": "We have added your words."}
        await room.settle()
        first, second = room.said(SurveyAnswered)
        assert (first.customer_id, first.mode, first.complete, first.revision, first.comment) == (anna, "sms", False, 1, None)
        assert [(one.question, one.score) for one in first.answers] == [("agent", 2)]
        assert (second.response_id, second.revision, second.comment) == (first.response_id, 2, "Nobody called back.")


async def test_a_provider_that_times_out_after_accepting_is_asked_with_the_same_key_and_nobody_is_asked_twice(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        sms = provider(room)
        answers = iter([0, 0, 503, -1])
        sms.behaviour = lambda: next(answers, 200)
        _, _ = await texted_by(room, sms)
        await room.pass_time(days=1)
        (invitation,) = await invitations(room)
        assert (sms.calls, list(sms.taken)) == (5, [invitation["id"]])
        assert (invitation["channel"], invitation["state"], letters(room)) == ("sms", "sent", [])
        assert await attempts(room) == [("ask", "sms", "accepted", None)]


async def texted_by(room: Room, sms: Provider, **changes: Any) -> tuple[Provider, UUID]:
    anna = new_id()
    await open_centre(room, AT_ONCE, **{"channels": ["sms", "email"], **changes})
    await room.hear(a_customer(anna, language="en"), a_contact(anna))
    await room.settle()
    return sms, anna


@pytest.mark.parametrize(("status", "calls", "reason"), [(422, 1, "http_422"), (503, 5, "http_503"), (-1, 5, "ConnectError")])
async def test_a_channel_that_surely_fails_gives_way_to_the_next(open_room: OpenRoom, status: int, calls: int, reason: str) -> None:
    async with open_room(service) as room:
        sms = provider(room)
        sms.behaviour = lambda: status
        await texted_by(room, sms)
        await room.pass_time(days=1)
        (invitation,) = await invitations(room)
        assert (sms.calls, invitation["channel"], invitation["state"], len(letters(room))) == (calls, "email", "sent", 1)
        assert await attempts(room) == [("ask", "sms", "refused", reason), ("ask", "email", "accepted", None)]


async def test_a_refusal_after_an_unsure_try_asks_by_no_other_way(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        sms = provider(room)
        answers = iter([0, 422])
        sms.behaviour = lambda: next(answers)
        await texted_by(room, sms)
        await room.pass_time(days=1)
        (invitation,) = await invitations(room)
        assert (len(sms.taken), invitation["channel"], invitation["state"], letters(room)) == (1, "sms", "sent", [])


async def test_a_signed_report_of_a_dead_number_goes_on_by_mail_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await texted(room)
        (invitation,) = await invitations(room)
        report = {"key": invitation["id"], "channel": "sms", "state": "refused", "reason": "unknown_subscriber"}
        for changes in ({"webhook-signature": "v1,AAAA"}, {"webhook-timestamp": "1"}, {"webhook-id": "another"}):
            forged = await tell(room, "delivery-reports", "r1", report, **changes)
            assert (forged.status_code, forged.json()["code"]) == (401, "carrier_signature_wrong")
        odd = await tell(room, "delivery-reports", "r0", {**report, "state": "lost"})
        assert (odd.status_code, odd.json()["code"]) == (422, "invalid_input")
        heard = [(await tell(room, "delivery-reports", name, report)).json()["processed"] for name in ("r1", "r1", "r2")]
        assert heard == [1, 0, 0]
        await room.settle()
        (invitation,) = await invitations(room)
        assert (invitation["channel"], invitation["state"], len(letters(room))) == ("email", "sent", 1)
        assert await attempts(room) == [("ask", "sms", "refused", "unknown_subscriber"), ("ask", "email", "accepted", None)]
        late = await tell(room, "delivery-reports", "r3", {**report, "state": "delivered"})
        unknown = await tell(room, "delivery-reports", "r4", {**report, "key": "no key of ours"})
        assert (late.json(), unknown.json()) == ({"processed": 0}, {"processed": 0})


async def test_a_messaging_service_is_used_only_within_its_window_and_it_is_said_why_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        chat = provider(room, "message")
        await texted_by(room, chat, channels=["message", "email"])
        assert (chat.calls, len(letters(room))) == (0, 1)
        assert await attempts(room) == [("ask", "message", "refused", "outside_messaging_window"), ("ask", "email", "accepted", None)]


async def test_within_the_window_the_messaging_service_carries_the_ask(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        chat, anna = provider(room, "message"), new_id()
        await open_centre(room, AT_ONCE, channels=["message", "email"])
        await room.hear(a_customer(anna, language="en"), a_contact(anna, channel="message"))
        await room.settle()
        assert (len(chat.taken), letters(room)) == (1, [])


async def test_a_reply_of_stop_ends_all_text_messages_and_says_so(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, anna = await texted(room)
        stopped = await tell(room, "inbound-messages", "m1", {"channel": "sms", "sender": PHONE, "text": "Stopp."})
        assert stopped.json() == {"understood": "stop", "reply": "Done. You will get no more feedback requests from us."}
        stranger = await tell(room, "inbound-messages", "m2", {"channel": "sms", "sender": "+1", "text": "4"})
        assert stranger.json() == {"understood": "nothing_asked", "reply": None}
        await room.settle()
        assert [(one.customer_id, one.channel) for one in room.said(SurveyOptedOut)] == [(anna, "sms")]
        await room.hear(a_contact(anna))
        await room.settle()
        assert [one["channel"] for one in await invitations(room)] == ["email", "sms"]


async def test_reminders_leave_on_their_day_until_the_customer_answers(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        await open_centre(room, AT_ONCE, reminders=[{"after_days": 3}, {"after_days": 7}])
        await room.hear(a_customer(anna, language="en"), a_contact(anna))
        await room.settle()
        await room.pass_time(days=2)
        assert len(letters(room)) == 1
        await room.pass_time(days=2)
        assert sorted(str(letter["Subject"]) for letter in letters(room)) == ["Antiphon: a short reminder", "Antiphon: how did we do?"]
        assert len({letter["Message-ID"] for letter in letters(room)}) == 2
        (invitation,) = await invitations(room)
        browser = room.anonymous()
        path = str(invitation["link"]).removeprefix("http://antiphon.test")
        assert (await browser.post(path, data=await filled(browser, room, path, agent="5", solved="yes"))).status_code == 200
        await room.pass_time(days=20)
        assert len(letters(room)) == 2


async def test_no_reminder_goes_to_who_does_not_want_to_be_asked(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        await open_centre(room, AT_ONCE, reminders=[{"after_days": 3}])
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        await room.hear(ConsentChanged(customer_id=anna, purpose="survey", channel="any", granted=False))
        await room.pass_time(days=10)
        assert len(letters(room)) == 1


async def test_a_letter_can_be_signed_by_the_mail_server_and_left_with_one_click(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        await open_centre(room, AT_ONCE)
        await room.hear(a_customer(anna, language="ar"), a_contact(anna))
        await room.settle()
        (letter,) = letters(room)
        (invitation,) = await invitations(room)
        assert letter["Message-ID"] == f"<{invitation['id']}@antiphon.invalid>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(letter["Date"]) == "Mon, 23 Nov 2026 09:00:00 +0000"
        assert [name for name in ("From", "To", "Subject", "Content-Language") if not letter[name]] == []
        parts = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
        assert set(parts) == {"text/plain", "text/html"}
        html = str(parts["text/html"])
        assert '<html lang="ar" dir="rtl">' in html
        assert [f"{invitation['link']}?a={step}" in html for step in range(1, 6)] == [True] * 5
        assert "<img" not in html
        one_click = str(letter["List-Unsubscribe"]).strip("<>").removeprefix("http://antiphon.test")
        browser = room.anonymous()
        assert (await browser.get(one_click)).status_code == 200
        await room.settle()
        assert room.said(SurveyOptedOut) == []
        assert (await browser.post(one_click, data={"List-Unsubscribe": "One-Click"})).status_code == 200
        await room.settle()
        assert [one.channel for one in room.said(SurveyOptedOut)] == ["any"]
