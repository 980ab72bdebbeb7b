"""You said, we did: each contributor is told once, in their language, by the channel that they like, at a decent hour, inside the caps."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.customers.contract import ConsentChanged, CustomersMerged
from services.feedback.contract import ContributorFound
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SurveyInvited, SurveySkipped, TellingSettled
from services.survey.domain.fatigue import Cap
from tests.conftest import OpenRoom
from tests.integration.survey.carriers import provider
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, invitations, letters, open_centre
from tests.support.room import START, Room

VAN = UUID("0190e000-0000-7000-8000-00000000000e")
MESSAGES = {"en": "Parcels now leave the same day.", "de": "Pakete gehen jetzt am selben Tag hinaus."}
NIGHT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ANY_DAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def found(customer_id: UUID, initiative_id: UUID = VAN) -> ContributorFound:
    """Feedback found somebody who had spoken about it."""
    return ContributorFound(initiative_id=initiative_id, customer_id=customer_id, messages=MESSAGES, found_at=START)


async def tellings(room: Room, **query: Any) -> list[dict[str, Any]]:
    answer = await room.client("survey:read").get("/survey/v1/tellings", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def attempts(room: Room, telling_id: str) -> list[tuple[str, str, str | None]]:
    rows = (await room.client("survey:read").get(f"/survey/v1/tellings/{telling_id}/attempts")).json()
    return [(row["channel"], row["state"], row["reason"]) for row in rows]


def settled(room: Room) -> list[tuple[str, str | None, str | None]]:
    """Return state, channel and reason of everything that was told of tellings."""
    return [(one.state, one.channel, one.reason) for one in room.said(TellingSettled)]


async def test_who_is_found_twice_is_told_once_in_their_language_with_a_way_to_stop(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, event_id = new_id(), new_id()
        await room.hear(a_customer(anna))
        await room.hear(found(anna), event_id=event_id)
        await room.hear(found(anna), event_id=event_id)
        await room.settle()
        await room.hear(found(anna))
        await room.pass_time(days=100)

        (letter,) = letters(room)
        assert (letter["To"], letter["Subject"], letter["Content-Language"]) == (
            f"anna.{anna.hex[-6:]}@example.org",
            "Sie haben es gesagt, wir haben gehandelt",
            "de",
        )
        (row,) = await tellings(room, initiative_id=str(VAN))
        assert letter["Message-ID"].startswith(f"<{row['id']}.telling@")
        body = letter.get_content().replace("\r\n", "\n")
        assert body.startswith(
            "Guten Tag Anna Weber,\n\nSie haben uns davon erzählt. Das hat sich geändert:\n\nPakete gehen jetzt am selben Tag hinaus.\n\n"
        )
        assert letter["List-Unsubscribe"][1:-1] in body
        assert (row["state"], row["channel"], row["language"], row["reason"]) == ("told", "email", "de", None)
        (told,) = room.said(TellingSettled)
        assert (told.initiative_id, told.customer_id, told.state, told.channel, told.language) == (VAN, anna, "told", "email", "de")


@pytest.mark.parametrize(("speaks", "language", "words"), [("de-AT", "de", "Pakete gehen"), ("tr", "en", "Parcels now"), (None, "en", "Parcels now")])
async def test_a_language_in_which_nothing_was_written_falls_back_to_english(
    open_room: OpenRoom, speaks: str | None, language: str, words: str
) -> None:
    async with open_room(service) as room:
        anna = new_id()
        await room.hear(a_customer(anna, language=speaks), found(anna))
        await room.settle()
        assert [one.language for one in room.said(TellingSettled)] == [language]
        assert [words in letter.get_content() for letter in letters(room)] == [True]


async def test_who_prefers_text_messages_is_told_by_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, sms = new_id(), provider(room)
        await room.hear(a_customer(anna, language="en", preferred_channel="sms"), found(anna))
        await room.settle()
        (row,) = await tellings(room, customer_id=str(anna))
        (message,) = sms.taken.values()
        assert (message["key"], message["to"], message["language"]) == (f"{row['id']}.telling", "+4930123456", "en")
        assert "Antiphon: You told us about it. This is what has changed: Parcels now leave the same day." in message["text"]
        assert (letters(room), settled(room)) == ([], [("told", "sms", None)])


async def test_who_has_no_e_mail_address_is_told_by_the_next_channel(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, boris, sms = new_id(), new_id(), provider(room)
        await room.hear(a_customer(anna, email=None), a_customer(boris, email=None, phone=None), found(anna), found(boris))
        await room.settle()
        assert sorted(settled(room), key=str) == [("told", "sms", None), ("withheld", None, "no_address")]
        assert sms.calls == 1


async def test_a_channel_that_refuses_gives_way_to_the_next_and_when_none_is_left_that_is_said(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, boris, sms = new_id(), new_id(), provider(room)
        sms.behaviour = lambda: 400
        mobile = {"language": "en", "preferred_channel": "sms"}
        await room.hear(a_customer(anna, **mobile), a_customer(boris, **mobile, email=None), found(anna), found(boris))
        await room.settle()
        by_customer = {one.customer_id: (one.state, one.channel, one.reason) for one in room.said(TellingSettled)}
        assert by_customer == {anna: ("told", "email", None), boris: ("undeliverable", None, "undeliverable")}
        (row,) = await tellings(room, customer_id=str(anna))
        assert await attempts(room, row["id"]) == [("sms", "refused", "http_400"), ("email", "accepted", None)]
        unknown = await room.client("survey:read").get(f"/survey/v1/tellings/{new_id()}/attempts")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "telling_unknown")


async def test_a_telling_waits_for_a_decent_hour_where_the_customer_lives(open_room: OpenRoom) -> None:
    async with open_room(service, NIGHT) as room:
        anna, mei = new_id(), new_id()
        await room.hear(a_customer(anna), a_customer(mei, time_zone="Asia/Shanghai"), found(anna), found(mei))
        await room.settle()
        assert [one.customer_id for one in room.said(TellingSettled)] == [mei]
        (row,) = await tellings(room, customer_id=str(anna))
        assert (row["state"], row["reason"], row["next_possible_at"]) == ("waiting", "indecent_hour", "2026-11-23T08:00:00Z")
        await room.pass_time(hours=5, minutes=59)
        assert len(letters(room)) == 1
        await room.pass_time(minutes=1)
        assert [one.settled_at for one in room.said(TellingSettled)] == [NIGHT, ANY_DAY]


async def test_a_telling_that_meets_a_full_cap_waits_until_there_is_room(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        room.runtime.settings.telling_caps = (Cap(limit=1, days=7),)
        anna = new_id()
        await open_centre(room, AT_ONCE)
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        asked_at = room.clock.now()
        await room.hear(found(anna))
        await room.settle()
        (row,) = await tellings(room, state="waiting")
        assert (row["reason"], row["counted_at"], datetime.fromisoformat(row["next_possible_at"])) == (
            "cap_reached",
            None,
            asked_at + timedelta(days=7),
        )
        await room.pass_time(days=6, hours=23)
        assert settled(room) == []
        await room.pass_time(hours=1)
        assert settled(room) == [("told", "email", None)]


async def test_a_telling_that_never_finds_room_is_given_up_and_says_why(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        room.runtime.settings.telling_caps = (Cap(limit=1, days=90),)
        room.runtime.settings.telling_patience_days = 30.0
        anna, depot = new_id(), new_id()
        await room.hear(a_customer(anna), found(anna), found(anna, depot))
        await room.pass_time(days=29)
        assert settled(room) == [("told", "email", None)]
        await room.pass_time(days=1)
        assert settled(room) == [("told", "email", None), ("withheld", None, "cap_reached")]
        await room.pass_time(days=300)
        assert len(letters(room)) == 1


async def test_a_telling_counts_against_the_next_ask_until_the_cap_is_free_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        await open_centre(room, AT_ONCE, caps=[{"limit": 1, "days": 7}])
        await room.hear(a_customer(anna), found(anna))
        await room.settle()
        await room.hear(a_contact(anna))
        await room.settle()
        assert [one.reason for one in room.said(SurveySkipped)] == ["cap_reached"]
        await room.pass_time(days=7)
        await room.hear(a_contact(anna))
        await room.settle()
        assert [one.customer_id for one in room.said(SurveyInvited)] == [anna]


async def test_a_telling_that_waits_or_found_no_way_counts_against_no_ask(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, sms = new_id(), provider(room)
        sms.behaviour = lambda: 400
        await open_centre(room, AT_ONCE, caps=[{"limit": 1, "days": 7}], channels=["email"])
        await room.hear(ConsentChanged(customer_id=anna, purpose="service", channel="email", granted=False))
        await room.hear(a_customer(anna), found(anna))
        await room.settle()
        assert settled(room) == [("undeliverable", None, "undeliverable")]
        await room.hear(a_contact(anna))
        await room.settle()
        assert [one.channel for one in room.said(SurveyInvited)] == ["email"]


async def test_a_telling_is_no_ignored_ask(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna = new_id()
        await open_centre(room, AT_ONCE, cooldown_days=5, ignored_factor=10.0)
        await room.hear(a_customer(anna), found(anna))
        await room.pass_time(days=4)
        await room.hear(a_contact(anna))
        await room.settle()
        assert [one.reason for one in room.said(SurveySkipped)] == ["cooldown"]
        await room.pass_time(days=5)
        await room.hear(a_contact(anna))
        await room.settle()
        assert len(room.said(SurveyInvited)) == 1


@pytest.mark.parametrize(("purpose", "channel"), [("service", "any"), ("survey", "any")])
async def test_who_refused_is_never_told(open_room: OpenRoom, purpose: str, channel: str) -> None:
    async with open_room(service) as room:
        anna = new_id()
        provider(room)
        await room.hear(a_customer(anna), ConsentChanged(customer_id=anna, purpose=purpose, channel=channel, granted=False))
        await room.hear(found(anna))
        await room.pass_time(days=100)
        assert (settled(room), letters(room)) == ([("withheld", None, "no_consent")], [])


async def test_who_refuses_while_the_telling_waits_is_not_told(open_room: OpenRoom) -> None:
    async with open_room(service, NIGHT) as room:
        anna = new_id()
        await room.hear(a_customer(anna), found(anna))
        await room.settle()
        await room.hear(ConsentChanged(customer_id=anna, purpose="survey", channel="any", granted=False))
        await room.pass_time(days=2)
        assert (settled(room), letters(room)) == ([("withheld", None, "no_consent")], [])


async def test_two_customers_who_are_one_person_are_told_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, other = new_id(), new_id()
        await room.hear(a_customer(anna, email=None), a_customer(other, phone=None))
        await room.hear(CustomersMerged(merge_id=new_id(), survivor_id=anna, merged_id=other))
        await room.hear(found(anna))
        await room.settle()
        await room.hear(found(other))
        await room.settle()
        assert settled(room) == [("told", "email", None), ("withheld", None, "already_told")]
        assert [letter["To"] for letter in letters(room)] == [f"anna.{other.hex[-6:]}@example.org"]


async def test_a_customer_of_whom_nobody_told_yet_is_told_when_somebody_has(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, nobody = new_id(), new_id()
        await room.hear(found(anna), found(nobody))
        await room.settle()
        assert [row["reason"] for row in await tellings(room)] == ["customer_unknown", "customer_unknown"]
        await room.hear(a_customer(anna))
        await room.pass_time(hours=1)
        assert settled(room) == [("told", "email", None)]
        await room.pass_time(days=61)
        assert settled(room) == [("told", "email", None), ("withheld", None, "customer_unknown")]
        assert await invitations(room) == []
