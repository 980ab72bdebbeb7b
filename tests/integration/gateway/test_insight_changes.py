"""What can be changed in insight through GraphQL: rates, budgets, processes, initiatives, pulses, reviews; refusals as userErrors."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.clients.all import NAMES
from services.kit.events import Envelope, Event
from services.kit.ids import new_id
from tests.integration.gateway.house import START, Running
from tests.integration.insight.said import a_contact

pytestmark = pytest.mark.asyncio(loop_scope="module")
SLICE: dict[str, Any] = {"from": "2026-10-25T00:00:00Z", "to": "2026-11-24T00:00:00Z", "vendor": "kept"}
ABOUT: dict[str, Any] = {"driver": "parcel-lost", "department": "parcels", "vendor": "kept"}


async def hear(house: Running, *events: Event) -> None:
    """Let insight hear what the other rooms told."""
    envelopes = [
        Envelope(
            id=new_id(), subject=one.subject, occurred_at=START, key=one.ordering_key(), correlation_id="test", causation_id=None,
            data=one.model_dump_json().encode(),
        )
        for one in events
    ]  # fmt: skip
    await house.runtimes[NAMES.index("insight")].inbox.deliver(envelopes, None)


async def changed(house: Running, key: str, mutation: str, **variables: Any) -> dict[str, Any]:
    """Change something and return the payload."""
    found = await house.ask(key, mutation, **variables)
    assert "errors" not in found, found["errors"]
    (payload,) = found["data"].values()
    assert isinstance(payload, dict)
    return payload


async def test_a_department_gets_a_name_a_rate_and_a_budget_and_is_charged_by_them(house: Running) -> None:
    key = await house.key("administrator", holder="rita")
    await hear(house, a_contact(**ABOUT, handle_seconds=360.0))
    named = await changed(
        house, key, 'mutation { nameDepartment(key: "parcels", name: "Parcels") { entity { key name } userErrors { code field } } }'
    )
    rate = """mutation($r: SetCostRateInput!, $role: String!) {
      setCostRate(role: $role, input: $r) { entity { role department perHour currency } userErrors { code field } }
    }"""
    priced = await changed(house, key, rate, role="agent", r={"perHour": "30", "currency": "EUR", "department": "parcels"})
    foreign = await changed(house, key, rate, role="agent", r={"perHour": "30", "currency": "USD"})
    unused = await changed(house, key, rate, role="manager", r={"perHour": "30", "currency": "EUR"})
    unread = await changed(house, key, rate, role="agent", r={"perHour": "much", "currency": "EUR"})
    budget = (
        'mutation($year: String!) { setBudget(department: "parcels", perYear: $year) { entity { department perYear } userErrors { code field } } }'
    )
    kept, empty = await changed(house, key, budget, year="365.00"), await changed(house, key, budget, year="0")
    asked = """query($slice: InsightSlice) {
      chargeBack(slice: $slice) { total charges { department name amount budget budgetShare } }
      departments { key name } costRates { role department perHour validFrom }
    }"""
    found = (await house.ask(key, asked, slice=SLICE))["data"]

    assert named == {"entity": {"key": "parcels", "name": "Parcels"}, "userErrors": []}
    assert priced["entity"] == {"role": "agent", "department": "parcels", "perHour": "30.00", "currency": "EUR"}
    assert [one["userErrors"][0]["code"] for one in (foreign, unused)] == ["currency_differs", "role_unused"]
    assert (unread["entity"], [one["field"] for one in unread["userErrors"]]) == (None, ["perHour"])
    assert (kept["entity"], [one["field"] for one in empty["userErrors"]]) == ({"department": "parcels", "perYear": "365.00"}, ["perYear"])
    charge = {"department": "parcels", "name": "Parcels", "amount": "3.00", "budget": "30.00", "budgetShare": 0.1}
    assert found["chargeBack"] == {"total": "3.00", "charges": [charge]}
    assert {"key": "parcels", "name": "Parcels"} in found["departments"]
    assert found["costRates"] == [{"role": "agent", "department": "parcels", "perHour": "30.00", "validFrom": "1970-01-01T00:00:00Z"}]


async def test_a_process_is_drawn_and_drawn_anew(house: Running) -> None:
    key = await house.key("administrator", holder="petra")
    await hear(house, a_contact(driver="customs", vendor="kept"))
    draw = """mutation($p: DrawProcessInput!) {
      drawProcess(key: "import", input: $p) { entity { key version steps { key drivers } } userErrors { code field } }
    }"""
    steps = [{"key": "declare", "name": "Declare", "drivers": ["customs"]}, {"key": "hand", "name": "Hand over"}]
    first = await changed(house, key, draw, p={"name": "Import", "steps": steps})
    again = await changed(house, key, draw, p={"name": "Import", "steps": [*steps, {"key": "pay", "name": "Pay"}]})
    twice = await changed(house, key, draw, p={"name": "Import", "steps": [steps[0], {"key": "pay", "name": "Pay", "drivers": ["customs"]}]})
    question = 'query($slice: InsightSlice) { process(key: "import", slice: $slice) { version bottleneck } processes { key name version } }'
    found = (await house.ask(key, question, slice=SLICE))["data"]

    assert first["entity"] == {"key": "import", "version": 1, "steps": [{"key": "declare", "drivers": ["customs"]}, {"key": "hand", "drivers": []}]}
    assert (again["entity"]["version"], len(again["entity"]["steps"])) == (2, 3)
    assert twice == {"entity": None, "userErrors": [{"code": "process_driver_twice", "field": "steps.1.drivers"}]}
    assert found["process"] == {"version": 2, "bottleneck": "declare"}
    assert {"key": "import", "name": "Import", "version": 2} in found["processes"]


async def test_an_initiative_is_planned_started_and_published_one_after_the_other(house: Running) -> None:
    key = await house.key("supervisor", holder="ina")
    plan = "mutation($i: StartInitiativeInput!) { planInitiative(input: $i) { entity { id uid state startedAt } userErrors { code field } } }"
    item = str(new_id())
    given: dict[str, Any] = {
        "title": "A parcel locker", "driver": "parcel-lost", "responsible": "Ann", "accountable": "Ben",
        "target": {"metric": "csat", "value": 0.9}, "baselineFrom": "2026-10-01T00:00:00Z", "baselineTo": "2026-11-01T00:00:00Z",
        "due": "2026-12-24T00:00:00Z", "evidence": [item], "control": {"against": {"driver": "customs"}},
    }  # fmt: skip
    planned = await changed(house, key, plan, i=given)
    unclear = await changed(house, key, plan, i={**given, "informed": ["Ben"]})
    same = await changed(house, key, plan, i={**given, "control": {"against": {"driver": "parcel-lost"}}})
    start = """mutation($id: ID!, $at: DateTime) {
      startPlannedInitiative(id: $id, startedAt: $at) { entity { state startedAt } userErrors { code field } }
    }"""
    early = await changed(house, key, start, id=planned["entity"]["id"], at="2026-10-15T00:00:00Z")
    began = await changed(house, key, start, id=planned["entity"]["id"], at="2026-11-02T00:00:00Z")
    again = await changed(house, key, start, id=planned["entity"]["uid"])
    publish = "mutation($id: ID!, $m: JSON) { publishInitiative(id: $id, messages: $m) { entity { state version } userErrors { code field } } }"
    silent = await changed(house, key, publish, id=planned["entity"]["id"])
    told = await changed(house, key, publish, id=planned["entity"]["id"], m={"en": "Parcels wait in lockers now."})
    board = (await house.ask(key, '{ board(first: 5, language: "en") { edges { node { message } } } }'))["data"]["board"]
    answers = await house.rest(key, "GET", f"/insight/v1/initiatives?evidence={item}")

    assert (planned["entity"]["state"], planned["entity"]["startedAt"], planned["userErrors"]) == ("planned", None, [])
    assert unclear["userErrors"] == [{"code": "rasic_unclear", "field": "accountable"}]
    assert same["userErrors"] == [{"code": "initiative_control_same", "field": "control.against"}]
    assert early["userErrors"] == [{"code": "initiative_start_out_of_place", "field": "startedAt"}]
    assert began["entity"] == {"state": "started", "startedAt": "2026-11-02T00:00:00Z"}
    assert (again["entity"], again["userErrors"]) == (None, [{"code": "initiative_already_started", "field": None}])
    assert silent["userErrors"] == [{"code": "english_message_missing", "field": "messages"}]
    assert (told["entity"], told["userErrors"]) == ({"state": "published", "version": 3}, [])
    assert [edge["node"]["message"] for edge in board["edges"]] == ["Parcels wait in lockers now."]
    assert [one["id"] for one in answers.json()["items"]] == [planned["entity"]["uid"]]


async def test_a_contact_is_reviewed_for_critical_errors(house: Running) -> None:
    key, guest = await house.key("administrator", holder="ann"), await house.key("agent", holder="guest")
    contacts = [a_contact(team="blue", vendor="reviewed") for _ in range(6)]
    await hear(house, *contacts)
    form = """mutation($f: SetQualityFormInput!) {
      setQualityForm(key: "calls", input: $f) { entity { version lines { key kind } } userErrors { code field } }
    }"""
    lines = [{"key": "answer", "name": "Right answer", "kind": "customer"}, {"key": "consent", "name": "Consent", "kind": "compliance"}]
    made = await changed(house, key, form, f={"name": "Calls", "lines": lines})
    double = await changed(house, key, form, f={"name": "Calls", "lines": [lines[0], lines[0]]})
    review = """mutation($r: ReviewContactInput!) {
      reviewContact(form: "calls", input: $r) { entity { contactId formVersion marks { line mark } } userErrors { code field } }
    }"""
    for place, contact in enumerate(contacts[:5]):
        marks = [{"line": "answer", "mark": "error" if place == 0 else "ok"}, {"line": "consent", "mark": "na" if place == 1 else "ok"}]
        judged = await changed(house, key, review, r={"contactId": str(contact.contact_id), "marks": marks})
        assert judged["entity"] == {"contactId": str(contact.contact_id), "formVersion": 1, "marks": marks}
    one_line = [{"line": "answer", "mark": "ok"}]
    missing = await changed(house, key, review, r={"contactId": str(contacts[5].contact_id), "marks": one_line})
    repeated = await changed(house, key, review, r={"contactId": str(contacts[5].contact_id), "marks": one_line * 2})
    nobody = await changed(house, key, review, r={"contactId": str(new_id()), "marks": [*one_line, {"line": "consent", "mark": "ok"}]})
    asked = """query($slice: InsightSlice) {
      qualityReport(form: "calls", slice: $slice) { reviewed accuracy { kind opportunities errors } }
      qualitySample(form: "calls", size: 5, seed: 3, slice: $slice)
    }"""
    found = (await house.ask(key, asked, slice={**SLICE, "vendor": "reviewed"}))["data"]
    refused = await house.ask(guest, review, r={"contactId": str(contacts[0].contact_id), "marks": one_line})

    assert (made["entity"], double["userErrors"][0]["code"]) == (
        {"version": 1, "lines": [{"key": "answer", "kind": "customer"}, {"key": "consent", "kind": "compliance"}]},
        "review_lines_differ",
    )
    assert [one["userErrors"][0]["code"] for one in (missing, repeated, nobody)] == ["review_lines_differ", "invalid_input", "not_found"]
    assert found["qualityReport"]["reviewed"] == 5
    counted = {one["kind"]: (one["opportunities"], one["errors"]) for one in found["qualityReport"]["accuracy"]}
    assert counted == {"customer": (5, 1), "business": (0, 0), "compliance": (4, 0)}
    assert found["qualitySample"] == [str(contacts[5].contact_id)]
    assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}


async def test_a_pulse_is_declared_and_answered_without_names(house: Running) -> None:
    key = await house.key("administrator", holder="ann")
    declare = """mutation($p: SetPulseInput!) {
      setPulse(key: "desk", input: $p) { entity { version minimum questions { key text } groups { key bands } } userErrors { code field } }
    }"""
    pulse = {"title": "This week", "questions": [{"key": "load", "text": "My workload is fine."}]}
    split = {**pulse, "groups": [{"key": "team", "bands": ["sales", "technology"]}]}
    made = await changed(house, key, declare, p=split)
    low = await changed(house, key, declare, p={**split, "minimum": 3})
    give = 'mutation($s: [SheetInput!]!) { giveSheets(pulse: "desk", sheets: $s) { entity { pulse sheets } userErrors { code field } } }'
    sheet = {"groups": [{"key": "team", "band": "sales"}], "scores": [{"key": "load", "score": 4}], "comment": "More light, please."}
    few = await changed(house, key, give, s=[sheet] * 4)
    free = await changed(house, key, give, s=[{**sheet, "groups": [{"key": "team", "band": "the tall one"}]}] * 5)
    taken = await changed(house, key, give, s=[sheet] * 6)
    moved = await changed(house, key, declare, p=pulse)
    house.clock.move_to(house.clock.now() + timedelta(days=7))
    report = '{ pulseReport(key: "desk", week: "2026-W48") { groups { n scores { mean } } comments withheld } pulses { key title } }'
    found = (await house.ask(key, report))["data"]

    questions, groups = [{"key": "load", "text": "My workload is fine."}], [{"key": "team", "bands": ["sales", "technology"]}]
    assert made["entity"] == {"version": 1, "minimum": 5, "questions": questions, "groups": groups}
    assert (low["userErrors"][0]["field"], few["userErrors"][0]["field"]) == ("minimum", "sheets")
    assert (free["entity"], free["userErrors"][0]["code"]) == (None, "pulse_sheet_band_unknown")
    assert taken == {"entity": {"pulse": "desk", "sheets": 6}, "userErrors": []}
    assert moved["userErrors"] == [{"code": "pulse_bands_fixed", "field": "groups"}]
    assert found["pulseReport"]["groups"][0] == {"n": 6, "scores": [{"mean": 4.0}]}
    assert found["pulseReport"]["comments"] == ["More light, please."] * 6
    assert {"key": "desk", "title": "This week"} in found["pulses"]
