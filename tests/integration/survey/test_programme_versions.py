"""A programme is versioned data: drafted, checked with place and reason, compared, activated, paused, archived."""

from typing import Any

import pytest

from services.kit.ids import new_id
from services.survey.app import service
from services.survey.contract import SurveyInvited, SurveySkipped
from tests.conftest import OpenRoom
from tests.integration.survey.scene import AT_ONCE, a_contact, a_customer, open_centre, put_programme, put_survey


async def test_a_draft_asks_nobody_until_it_is_activated_and_then_replaces_the_live_version(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, share=0.5)
        admin = room.client("survey:admin", "survey:read", subject="vera")
        draft = (await admin.post("/survey/v1/programmes/asking/drafts", json={"rules": {**AT_ONCE, "share": 0.0}, "note": "quiet week"})).json()
        assert (draft["version"], draft["state"], draft["saved_by"], draft["note"]) == (2, "draft", "vera", "quiet week")
        assert (await admin.get("/survey/v1/programmes/asking")).json()["version"] == 1
        changed = (await admin.get("/survey/v1/programmes/asking/differences", params={"before": 1, "after": 2})).json()
        assert changed == [{"pointer": "/share", "before": 0.5, "after": 0.0}]
        live = (await admin.post("/survey/v1/programmes/asking/versions/2/activate")).json()
        assert (live["state"], live["activated_at"]) == ("active", "2026-11-23T09:00:00Z")
        versions = (await admin.get("/survey/v1/programmes/asking/versions")).json()["items"]
        assert [(one["version"], one["state"]) for one in versions] == [(2, "active"), (1, "replaced")]
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        assert [skipped.reason for skipped in room.said(SurveySkipped)] == ["not_sampled"]


async def test_a_paused_programme_plans_nothing_and_an_archived_one_cannot_be_resumed(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE)
        admin = room.client("survey:admin")
        assert (await admin.post("/survey/v1/programmes/asking/pause")).json()["state"] == "paused"
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        assert room.said(SurveyInvited) == []
        assert (await admin.post("/survey/v1/programmes/asking/resume")).json()["state"] == "active"
        await room.hear(a_contact(anna))
        await room.settle()
        assert len(room.said(SurveyInvited)) == 1
        assert (await admin.post("/survey/v1/programmes/asking/archive")).json()["state"] == "archived"
        refused = await admin.post("/survey/v1/programmes/asking/resume")
        assert (refused.status_code, refused.json()["code"]) == (409, "programme_state")


FAULTY: list[tuple[dict[str, Any], str, str]] = [
    ({"survey": "nobody"}, "survey_missing", "/survey"),
    ({"condition": "contact.chanel == 'voice'"}, "invalid_expression", "/condition"),
    ({"condition": "contact.transfers == 'two'"}, "invalid_expression", "/condition"),
    ({"condition": "contact.channel == 'voice' && contact.channel == 'chat'"}, "programme_faulty", "/condition"),
    ({"condition": "contact.transfers > 3 && contact.transfers < 2"}, "programme_faulty", "/condition"),
    ({"condition": "contact.channel == 'chat'", "where": {"channel": ["voice"]}}, "programme_faulty", "/condition"),
    ({"condition": "event.kind == 'visit'"}, "programme_faulty", "/condition"),
    ({"exclude": [{"code": "all", "when": "contact.channel == 'voice' || contact.channel != 'voice'"}]}, "programme_faulty", "/exclude/0/when"),
    ({"reminders": [{"after_days": 40}]}, "programme_faulty", "/reminders/0/after_days"),
    ({"reminders": [{"after_days": 5}, {"after_days": 5}]}, "programme_faulty", "/reminders/1/after_days"),
    ({"reminders": [{"after_days": 5}], "reminders_count": True, "caps": [{"limit": 1, "days": 7}]}, "programme_faulty", "/caps/0/limit"),
    ({"neutral": True, "condition": "contact.resolved == 'yes'"}, "programme_faulty", "/condition"),
    ({"neutral": True, "where": {"team": ["blue"]}}, "programme_faulty", "/where/team"),
    ({"neutral": True, "exclude": [{"code": "gold", "when": "customer.tier == 'gold'"}]}, "programme_faulty", "/exclude/0/when"),
    ({"neutral": True, "skip_while": ["case_open"]}, "programme_faulty", "/skip_while"),
    ({"neutral": True, "trigger": "follow_up_contact_ended"}, "programme_faulty", "/trigger"),
    ({"neutral": True, "cells": {"by": ["site"], "half_width": 0.05}}, "programme_faulty", "/cells/half_width"),
    ({"neutral": True, "cells": {"by": ["site"], "budget": 100}}, "programme_faulty", "/cells/budget"),
    ({"cells": {"by": ["site"], "budget": 100}, "share": 0.5}, "programme_faulty", "/share"),
    ({"trigger": "relationship", "rhythm": {"every_days": 30}, "cooldown_days": 90}, "programme_faulty", "/rhythm/every_days"),
    ({"trigger": "survey_answered", "where": {"survey": ["delivery"]}}, "programme_faulty", "/where/survey"),
    ({"trigger": "survey_answered"}, "programme_faulty", "/where/survey"),
]
IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"channels": ["review"]}, "a review platform asks everybody alike"),
    ({"channels": ["review", "email"], "neutral": True}, "a review platform asks everybody alike"),
    ({"wait_for": "case_resolved"}, "wait_for is order_delivered or null"),
    ({"trigger": "order_delivered", "wait_for": "order_delivered"}, "only a contact can wait for its order"),
    ({"trigger": "relationship"}, "rhythm belongs to"),
    ({"where": {"kind": ["visit"]}}, "where.kind is the kind of a custom event"),
    ({"caps": [{"limit": 1, "days": 7, "scope": "attribute"}]}, "attribute is named when"),
    ({"country": "XX"}, "public holidays are known"),
    ({"time_zone": "Europe/Leipzig"}, "is not an IANA time zone"),
]


async def test_a_faulty_programme_is_refused_with_the_place_and_the_reason(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await put_survey(room)
        admin = room.client("survey:admin", "survey:read")
        for changes, code, pointer in FAULTY:
            rules = {**AT_ONCE, **changes}
            refused = await admin.put("/survey/v1/programmes/asking", json=rules)
            assert (refused.status_code, refused.json()["code"]) == (422, code), (changes, refused.text)
            assert refused.json()["errors"][0]["pointer"] == pointer
            found = (await admin.post("/survey/v1/programme-checks", json=rules)).json()
            assert [(one["level"], one["pointer"]) for one in found if one["level"] == "error"] == [("error", pointer)], (changes, found)
        assert (await admin.get("/survey/v1/programmes")).json()["items"] == []


async def test_rules_that_contradict_each_other_are_refused_with_a_sentence(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await put_survey(room)
        admin = room.client("survey:admin")
        for changes, sentence in IMPOSSIBLE:
            refused = await admin.put("/survey/v1/programmes/asking", json={**AT_ONCE, **changes})
            assert refused.status_code == 422, changes
            assert sentence in refused.text, (changes, refused.text)


async def test_a_neutral_programme_hears_no_agent(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, neutral=True, delay_seconds=60)
        anna = new_id()
        call = a_contact(anna)
        await room.hear(a_customer(anna), call)
        wish = {"wish": "skip", "reason": "customer_upset", "agent_id": str(call.agent_id)}
        said = await room.client("survey:write").put(f"/survey/v1/contacts/{call.contact_id}/survey-wish", json=wish)
        assert said.status_code == 200, said.text
        await room.pass_time(minutes=2)
        assert len(room.said(SurveyInvited)) == 1


async def test_two_programmes_that_would_start_each_other_are_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await put_survey(room)
        await put_survey(room, "second")
        await put_programme(room, "one", {**AT_ONCE, "trigger": "survey_answered"}, where={"survey": ["delivery"]}, survey="second")
        back = {**AT_ONCE, "trigger": "survey_answered", "where": {"survey": ["second"]}, "survey": "delivery"}
        refused = await room.client("survey:admin").put("/survey/v1/programmes/two", json=back)
        assert refused.json()["code"] == "programme_faulty"
        assert "goes in circles" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("contact.handle_seconds >= 240.0", ["invited"]),
        ("contact.handle_seconds > 240.0", []),
        ("customer.tier == 'gold'", ["invited"]),
        ("customer.tier == 'silver'", ["condition_not_met"]),
        ("customer.segment.plan == 'pro'", ["invited"]),
        ("order.product == 'box'", ["condition_undecided"]),
    ],
)
async def test_a_condition_that_is_not_met_or_not_decided_asks_nobody(open_room: OpenRoom, rule: str, asked: list[str]) -> None:
    async with open_room(service) as room:
        await open_centre(room, AT_ONCE, condition=rule)
        anna = new_id()
        await room.hear(a_customer(anna, tier="gold", segment={"plan": "pro"}), a_contact(anna))
        await room.settle()
        found = ["invited" for _ in room.said(SurveyInvited)] + [one.reason for one in room.said(SurveySkipped)]
        assert found == asked


async def test_an_excluded_address_is_not_asked_and_the_exclusion_is_named(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        pattern = [{"code": "internal", "when": "customer.email.matches('@(corp|example)[.]org$')"}]
        await open_centre(room, AT_ONCE, exclude=pattern)
        anna = new_id()
        await room.hear(a_customer(anna), a_contact(anna))
        await room.settle()
        assert [one.reason for one in room.said(SurveySkipped)] == ["excluded"]
