"""Answers that are changed, withdrawn, opted out of, exported and forgotten."""

from datetime import timedelta

from services.customers.contract import CustomerErased
from services.insight.app import service
from services.kit.ids import new_id
from services.survey.contract import SurveyOptedOut, SurveyResponseWithdrawn
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_scored, an_answer

EXPORT = "/insight/internal/v1/customers/export"


async def test_a_withdrawn_answer_counts_and_belongs_to_nobody(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, inside = room.client("insight:read"), room.client("internal")
        customer, contact = new_id(), a_contact()
        answer = an_answer(a_scored("csat5", 5), about={"contact_id": contact.contact_id}, customer_id=customer)
        await room.hear(contact.model_copy(update={"customer_id": customer}), answer)
        before = (await inside.post(EXPORT, json={"customer_ids": [str(customer)]})).json()
        await room.hear(SurveyResponseWithdrawn(response_id=answer.response_id, customer_id=customer, withdrawn_at=NOW))
        await room.hear(answer)
        after = (await inside.post(EXPORT, json={"customer_ids": [str(customer)]})).json()

        assert (before["service"], sorted(before["tables"])) == ("insight", ["answer_fact", "contact_fact"])
        assert sorted(after["tables"]) == ["contact_fact"]
        assert (await api.get("/insight/v1/metrics/csat")).json()["n"] == 1


async def test_the_highest_revision_counts_whatever_comes_first(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        first = an_answer(a_scored("resolved", "no"))
        second = first.model_copy(update={"answers": [a_scored("resolved", "yes")], "revision": 2})
        await room.hear(second, occurred_at=NOW)
        await room.hear(first, occurred_at=NOW + timedelta(seconds=1))
        found = (await room.client("insight:read").get("/insight/v1/metrics/resolution")).json()

        assert found["n"] == 1
        exported = (await room.client("insight:read").get("/insight/v1/exports/answers", params={"format": "json"})).json()
        assert [one["mark"] for one in exported] == ["yes"]


async def test_the_cycle_says_what_was_left_out(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(an_answer(a_scored("csat5", 1), flagged=True), SurveyOptedOut(customer_id=new_id(), channel="email"))
        await room.pass_time(minutes=1)
        found = (await room.client("insight:read").get("/insight/v1/cycle-health")).json()

        assert (found["flagged_answers"], found["opted_out"]) == (1, 1)
        assert found["sentence"].endswith("In the period 1 flagged answer was left out and 1 asked not to be asked again.")


async def test_a_broken_stage_says_for_how_long(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(*[a_contact() for _ in range(5)])
        await room.pass_time(days=3)
        found = (await room.client("insight:read").get("/insight/v1/cycle-health")).json()

        assert found["broken"] == ["practise"]
        assert found["sentence"] == "The cycle is broken at: practise (for 2 days, since 2026-11-24)."


async def test_an_erased_customers_dispute_keeps_its_decision_and_loses_its_words(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        customer = new_id()
        contact = a_contact(driver="late-delivery", department="logistics", customer_id=customer)
        await room.hear(contact)
        body = {"contact_id": str(contact.contact_id), "note": "Ann Smith of Mill Lane 4 ordered twice."}
        raised = (await api.post("/insight/v1/departments/logistics/disputes", json=body)).json()
        told = (await room.client("internal").post(EXPORT, json={"customer_ids": [str(customer)]})).json()
        await room.hear(CustomerErased(customer_id=customer, erasure_id=new_id()))
        found = (await api.get(f"/insight/v1/disputes/{raised['id']}")).json()

        assert told["tables"]["dispute_step"][0]["note"] == body["note"]
        assert [(step["state"], step["note"]) for step in found["steps"]] == [("open", "(erased with the customer)")]


async def test_a_figure_is_compared_with_the_period_that_was_asked_for(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        for days, good in ((5, 8), (40, 5), (70, 2)):
            at = NOW - timedelta(days=days)
            await room.hear(*[an_answer(a_scored("csat5", 5 if one < good else 1), answered_at=at) for one in range(10)])
        asked = {"from": "2026-11-01", "to": "2026-11-23T09:00:00Z"}
        usual = (await api.get("/insight/v1/metrics/csat", params={**asked, "from": "2026-10-20"})).json()
        chosen = (await api.get("/insight/v1/metrics/csat", params={**asked, "compare_from": "2026-09-01", "compare_to": "2026-10-01"})).json()
        wrong = await api.get("/insight/v1/metrics/csat", params={**asked, "compare_from": "2026-10-01", "compare_to": "2026-09-01"})
        tiles = (await api.get("/insight/v1/overview", params={**asked, "compare_from": "2026-09-01", "compare_to": "2026-10-01"})).json()["figures"]

        assert usual["change"]["before"] == 0.5
        assert (chosen["change"]["before"], round(chosen["change"]["difference"], 9)) == (0.2, 0.6)
        assert chosen["compared_with"]["start"] == "2026-09-01T00:00:00Z"
        assert (wrong.status_code, wrong.json()["code"]) == (422, "period_empty")
        assert tiles[0]["before"] == 0.2
