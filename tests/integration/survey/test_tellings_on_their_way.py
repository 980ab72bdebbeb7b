"""A telling on its way out: what dies, doubts, stops or is forgotten between the decision and the customer."""

from typing import Any

import pytest

from services.customers.contract import CustomerErased
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SubjectErased, SurveyOptedOut, TellingSettled
from services.survey.domain.carrying import Parcel
from services.survey.models import Base
from tests.conftest import OpenRoom
from tests.integration.survey.carriers import provider, tell
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, letters, open_centre
from tests.integration.survey.test_tellings import attempts, found, settled, tellings
from tests.support.room import Room


class Dying:
    """A carrier that takes the message, and with it dies the process before it can note that."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def carry(self, parcel: Parcel) -> str | None:
        self.keys.append(parcel.key)
        if len(self.keys) == 1:
            raise SystemError("killed")
        return "reference"


async def test_a_crash_between_sending_and_noting_it_sends_the_same_key_again_and_by_no_other_way(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, email, sms = new_id(), Dying(), provider(room)
        room.runtime.resources["carriers"]["email"] = email
        await room.hear(a_customer(anna), found(anna))
        await room.settle()
        (row,) = await tellings(room)
        assert (row["state"], settled(room)) == ("queued", [])
        await room.hear(found(anna))
        await room.pass_time(hours=1)
        assert email.keys == [f"{row['id']}.telling"] * 2
        assert (settled(room), sms.calls) == ([("told", "email", None)], 0)


async def test_a_provider_that_did_not_say_is_asked_again_with_the_same_key_and_told_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, sms = new_id(), provider(room)
        answers = iter([0, 0, 200])
        sms.behaviour = lambda: next(answers)
        await room.hear(a_customer(anna, preferred_channel="sms"), found(anna))
        await room.pass_time(hours=3)
        assert (sms.calls, len(sms.taken), letters(room)) == (3, 1, [])
        assert settled(room) == [("told", "sms", None)]


async def test_a_provider_that_stays_away_gives_way_to_the_next_channel(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, sms = new_id(), provider(room)
        sms.behaviour = lambda: -1
        await room.hear(a_customer(anna, preferred_channel="sms"), found(anna))
        await room.pass_time(hours=9)
        assert (sms.calls, len(letters(room)), settled(room)) == (5, 1, [("told", "email", None)])


async def test_a_message_that_a_provider_could_not_deliver_goes_on_by_the_next_channel(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        provider(room)
        await room.hear(a_customer(anna, preferred_channel="sms"), found(anna))
        await room.settle()
        (row,) = await tellings(room)
        report = {"key": f"{row['id']}.telling", "channel": "sms", "state": "refused", "reason": "unknown_subscriber"}
        changed = [(await tell(room, "delivery-reports", message, report)).json()["processed"] for message in ("r1", "r1", "r2")]
        await room.settle()
        assert changed == [1, 0, 0]
        assert settled(room) == [("told", "sms", None), ("told", "email", None)]
        assert await attempts(room, row["id"]) == [("sms", "refused", "unknown_subscriber"), ("email", "accepted", None)]


async def test_a_report_of_delivery_is_noted(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        provider(room)
        await room.hear(a_customer(anna, preferred_channel="sms"), found(anna))
        await room.settle()
        (row,) = await tellings(room)
        await tell(room, "delivery-reports", "r1", {"key": f"{row['id']}.telling", "channel": "sms", "state": "delivered"})
        assert await attempts(room, row["id"]) == [("sms", "delivered", None)]


async def test_stop_in_reply_to_a_telling_stops_everything_by_that_channel(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        provider(room)
        await room.hear(a_customer(anna, language="de", preferred_channel="sms"), found(anna))
        await room.settle()
        message = {"channel": "sms", "sender": "+4930123456", "text": "Stopp"}
        heard = (await tell(room, "inbound-messages", "m1", message)).json()
        await room.settle()
        assert (heard["understood"], heard["reply"] is None) == ("stop", False)
        assert [(one.customer_id, one.channel) for one in room.said(SurveyOptedOut)] == [(anna, "sms")]
        await room.hear(found(anna, new_id()))
        await room.settle()
        assert settled(room) == [("told", "sms", None), ("told", "email", None)]


async def test_an_answer_that_comes_after_a_telling_is_the_answer_to_what_was_asked(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        provider(room)
        await open_centre(room, AT_ONCE, channels=["sms"])
        await room.hear(a_customer(anna, preferred_channel="sms"), a_contact(anna))
        await room.settle()
        await room.hear(found(anna))
        await room.pass_time(minutes=1)
        heard = (await tell(room, "inbound-messages", "m1", {"channel": "sms", "sender": "+4930123456", "text": "4"})).json()
        assert heard["understood"] == "answer"


async def test_the_link_of_a_telling_stops_asks_and_tellings_at_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        await room.hear(a_customer(anna), found(anna))
        await room.settle()
        path = _stop_path(room)
        browser = room.anonymous()
        assert (await browser.get(path)).status_code == 200
        assert (await browser.post(path, data={"List-Unsubscribe": "One-Click"})).status_code == 200
        await room.hear(found(anna, new_id()))
        await room.settle()
        assert settled(room) == [("told", "email", None), ("withheld", None, "no_consent")]


async def test_of_an_erased_customer_neither_address_nor_link_nor_language_stays_and_nothing_more_is_sent(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, erasure = new_id(), new_id()
        await room.hear(a_customer(anna, email="canary@example.org", display_name="Canary Weber"), found(anna))
        await room.settle()
        path = _stop_path(room)
        room.runtime.resources["carriers"]["email"] = Dying()
        waiting = new_id()
        await room.hear(found(anna, waiting))
        await room.settle()
        await room.hear(CustomerErased(customer_id=anna, erasure_id=erasure))
        await room.hear(found(anna, new_id()))
        await room.pass_time(days=1)

        assert settled(room) == [("told", "email", None), ("withheld", None, "erased"), ("withheld", None, "erased")]
        assert [one.erasure_id for one in room.said(SubjectErased)] == [erasure]
        assert (await room.anonymous().get(path)).status_code == 404
        assert sorted((row["state"], row["language"]) for row in await tellings(room)) == [("told", None), ("withheld", None), ("withheld", None)]
        assert await _kept(room, "anary") == []
        assert room.said(TellingSettled)[0].customer_id == anna


def test_a_cap_that_counts_by_an_attribute_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_SURVEY_TELLING_CAPS", '[{"limit": 1, "days": 7, "scope": "attribute", "attribute": "department"}]')
    with pytest.raises(ValueError, match="a telling is about no contact"):
        service.settings()


def _stop_path(room: Room) -> str:
    letter = letters(room)[-1]
    return str(letter["List-Unsubscribe"][1:-1]).removeprefix("http://antiphon.test")


async def _kept(room: Room, word: str) -> list[str]:
    """Return every table and column that holds the word."""

    async def search(tx: Any) -> list[str]:
        found_in = []
        for table in Base.metadata.sorted_tables:
            for row in await tx.rows(table.select()):
                found_in += [f"{table.name}.{name}" for name, value in row.items() if word in str(value)]
        return found_in

    return sorted(set(await room.runtime.read(search)))
