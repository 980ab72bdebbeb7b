"""An unhappy customer is shown no offer, and the reason is said."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from services.customers.app import service
from services.customers.contract import MoodChanged
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.customers.builders import (
    MONDAY,
    answered,
    categorised,
    follow_up_closed,
    follow_up_opened,
    key,
    put,
    received,
)

WRITE = ("customers:read", "customers:write", "customers:admin", "internal")
HOUR = timedelta(hours=1)


async def reasons(api: httpx.AsyncClient, customer: object) -> list[str]:
    answer = await api.get(f"/customers/v1/customers/{customer}/offer", params={"place": "desk"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["offer"] is None) == bool(found["withheld"])
    return [reason["code"] for reason in found["withheld"]]


async def a_buyer(api: httpx.AsyncClient, **fields: Any) -> UUID:
    """A customer who bought a lamp and allows offers, and a catalogue."""
    customer = (await put(api, "K-1", **fields))["id"]
    order = {"order_reference": "O-1", "customer_key": {"kind": "account", "value": "K-1"}, "product": "lamp"}
    await api.post("/customers/v1/orders", json=order)
    yes = {"granted": True, "text_version": "1", "source": "call"}
    await api.put(f"/customers/v1/customers/{customer}/consents/marketing/any", json=yes)
    bulbs = {"title": "Bulbs", "for_products": ["lamp"], "message": {"en": "Bulbs at half price", "de": "Birnen zum halben Preis"}}
    assert (await api.put("/customers/v1/offers/bulbs", json=bulbs)).status_code == 200
    return UUID(customer)


async def test_a_content_buyer_is_offered_what_fits_the_purchase_in_their_language(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = await a_buyer(api, language="de")
        found = (await api.get(f"/customers/v1/customers/{customer}/offer", params={"place": "self_service"})).json()
        assert found["withheld"] == []
        assert (found["place"], found["offer"]["key"], found["offer"]["text"], found["offer"]["product"]) == (
            "self_service",
            "bulbs",
            "Birnen zum halben Preis",
            "lamp",
        )
        refused = await api.put("/customers/v1/offers/x", json={"title": "x", "for_products": [], "message": {"de": "x"}})
        assert refused.status_code == 422


async def test_a_bad_answer_withholds_the_offer_for_thirty_days_and_the_mood_until_it_turns(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = await a_buyer(api)
        assert await reasons(api, customer) == []
        await room.hear(answered(customer, 2, room.clock.now()))
        assert await reasons(api, customer) == ["bad_last_score", "unhappy"]
        await room.pass_time(days=30)
        assert await reasons(api, customer) == ["unhappy"]
        await room.hear(answered(customer, 5, room.clock.now()))
        assert await reasons(api, customer) == []
        await room.settle()
        assert [(one.mood, one.because) for one in room.said(MoodChanged)] == [
            ("unhappy", "The customer answered survey csat: 2 of 5"),
            ("happy", "The customer answered survey csat: 5 of 5"),
        ]


async def test_the_mood_is_told_only_when_it_changes_and_late_or_doubtful_sayings_do_not_count(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = UUID((await put(api, "K-1"))["id"])
        await room.hear(categorised(new_id(), customer, "negative", MONDAY))
        await room.hear(answered(customer, 1, MONDAY + HOUR))
        await room.hear(answered(customer, 5, MONDAY - HOUR), answered(customer, 5, MONDAY + 2 * HOUR, flagged=True))
        await room.hear(categorised(new_id(), customer, "neutral", MONDAY + 3 * HOUR))
        await room.hear(categorised(new_id(), customer, "positive", MONDAY + 4 * HOUR))
        await room.settle()
        assert [one.mood for one in room.said(MoodChanged)] == ["unhappy", "happy"]


async def test_an_open_follow_up_withholds_the_offer_and_its_confirmation_calms_the_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = await a_buyer(api)
        item, follow_up = new_id(), new_id()
        now = room.clock.now()
        await room.hear(categorised(item, customer, "negative", now), follow_up_opened(follow_up, item, customer))
        assert await reasons(api, customer) == ["open_follow_up", "recent_complaint", "unhappy"]
        await room.hear(follow_up_closed(follow_up, customer, "confirmed", now + HOUR))
        assert await reasons(api, customer) == ["recent_complaint"]
        await room.pass_time(days=31)
        assert await reasons(api, customer) == []
        await room.settle()
        assert [one.mood for one in room.said(MoodChanged)] == ["unhappy", "neutral"]


async def test_a_follow_up_on_a_review_that_finds_its_customer_late_still_counts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = await a_buyer(api)
        item, follow_up = new_id(), new_id()
        await room.hear(follow_up_opened(follow_up, item, None))
        assert await reasons(api, customer) == []
        await room.hear(received(item, keys=[key("account", "K-1")]))
        assert "open_follow_up" in await reasons(api, customer)
        await room.hear(follow_up_closed(follow_up, None, "no_answer", room.clock.now()))
        assert "open_follow_up" not in await reasons(api, customer)
        await room.hear(follow_up_closed(new_id(), customer, "no_answer", room.clock.now()))
        assert "open_follow_up" not in await reasons(api, customer)


async def test_an_open_case_and_a_missing_consent_withhold_the_offer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = await a_buyer(api)
        case = {"customer_id": str(customer), "title": "t", "description": "", "language": "en"}
        opened = (await api.post("/customers/v1/cases", json=case)).json()
        no = {"granted": False, "text_version": "1", "source": "call"}
        await api.put(f"/customers/v1/customers/{customer}/consents/marketing/any", json=no)
        assert await reasons(api, customer) == ["open_case", "no_marketing_consent"]
        await api.post(f"/customers/v1/cases/{opened['id']}/resolve")
        assert await reasons(api, customer) == ["no_marketing_consent"]


async def test_when_nothing_fits_that_is_the_reason(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = await a_buyer(api)
        kettle = {"title": "Descaler", "for_products": ["kettle"], "message": {"en": "x"}}
        assert (await api.put("/customers/v1/offers/bulbs", json=kettle)).json()["version"] == 2
        assert await reasons(api, customer) == ["no_fitting_offer"]
