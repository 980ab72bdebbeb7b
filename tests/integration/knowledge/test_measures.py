"""How the knowledge base lives, what self-service saves, what is missing: figures with their intervals."""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.customers.contract import CaseResolved, SubjectIdentified
from services.kit.ids import new_id
from services.knowledge.app import service
from services.routing.contract import ContactEnded
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import CASE, CUSTOMER, write, written_up
from tests.support.room import START, Room


def ended(**changes: Any) -> ContactEnded:
    """A contact that took ten minutes, five of them waiting."""
    nothing = dict.fromkeys(ContactEnded.model_fields)
    told = nothing | {
        "contact_id": new_id(),
        "customer_keys": [],
        "channel": "voice",
        "direction": "inbound",
        "transfers": 0,
        "articles": [],
        "started_at": START,
        "ended_at": START + timedelta(minutes=10),
        "handle_seconds": 300.0,
    }
    return ContactEnded.model_validate(told | changes)


async def test_link_rate_reuse_time_to_publish_and_ageing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, other = room.client("knowledge:read", "knowledge:write"), new_id()
        await room.hear(written_up())
        article = await write(api, "Red light again", "Hold reset.")
        await room.pass_time(hours=5)
        await api.post(f"/knowledge/v1/articles/{article['id']}/state", json={"state": "validated"})
        await api.post(f"/knowledge/v1/articles/{article['id']}/link", json={"case_id": str(other)})
        for case in (CASE, other, new_id()):
            await room.hear(CaseResolved(case_id=case, customer_id=CUSTOMER, driver=None, resolved_at=room.clock.now()))
        await api.post(f"/knowledge/v1/articles/{article['id']}/flags", json={"reason": "unclear"})
        await room.pass_time(days=2)
        measured = (await api.get("/knowledge/v1/measures")).json()
        assert (measured["link_rate"]["part"], measured["link_rate"]["whole"], measured["link_rate"]["share"]) == (2, 3, 0.666667)
        assert (measured["link_rate"]["low"], measured["link_rate"]["high"]) == (0.20766, 0.938508)
        assert (measured["created"], measured["reused"], measured["reuse_per_article"]) == (2, 1, 1.0)
        assert measured["hours_to_publish"] == {"count": 1, "median": 5.0, "p90": 5.0}
        assert measured["draft_days"] == {"count": 1, "median": 2.208, "p90": 2.208}
        assert measured["open_flag_days"]["median"] == 2.0
        assert measured["states"] == {"archived": 0, "not_validated": 0, "validated": 1, "work_in_progress": 1}


async def test_an_article_is_looked_at_with_the_checklist_and_again_after_half_a_year(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        article = await write(api, "Red light", "Hold reset.", published=True)
        path = f"/knowledge/v1/articles/{article['id']}"
        assert (article["published_at"][:10], article["review_at"][:10]) == ("2026-11-23", "2027-05-22")
        seen = (await api.get(f"{path}/standard")).json()["seen"]
        assert {name for name, holds in seen.items() if not holds} == {"title_says_what_it_is_about", "has_problem", "has_driver"}
        checked = await api.post(f"{path}/checks", json={"answers": {"clear": True, "complete": False}})
        assert checked.json()["answers"] == {"clear": True, "complete": False}
        await api.post(f"{path}/checks", json={"answers": {"clear": True}})
        assert (await api.post(f"{path}/checks", json={"answers": {"beautiful": True}})).status_code == 422
        measured = (await api.get("/knowledge/v1/measures", params={"until": "2026-11-24T00:00:00Z"})).json()
        assert {name: one["share"] for name, one in measured["checklist"].items()} == {"clear": 1.0, "complete": 0.0}
        await room.pass_time(days=181)
        assert (await api.get("/knowledge/v1/measures")).json()["review_overdue"] == 1
        cared = await api.put(f"{path}/care", json={"owner": "ann", "review_at": "2027-12-01T00:00:00Z"}, headers={"If-Match": '"v2"'})
        assert (cared.json()["owner"], (await api.get("/knowledge/v1/measures")).json()["review_overdue"]) == ("ann", 0)


async def visit(room: Room, customer: UUID | None, **said: bool) -> UUID:
    """A visitor searches; perhaps we know who it is."""
    session = new_id()
    await room.anonymous().get("/knowledge/v1/help/search", params={"q": "red light", "session": str(session)})
    if said.get("wants_contact"):
        failure = {"session_id": str(session), "language": "en", "wants_contact": True}
        await room.anonymous().post("/knowledge/v1/help/failures", json=failure)
    if customer is not None:
        await room.hear(SubjectIdentified(subject_kind="self_service", subject_id=session, customer_id=customer))
    return session


async def test_deflection_counts_only_visitors_of_whom_we_would_know_that_they_called(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read")
        caller, quiet = new_id(), new_id()
        await visit(room, caller)
        await visit(room, quiet)
        await visit(room, None)
        await visit(room, None, wants_contact=True)
        called = START + timedelta(days=3)
        await room.hear(ended(customer_id=caller, started_at=called, ended_at=called + timedelta(minutes=10)))
        await room.hear(ended(customer_id=quiet, started_at=START + timedelta(days=9), ended_at=START + timedelta(days=9)))
        await room.pass_time(days=6)
        assert (await api.get("/knowledge/v1/deflection")).json()["sessions"] == 0  # the window is not over
        await room.pass_time(days=3)
        told = (await api.get("/knowledge/v1/deflection")).json()
        assert (told["sessions"], told["unknown"], told["deflected"]["part"], told["deflected"]["whole"]) == (4, 1, 1, 3)
        assert (told["effect"], told["window_days"]) == (None, 7)


async def test_the_effect_of_offering_answers_is_told_against_those_held_out(open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ANTIPHON_KNOWLEDGE_HOLD_OUT", "0.5")
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        await write(api, "Red light", "Reset.", published=True)
        held = {}
        for _ in range(40):
            form = {"session_id": str(new_id()), "text": "My router shows a red light", "language": "en"}
            offered = (await visitor.post("/knowledge/v1/help/before-contact", json=form)).json()
            assert offered["held_out"] == (offered["results"] == [])
            assert (await visitor.post("/knowledge/v1/help/before-contact", json=form)).json()["held_out"] == offered["held_out"]
            held[form["session_id"]] = offered["held_out"]
        assert 8 <= sum(held.values()) <= 32
        for session, was_held in held.items():
            if was_held:
                failure = {"session_id": session, "language": "en", "wants_contact": True}
                await visitor.post("/knowledge/v1/help/failures", json=failure)
        await room.pass_time(days=8)
        told = (await api.get("/knowledge/v1/deflection")).json()
        assert (told["offered_contacted"]["share"], told["held_out_contacted"]["share"]) == (0.0, 1.0)
        assert (told["effect"]["value"], told["effect"]["shown"]) == (1.0, True)


async def test_a_visitor_sees_what_is_handed_over_and_may_leave_it_out(open_room: OpenRoom) -> None:
    from services.knowledge.contract import SelfServiceFailed

    async with open_room(service) as room:
        visitor, session = room.anonymous(), await visit(room, None)
        shown = (await visitor.get(f"/knowledge/v1/help/sessions/{session}")).json()
        assert (shown["queries"], shown["failed_at"]) == (["red light"], None)
        assert (await visitor.get(f"/knowledge/v1/help/sessions/{new_id()}")).json()["code"] == "help_session_not_found"
        failure = {"session_id": str(session), "language": "en", "wants_contact": True, "share_trail": False}
        await visitor.post("/knowledge/v1/help/failures", json=failure)
        await room.settle()
        [told] = room.said(SelfServiceFailed)
        assert (told.queries, told.articles, told.steps, told.wants_contact) == ([], [], (), True)


async def test_drivers_for_which_customers_find_nothing_are_ranked_by_their_contacts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        for driver in ("billing", "billing", "roaming", "roaming", "roaming"):
            await room.hear(ended(driver=driver, resolved="no"))
        body = {"title": "Your bill", "resolution": "Read it.", "language": "en", "driver": "billing"}
        article = (await api.post("/knowledge/v1/articles", json=body)).json()
        await room.pass_time(hours=1)
        gaps = (await api.get("/knowledge/v1/gaps/drivers")).json()
        assert [(one["driver"], one["contacts"], one["unresolved"], one["internal_articles"]) for one in gaps] == [
            ("roaming", 3, 3, 0),
            ("billing", 2, 2, 1),
        ]
        await api.post(f"/knowledge/v1/articles/{article['id']}/state", json={"state": "validated", "audience": "customer"})
        assert [one["driver"] for one in (await api.get("/knowledge/v1/gaps/drivers")).json()] == ["roaming"]
