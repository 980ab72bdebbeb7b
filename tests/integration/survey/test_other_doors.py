"""Configuration, events of the house's own, answers in other modes, recovery, and being forgotten."""

from typing import Any

import pytest

from services.customers.contract import CustomerErased
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SubjectErased, SurveyAnswered, SurveyInvited
from tests.conftest import OpenRoom
from tests.integration.survey.scene import (
    AFTER_DELIVERY,
    AT_ONCE,
    DELIVERY,
    a_contact,
    a_customer,
    delivered,
    filled,
    invitations,
    invited,
    open_centre,
    put_programme,
    put_survey,
)
from tests.support.room import START


async def test_the_confirmation_of_a_follow_up_is_asked_by_the_recovery_programme_and_carries_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, caps=[{"limit": 1, "days": 365}], cooldown_days=365)
        await put_programme(room, "recovery", AT_ONCE, trigger="follow_up_contact_ended", purpose="service")
        anna, follow_up = new_id(), new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        await room.hear(a_contact(anna, follow_up_id=follow_up, disposition="call_back"))
        await room.settle()
        assert [asked.programme for asked in room.said(SurveyInvited)] == ["asking", "recovery"]
        link = (await invitations(room, programme="recovery"))[0]["link"].removeprefix("http://antiphon.test")
        browser = room.anonymous()
        await browser.post(link, data=await filled(browser, room, link, agent="4", solved="yes"))
        await room.settle()
        (said,) = room.said(SurveyAnswered)
        assert (said.programme, said.attribution.follow_up_id) == ("recovery", follow_up)


async def test_an_event_of_the_houses_own_asks_once_however_often_it_is_reported(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, trigger="custom", where={"kind": "workshop_visit"})
        anna = new_id()
        customer = a_customer(anna)
        await room.hear(customer)
        api = room.client("survey:write")
        event = {"event_id": "visit-1", "kind": "workshop_visit", "customer_key": customer.keys[0].model_dump()}
        first = await api.post("/survey/v1/events", json=event)
        second = await api.post("/survey/v1/events", json=event)
        assert (first.status_code, second.status_code) == (201, 201)
        assert [one["id"] for one in second.json()] == [one["id"] for one in first.json()]
        await room.settle()
        assert [asked.customer_id for asked in room.said(SurveyInvited)] == [anna]
        unknown = await api.post("/survey/v1/events", json={**event, "event_id": "visit-2", "customer_key": {"kind": "account", "value": "?"}})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "survey_customer_unknown")
        other = await api.post("/survey/v1/events", json={**event, "event_id": "visit-3", "kind": "newsletter"})
        assert (other.status_code, other.json()) == (201, [])


async def test_a_delivery_can_be_asked_about_without_any_contact(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, trigger="order_delivered")
        anna = new_id()
        await room.hear(a_customer(anna), delivered(anna, "O-1", START))
        await room.settle()
        (asked,) = room.said(SurveyInvited)
        assert (asked.customer_id, asked.contact_id) == (anna, None)


async def test_an_agent_asks_in_the_call_and_the_mode_and_the_attribution_are_kept(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await put_survey(room)
        anna = new_id()
        call = a_contact(anna)
        await room.hear(call)
        api = room.client("survey:write")
        sheet = {"survey": "delivery", "mode": "agent", "language": "de", "contact_id": str(call.contact_id)}
        taken = await api.post("/survey/v1/responses", json={**sheet, "answers": {"agent": "5", "solved": "yes", "better": "Nichts"}})
        assert taken.status_code == 201, taken.text
        await room.settle()
        (said,) = room.said(SurveyAnswered)
        assert (said.mode, said.customer_id, said.comment, said.invitation_id) == ("agent", anna, "Nichts", None)
        assert (said.attribution.contact_id, said.attribution.agent_id) == (call.contact_id, call.agent_id)
        refused = await api.post("/survey/v1/responses", json={**sheet, "answers": {"agent": "9", "solved": "yes"}})
        assert (refused.status_code, refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (422, "answers_refused", "/answers/agent")
        misspelt = await api.post("/survey/v1/responses", json={**sheet, "answers": {"agent": "5", "solved": "yes", "bettr": "x"}})
        assert (misspelt.status_code, misspelt.json()["errors"][0]["pointer"]) == (422, "/answers/bettr")
        await room.settle()
        assert len(room.said(SurveyAnswered)) == 1


async def test_an_invitation_that_was_answered_on_the_page_is_not_answered_again_by_telephone(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        browser = room.anonymous()
        await browser.post(path, data=await filled(browser, room, path, agent="5", solved="yes"))
        (invitation,) = await invitations(room)
        sheet = {"survey": "delivery", "mode": "ivr", "language": "de", "invitation_id": invitation["id"], "answers": {"agent": "1", "solved": "no"}}
        again = await room.client("survey:write").post("/survey/v1/responses", json=sheet)
        assert (again.status_code, again.json()["code"]) == (409, "already_answered")
        other = await room.client("survey:write").post("/survey/v1/responses", json={**sheet, "survey": "other"})
        assert (other.status_code, other.json()["errors"][0]["pointer"]) == (422, "/survey")


async def test_who_is_erased_leaves_counts_and_no_words(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        anna, path = await invited(room)
        browser = room.anonymous()
        await browser.post(path, data=await filled(browser, room, path, agent="1", solved="no", better="My name is Anna"))
        erasure = new_id()
        await room.hear(CustomerErased(customer_id=anna, erasure_id=erasure))
        await room.settle()
        assert [(one.erasure_id, one.customer_id, one.rows > 0) for one in room.said(SubjectErased)] == [(erasure, anna, True)]
        wanted = {"customer_ids": [str(anna)], "sections": ["responses"]}
        views = (await room.client("internal").post("/survey/internal/v1/customers/views", json=wanted)).json()["views"]
        (sheet,) = views[str(anna)]["responses"]["data"]
        assert (sheet["comment"], [(one["score"], one["text"]) for one in sheet["answers"]]) == (None, [(1, None), (None, None), (None, None)])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"share": 1.2}, "/share"),
        ({"window": {"start": "20:00", "end": "09:00", "weekdays": [1]}}, "/window"),
        ({"window": {"start": "09:00", "end": "20:00", "weekdays": [0]}}, "/window/weekdays/0"),
        ({"caps": [{"limit": 0, "days": 7}]}, "/caps/0/limit"),
        ({"channels": ["pigeon"]}, "/channels/0"),
        ({"time_zone": "Berlin"}, "/time_zone"),
        ({"wait_for": "contact_ended"}, ""),
        ({"shaer": 1}, "/shaer"),
    ],
)
async def test_a_programme_that_cannot_work_is_refused(open_room: OpenRoom, changes: dict[str, Any], pointer: str) -> None:
    async with open_room(service) as room:
        await put_survey(room)
        answer = await room.client("survey:admin").put("/survey/v1/programmes/asking", json={**AFTER_DELIVERY, **changes})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
        assert (await room.client("survey:read").get("/survey/v1/programmes")).json()["items"] == []


async def test_a_programme_has_versions_and_needs_a_survey(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        early = await room.client("survey:admin").put("/survey/v1/programmes/asking", json=AFTER_DELIVERY)
        assert (early.status_code, early.json()["code"]) == (422, "survey_missing")
        await open_centre(room)
        assert (await put_programme(room, "asking", AFTER_DELIVERY))["version"] == 1
        assert (await put_programme(room, "asking", AFTER_DELIVERY, share=0.2))["version"] == 2
        found = await room.client("survey:read").get("/survey/v1/programmes/asking")
        assert (found.json()["version"], found.json()["rules"]["share"], found.headers.get("etag")) == (2, 0.2, None)
        assert (await room.client("survey:read").put("/survey/v1/programmes/asking", json=AFTER_DELIVERY)).status_code == 403


async def test_a_survey_that_a_blind_click_could_answer_is_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        questions = [{**question, "required": False} for question in DELIVERY["questions"]]
        answer = await room.client("survey:admin").put("/survey/v1/surveys/delivery", json={"questions": questions})
        assert answer.status_code == 422
        assert (
            answer.json()["errors"][0]["message"]
            == "at least 2 questions must always be asked and required: a blind click on send must record nothing"
        )
