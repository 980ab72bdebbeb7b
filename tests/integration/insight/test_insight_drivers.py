"""Why customers make contact, and facts that come late or in the wrong order."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import col

from services.customers.contract import CustomerErased, SubjectIdentified
from services.feedback.contract import ContributorTold, FeedbackRemoved
from services.insight.app import service
from services.insight.contract import SubjectErased
from services.insight.models import AnswerFact, ContactFact, FeedbackFact, FollowUpFact, KnownSubject, ToldFact
from services.kit.db import Tx
from services.kit.events import Event
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import (
    NOW,
    YESTERDAY,
    a_contact,
    a_correction,
    a_follow_up,
    a_label,
    a_scored,
    an_answer,
    an_end,
    an_item,
)

LATE = {"driver": "late-delivery", "department": "logistics"}


async def _drivers(api: httpx.AsyncClient, **params: Any) -> dict[str | None, dict[str, Any]]:
    found = await api.get("/insight/v1/drivers", params=params)
    assert found.status_code == 200, found.text
    return {one["driver"]: one for one in found.json()["items"]}


async def test_a_driver_shows_its_department_cost_mood_and_duties(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "24", "currency": "EUR"})
        await room.hear(*[a_contact(**LATE) for _ in range(3)], a_contact(driver="bill", department="finance", handle_seconds=60))
        await room.hear(*[a_label(sentiment="negative" if i < 7 else "positive") for i in range(9)])
        await room.hear(*[an_answer(a_scored("csat5", 5 if i < 2 else 1), about=LATE) for i in range(10)])
        await room.hear(a_follow_up(), a_follow_up(due_at=NOW - timedelta(minutes=1)))

        found = await _drivers(api)
        late = found["late-delivery"]

        assert list(found) == ["late-delivery", "bill"]
        assert (late["department"], late["contacts"], late["handle_minutes"], late["unpriced_contacts"]) == ("logistics", 3, 15.0, 0)
        assert late["cost"] == {"amount": "6.00", "currency": "EUR"}
        assert (late["negative"]["numerator"], late["negative"]["n"]) == (7, 9)
        assert (late["negative"]["interval"]["low"], late["negative"]["interval"]["high"]) == (
            pytest.approx(0.452589, abs=1e-6),
            pytest.approx(0.936775, abs=1e-6),
        )
        assert (late["csat"]["value"], late["csat"]["n"], late["csat"]["small_sample"]) == (pytest.approx(0.2), 10, True)
        assert (late["follow_ups_open"], late["follow_ups_overdue"]) == (2, 1)
        assert (found["bill"]["department"], found["bill"]["negative"]["withheld"]) == (
            "finance",
            "too_few: 0 counted, at least 5 are needed to show a value",
        )
        assert list(await _drivers(api, department="finance")) == ["bill"]


async def test_drivers_come_in_pages(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        for number in range(5):
            await room.hear(*[a_contact(driver=f"d{number}", department="x") for _ in range(number + 1)])

        first = (await api.get("/insight/v1/drivers", params={"limit": 3})).json()
        second = (await api.get("/insight/v1/drivers", params={"limit": 3, "cursor": first["next_cursor"]})).json()
        wrong = await api.get("/insight/v1/drivers", params={"cursor": "nonsense"})

        assert [one["driver"] for one in first["items"] + second["items"]] == ["d4", "d3", "d2", "d1", "d0"]
        assert (second["next_cursor"], wrong.status_code) == (None, 422)


async def test_feedback_names_the_cause_of_a_contact_that_had_none_whichever_is_heard_first(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        early, late = a_contact(), a_contact()
        answer = an_answer(a_scored("csat5", 1), about={"contact_id": early.contact_id})
        await room.hear(early, answer, a_label(contact_id=early.contact_id))
        await room.hear(a_label(contact_id=late.contact_id))
        await room.hear(late)

        found = await _drivers(api)

        assert list(found) == ["late-delivery"]
        assert (found["late-delivery"]["contacts"], found["late-delivery"]["csat"]["n"]) == (2, 1)


async def test_a_correction_holds_against_every_later_word_of_a_model(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        item = an_item()
        await room.hear(a_correction(item.item_id, "wrong-bill", "finance"))
        await room.hear(a_label(item.item_id), occurred_at=room.clock.now() + timedelta(minutes=1))
        await room.hear(item)
        await room.hear(a_correction(item.item_id, "older-word"), occurred_at=room.clock.now() - timedelta(minutes=1))

        found = await _drivers(api)

        assert [(name, one["department"], one["negative"]["n"]) for name, one in found.items()] == [("wrong-bill", "finance", 1)]


async def test_an_older_categorisation_does_not_replace_a_newer_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        item_id = new_id()
        await room.hear(a_label(item_id, driver="wrong-bill", department="finance"))
        await room.hear(a_label(item_id), occurred_at=room.clock.now() - timedelta(hours=1))

        assert list(await _drivers(api)) == ["wrong-bill"]


async def test_a_review_that_its_author_took_back_no_longer_counts_and_does_not_come_back(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        item, unheard = an_item(), an_item()
        for gone in (item, unheard):
            if gone is item:
                await room.hear(item, a_label(item.item_id))
            await room.hear(FeedbackRemoved(item_id=gone.item_id, customer_id=None, source="trustpilot", removed_at=NOW))
        await room.hear(item, unheard, a_label(item.item_id), a_label(unheard.item_id))

        assert await _drivers(api) == {}


async def test_a_department_learnt_late_is_charged_for_what_it_caused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "24", "currency": "EUR"})
        await room.hear(a_contact(driver="late-delivery"))
        await room.hear(a_label())

        found = (await api.get("/insight/v1/departments/logistics/statement")).json()

        assert (found["contacts"], found["amount"]) == (1, "2.00")


async def test_a_follow_up_that_ended_is_not_open_even_when_its_opening_is_heard_last(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        first, reopened = a_follow_up(), a_follow_up()
        twice = a_follow_up(due_at=NOW - timedelta(hours=1))
        await room.hear(twice, twice.model_copy(update={"due_at": NOW + timedelta(hours=1)}))
        await room.hear(an_end(first.follow_up_id, closed_at=room.clock.now()))
        await room.hear(first, occurred_at=room.clock.now() - timedelta(hours=1))
        await room.hear(reopened, occurred_at=room.clock.now() - timedelta(hours=2))
        await room.hear(an_end(reopened.follow_up_id, closed_at=room.clock.now() - timedelta(hours=1)))
        await room.hear(reopened)

        found = await _drivers(api)

        assert (found["late-delivery"]["follow_ups_open"], found["late-delivery"]["follow_ups_overdue"]) == (2, 0)


async def _customers(tx: Tx) -> dict[str, Any]:
    contact = (await tx.rows(select(col(ContactFact.customer_id), col(ContactFact.external_id))))[0]
    return {
        "contact": contact["customer_id"],
        "external_id": contact["external_id"],
        "answer": await tx.scalar(select(col(AnswerFact.customer_id))),
        "feedback": await tx.scalar(select(col(FeedbackFact.customer_id))),
        "follow_up": await tx.scalar(select(col(FollowUpFact.customer_id))),
        "told": await tx.scalar(select(col(ToldFact.customer_id))),
        "subjects": await tx.scalar(select(func.count()).select_from(KnownSubject)),
    }


@pytest.mark.parametrize("identified_first", [True, False])
async def test_a_customer_known_late_is_the_customer_of_the_fact(open_room: OpenRoom, *, identified_first: bool) -> None:
    async with open_room(service) as room:
        customer_id, contact, item = new_id(), a_contact(), an_item()
        facts: list[Event] = [contact, an_answer(a_scored("csat5", 1), customer_id=None, about={"contact_id": contact.contact_id}), item]
        known: list[Event] = [
            SubjectIdentified(subject_kind="contact", subject_id=contact.contact_id, customer_id=customer_id),
            SubjectIdentified(subject_kind="feedback_item", subject_id=item.item_id, customer_id=customer_id),
        ]
        await room.hear(*(known + facts if identified_first else facts + known))

        found = await room.runtime.read(_customers)

        assert (found["contact"], found["answer"], found["feedback"]) == (customer_id, customer_id, customer_id)


async def test_an_erased_customer_stays_forgotten_and_no_figure_moves(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        customer_id, initiative_id = new_id(), new_id()
        contact, item = a_contact(customer_id=customer_id, external_id="call-7", **LATE), a_label(customer_id=customer_id)
        answers = [an_answer(a_scored("csat5", 1), customer_id=customer_id, about=LATE) for _ in range(5)]
        await room.hear(contact, item, *answers, a_follow_up(customer_id=customer_id, item_id=item.item_id))
        await room.hear(ContributorTold(customer_id=customer_id, initiative_id=initiative_id, channel="email", language="en"))
        before = await _drivers(api)
        erasure = new_id()
        await room.hear(CustomerErased(customer_id=customer_id, erasure_id=erasure))
        await room.settle()
        assert [(one.erasure_id, one.customer_id, one.rows > 0) for one in room.said(SubjectErased)] == [(erasure, customer_id, True)]
        await room.hear(item, SubjectIdentified(subject_kind="contact", subject_id=contact.contact_id, customer_id=customer_id))

        found = await room.runtime.read(_customers)

        assert found == {"contact": None, "external_id": None, "answer": None, "feedback": None, "follow_up": None, "told": None, "subjects": 0}
        assert await _drivers(api) == before


async def test_a_flood_of_reviews_is_counted_once_each(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        items = [an_item(said_at=YESTERDAY) for _ in range(60)]
        await room.hear(*items, *items[:20])
        await room.hear(*items[10:30])

        async def count(tx: Tx) -> int:
            found: int = await tx.scalar(select(func.count()).select_from(FeedbackFact))
            return found

        assert await room.runtime.read(count) == 60
