"""What the neighbours tell: notes become items, contributors are named once, the forgotten are forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.customers.contract import CustomerErased, CustomersMerged, IdentityKey, SubjectIdentified
from services.feedback.app import service
from services.feedback.contract import ContributorFound, ContributorTold, FeedbackCategorised, FeedbackReceived
from services.insight.contract import InitiativePublished
from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.routing.contract import ContactEnded
from services.survey.contract import TellingSettled
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import ANNA, BORIS, SAID_AT, a_review, an_answer, an_item, put_taxonomy
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")
CLARA, DMITRI = UUID("0190c000-0000-7000-8000-00000000000c"), UUID("0190d000-0000-7000-8000-00000000000d")


def _ended(**changed: Any) -> ContactEnded:
    moment = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    names = (
        "external_id",
        "queue",
        "topic",
        "agent_id",
        "team",
        "site",
        "vendor",
        "disposition",
        "driver",
        "department",
        "order_reference",
        "case_id",
    )
    fields = dict.fromkeys(names) | {
        "contact_id": new_id(), "customer_id": ANNA, "customer_keys": [], "channel": "voice", "direction": "inbound", "language": "en",
        "agent_name": "Ben Ode", "resolved": "no", "follow_up_id": None, "notes": "Customer says the parcel never arrived.", "transfers": 0,
        "articles": [], "started_at": moment, "ended_at": moment, "handle_seconds": 300.0,
    }  # fmt: skip
    return ContactEnded(**(fields | changed))


def _published() -> InitiativePublished:
    return InitiativePublished(
        initiative_id=UUID("0190e000-0000-7000-8000-00000000000e"), title="Night shift in the depot", driver="late-delivery", department="logistics",
        messages={"en": "Parcels now leave the same day.", "ru": "Посылки теперь уходят в тот же день."},
        since=SAID_AT - timedelta(days=30), published_at=SAID_AT,
    )  # fmt: skip


async def test_an_agent_s_notes_become_an_item_with_the_driver_that_the_agent_chose(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        ended = _ended(driver="wrong-invoice", notes="Customer called back as agreed. Card 4111 1111 1111 1111.")
        await room.hear(ended, _ended(notes="  "))
        await room.settle()
        told = room.said(FeedbackCategorised)
        assert [(one.kind, one.contact_id, one.driver, one.department) for one in told] == [
            ("call_note", ended.contact_id, "wrong-invoice", "billing")
        ]
        item = (await api.get(f"/feedback/v1/items/{told[0].item_id}")).json()
        assert item["text"] == "Customer called back as agreed. Card [CARD]."


async def test_notes_of_an_unknown_caller_carry_the_keys_and_find_their_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(_ended(customer_id=None, customer_keys=[IdentityKey(kind="phone", value="+442079460958")]))
        await room.settle()
        received = room.said(FeedbackReceived)
        assert [(key.kind, key.value) for key in received[0].customer_keys] == [("phone", "+442079460958")]
        await room.hear(SubjectIdentified(subject_kind="feedback_item", subject_id=received[0].item_id, customer_id=BORIS))
        await room.hear(SubjectIdentified(subject_kind="contact", subject_id=received[0].item_id, customer_id=CLARA))
        await room.settle()
        assert [one.customer_id for one in room.said(FeedbackCategorised)] == [BORIS]


async def _spoke(room: Room, *people: UUID) -> None:
    """Each of them complains about a late order."""
    api = room.client(*ALL)
    await put_taxonomy(api)
    await room.pass_time(seconds=5)
    for number, customer_id in enumerate(people):
        body = an_item(external_id=f"m{number}", customer_id=str(customer_id), text="My order is two weeks late.")
        assert (await api.post("/feedback/v1/items", json=body)).status_code == 201
    await room.settle()


def _settled(customer_id: UUID, state: str = "told", **changed: Any) -> TellingSettled:
    usual = {"channel": "sms", "language": "ru", "reason": None} if state == "told" else {"channel": None, "language": None, "reason": "cap_reached"}
    ids = {"telling_id": new_id(), "initiative_id": _published().initiative_id, "customer_id": customer_id}
    return TellingSettled.model_validate({**ids, "state": state, **usual, "settled_at": SAID_AT, **changed})


async def test_every_contributor_is_named_once_with_what_to_tell_them(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(CustomersMerged(merge_id=new_id(), survivor_id=BORIS, merged_id=DMITRI))
        await _spoke(room, ANNA, ANNA, BORIS, CLARA, DMITRI)
        await room.hear(_published())
        await room.hear(_published())
        await room.settle()
        found = room.said(ContributorFound)
        assert sorted(one.customer_id for one in found) == [ANNA, BORIS, CLARA]
        assert [(one.initiative_id, one.messages) for one in found] == [(_published().initiative_id, _published().messages)] * 3
        assert room.said(ContributorTold) == []


async def test_who_was_told_counts_once_and_who_was_not_does_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await _spoke(room, ANNA, BORIS)
        await room.hear(_published())
        await room.settle()
        await room.hear(_settled(ANNA), _settled(BORIS, "withheld"), _settled(CLARA))
        await room.hear(_settled(ANNA, channel="email"), _settled(ANNA, "undeliverable"))
        await room.settle()
        told = [(one.customer_id, one.initiative_id, one.channel, one.language) for one in room.said(ContributorTold)]
        assert told == [(ANNA, _published().initiative_id, "sms", "ru")]


async def test_who_was_to_be_told_by_an_earlier_version_is_named(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await _spoke(room, ANNA)
        await room.hear(_published())
        await room.settle()

        async def left_behind(uow: UnitOfWork) -> None:
            for customer_id in (ANNA, BORIS):  # of Boris there is no plan
                await uow.schedule("tell_contributor", key=f"{_published().initiative_id}/{customer_id}", at=uow.now)

        await room.runtime.write(left_behind)
        await room.settle()
        assert [one.customer_id for one in room.said(ContributorFound)] == [ANNA, ANNA]


async def test_an_erased_customer_s_words_are_gone_and_do_not_come_back(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, "pii:read")
        source = await api.put("/feedback/v1/webhook-sources/shop", json={})
        door = f"/feedback/v1/webhooks/trustpilot/{source.json()['secret']}"
        await room.anonymous().post(door, json={"events": [a_review(text="Call me on 020 7946 0958, Anna Smith")]})
        await room.pass_time(seconds=1)
        item_id = room.said(FeedbackReceived)[0].item_id
        await room.hear(SubjectIdentified(subject_kind="feedback_item", subject_id=item_id, customer_id=ANNA))
        await room.hear(an_answer())
        await room.settle()
        await room.hear(CustomerErased(customer_id=ANNA))
        await room.anonymous().post(door, json={"events": [a_review("updated", text="Anna Smith again")]})
        await room.pass_time(seconds=1)
        items = (await api.get(f"/feedback/v1/items?customer_id={ANNA}")).json()["items"]
        assert [(one["state"], one["title"], one["text"], one["sentiment"]) for one in items] == [("removed", None, "", "negative")] * 2
