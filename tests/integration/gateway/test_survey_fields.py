"""Every field of survey that frontends have: programmes from draft to archive, decisions, invitations, answers, audits, wishes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gateway.clients.all import NAMES
from services.feedback.contract import ContributorFound
from services.kit.ids import new_id
from services.survey.use_cases.plan_telling import hear_contributor_found
from tests.integration.gateway.house import Running
from tests.integration.survey.scene import AT_ONCE, DELIVERY

pytestmark = pytest.mark.asyncio(loop_scope="module")
ERRORS = "userErrors { code field message }"
PROGRAMME = "key version state note savedBy rules createdAt activatedAt"


async def asked(house: Running, key: str, query: str, **variables: Any) -> dict[str, Any]:
    """Ask without any error, and return the data."""
    found = await house.ask(key, query, **variables)
    assert "errors" not in found, found["errors"]
    data: dict[str, Any] = found["data"]
    return data


async def changed(house: Running, key: str, query: str, **variables: Any) -> dict[str, Any]:
    """Change something without refusal, and return the entity."""
    (payload,) = (await asked(house, key, query, **variables)).values()
    assert payload["userErrors"] == [], payload
    entity: dict[str, Any] = payload["entity"]
    return entity


async def test_a_programme_goes_from_draft_to_archive(house: Running) -> None:
    key = await house.key("administrator", holder="vera")
    put = await house.rest(key, "PUT", "/survey/v1/surveys/delivery", json=DELIVERY)
    assert put.status_code == 200, put.text
    save = f"""mutation($rules: JSON!, $note: String) {{
      saveProgrammeDraft(key: "shop", rules: $rules, note: $note) {{ entity {{ {PROGRAMME} }} {ERRORS} }} }}"""
    draft = await changed(house, key, save, rules=AT_ONCE, note="try")
    assert (draft["key"], draft["version"], draft["state"], draft["note"], draft["activatedAt"]) == ("shop", 1, "draft", "try", None)
    assert (draft["rules"]["survey"], bool(draft["savedBy"])) == ("delivery", True)
    faulty = await house.ask(key, save, rules={**AT_ONCE, "condition": "contact.chanel == 'voice'"})
    (error,) = faulty["data"]["saveProgrammeDraft"]["userErrors"]
    assert error["code"] == "invalid_expression"
    activate = f'mutation {{ activateProgramme(key: "shop", version: 1) {{ entity {{ {PROGRAMME} }} {ERRORS} }} }}'
    assert (await changed(house, key, activate))["state"] == "active"
    await changed(house, key, save, rules={**AT_ONCE, "share": 0.5})
    found = await asked(
        house,
        key,
        f"""{{ programmes(first: 5) {{ edges {{ node {{ {PROGRAMME} }} }} }}
          programmeVersions(key: "shop", first: 5) {{ edges {{ node {{ version state }} }} }}
          programmeDifferences(key: "shop", before: 1, after: 2) {{ pointer before after }} }}""",
    )
    assert [edge["node"]["key"] for edge in found["programmes"]["edges"]] == ["shop"]
    assert [(edge["node"]["version"], edge["node"]["state"]) for edge in found["programmeVersions"]["edges"]] == [(2, "draft"), (1, "active")]
    assert found["programmeDifferences"] == [{"pointer": "/share", "before": 1.0, "after": 0.5}]
    for step, state in (("pause", "paused"), ("resume", "active"), ("archive", "archived")):
        entity = await changed(house, key, f'mutation {{ {step}Programme(key: "shop") {{ entity {{ state }} {ERRORS} }} }}')
        assert entity == {"state": state}


async def later(house: Running) -> None:
    """A little over a minute passes."""
    house.clock.move_to(house.clock.now() + timedelta(seconds=61))
    await house.settle()


async def ended_call(house: Running, key: str, **more: Any) -> tuple[str, str]:
    """A customer calls; return the ids of customer and contact."""
    account = f"S-{new_id().hex[-8:]}"
    person = {"display_name": "Ana", "language": "en", "email": f"{account.lower()}@example.org"}
    put = await house.rest(key, "PUT", f"/customers/v1/customers/by-key/account/{account}", json=person)
    assert put.status_code in {200, 201}, put.text
    await house.settle()
    now = house.clock.now()
    call = {"externalId": account, "channel": "voice", "direction": "inbound", "customerKey": {"kind": "account", "value": account}, **more}
    call |= {"startedAt": (now - timedelta(minutes=9)).isoformat(), "endedAt": now.isoformat(), "disposition": "order placed"}
    ended = await house.ask(key, f"mutation($c: EndContactInput!) {{ endContact(input: $c) {{ entity {{ uid }} {ERRORS} }} }}", c=call)
    assert "errors" not in ended, ended
    payload = ended["data"]["endContact"]
    assert payload["userErrors"] == [], payload
    return put.json()["id"], payload["entity"]["uid"]


async def test_an_ask_is_explained_travels_is_answered_and_counted(house: Running) -> None:
    key = await house.key("administrator", holder="olaf")
    await house.rest(key, "PUT", "/survey/v1/surveys/delivery", json=DELIVERY)
    live = {**AT_ONCE, "delay_seconds": 60, "cells": {"by": ["site"], "quota": 100}}
    put = await house.rest(key, "PUT", "/survey/v1/programmes/calls", json=live)
    assert put.status_code == 200, put.text
    customer_id, contact_id = await ended_call(house, key)
    await house.settle()
    await later(house)
    found = await asked(
        house,
        key,
        """query($c: UUID!) { decisions(contactId: $c, first: 5) { edges { node { uid outcome sentence inclusionProbability invitationId
             rules { rule verdict reason sentence nextPossibleAt } } } } }""",
        c=contact_id,
    )
    (edge,) = found["decisions"]["edges"]
    decision = edge["node"]
    assert (decision["outcome"], decision["inclusionProbability"]) == ("invited", 1.0), decision
    assert {rule["verdict"] for rule in decision["rules"]} == {"pass"}
    travelled = await asked(
        house,
        key,
        "query($i: UUID!) { invitationAttempts(invitationId: $i) { purpose channel state tries reason startedAt settledAt } }",
        i=decision["invitationId"],
    )
    (attempt,) = travelled["invitationAttempts"]
    assert (attempt["purpose"], attempt["channel"], attempt["state"], attempt["tries"], attempt["reason"]) == ("ask", "email", "accepted", 1, None)
    sheet = {"survey": "delivery", "mode": "ivr", "language": "en", "answers": {"agent": "4", "solved": "yes"}}
    answered = await changed(
        house,
        key,
        f"""mutation($r: RecordSurveyResponseInput!) {{ recordSurveyResponse(input: $r) {{
             entity {{ uid mode complete answers {{ question score choice }} }} {ERRORS} }} }}""",
        r={**sheet, "invitationId": decision["invitationId"]},
    )
    assert (answered["mode"], answered["complete"], answered["answers"][0]["score"]) == ("ivr", True, 4)
    await house.settle()
    told = await asked(
        house,
        key,
        """query($c: UUID!) { surveyResponses(first: 5, customerId: $c) { edges { node { uid survey mode } } }
          surveyCheck(key: "delivery") { code weight pointer language reason source }
          lotAudit(programme: "calls") { programme drawn chosen promised rateZ agents agentChiSquare agentP }
          programmeEstimate(programme: "calls") {
            programme definition raw { value low high standardError answered effective } weighted { value } cells }
          surveySkipAudit { agentId contacts skips rate z p striking } }""",
        c=customer_id,
    )
    assert [edge["node"]["mode"] for edge in told["surveyResponses"]["edges"]] == ["ivr"]
    assert {finding["weight"] for finding in told["surveyCheck"]} <= {"warning", "advice"}
    assert (told["lotAudit"]["drawn"], told["lotAudit"]["chosen"], told["lotAudit"]["promised"]) == (1, 1, 1.0)
    assert (told["programmeEstimate"]["raw"]["value"], told["programmeEstimate"]["raw"]["answered"]) == (1.0, 1)
    assert told["surveySkipAudit"] == []


async def test_an_agents_wish_needs_a_reason_and_is_audited(house: Running) -> None:
    key = await house.key("administrator", holder="ines")
    agent_id, contact_id = str(new_id()), str(new_id())
    say = f"""mutation($w: SaySurveyWishInput!) {{ saySurveyWish(input: $w) {{
      entity {{ contactId agentId wish reason saidAt }} {ERRORS} }} }}"""
    wish = {"contactId": contact_id, "agentId": agent_id, "wish": "skip", "reason": "bereavement"}
    said = await changed(house, key, say, w=wish)
    assert (said["contactId"], said["agentId"], said["wish"], said["reason"]) == (contact_id, agent_id, "skip", "bereavement")
    refused = await house.ask(key, say, w={**wish, "contactId": str(new_id()), "reason": "No reason given!"})
    assert [error["code"] for error in refused["data"]["saySurveyWish"]["userErrors"]] != []
    await later(house)
    (found,) = (await asked(house, key, "{ surveySkipAudit { agentId skips striking } }"))["surveySkipAudit"]
    assert found == {"agentId": agent_id, "skips": 1, "striking": False}


async def test_a_draft_is_simulated(house: Running) -> None:
    key = await house.key("administrator", holder="sim")
    await house.rest(key, "PUT", "/survey/v1/surveys/delivery", json=DELIVERY)
    begun = await changed(
        house,
        key,
        f"""mutation($r: JSON!) {{ simulateProgramme(key: "tried", rules: $r, days: 7) {{
          entity {{ uid programme days state progress report createdAt finishedAt }} {ERRORS} }} }}""",
        r={**AT_ONCE, "share": 1.0},
    )
    assert (begun["programme"], begun["days"], begun["state"], begun["report"]) == ("tried", 7, "running", None)
    await house.settle()
    query = "query($i: UUID!) { simulation(id: $i) { uid state progress report finishedAt } }"
    done = (await asked(house, key, query, i=begun["uid"]))["simulation"]
    assert (done["state"], done["progress"], sorted(done["report"]["draft"])[:3]) == ("done", 1.0, ["asks_per_customer", "by_day", "caps_hit"])
    assert (await asked(house, key, query, i=str(new_id())))["simulation"] is None


async def test_who_is_told_what_changed_is_listed_with_the_way_it_went(house: Running) -> None:
    key, initiative = await house.key("administrator", holder="olaf"), new_id()
    customer_id, _ = await ended_call(house, key)
    await house.settle()
    found = ContributorFound(initiative_id=initiative, customer_id=UUID(customer_id), messages={"en": "We bought a van."}, found_at=house.clock.now())
    await house.runtimes[NAMES.index("survey")].write(hear_contributor_found, found)
    await house.settle()
    await later(house)
    listed = await asked(
        house,
        key,
        "query($i: UUID!) { tellings(first: 5, initiativeId: $i) { edges { node { uid initiativeId customerId state channel language reason } } } }",
        i=str(initiative),
    )
    (edge,) = listed["tellings"]["edges"]
    telling = edge["node"]
    uid = telling.pop("uid")
    sent = await asked(house, key, "query($t: UUID!) { tellingAttempts(tellingId: $t) { purpose channel state tries } }", t=uid)

    whose = {"initiativeId": str(initiative), "customerId": customer_id}
    assert telling == {**whose, "state": "told", "channel": "email", "language": "en", "reason": None}
    assert sent["tellingAttempts"] == [{"purpose": "telling", "channel": "email", "state": "accepted", "tries": 1}]
