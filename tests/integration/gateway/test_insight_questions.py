"""Insight through GraphQL: the overview and what lies behind it, charts, charge-back and disputes."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.clients.all import NAMES
from services.kit.events import Envelope, Event
from services.kit.ids import new_id
from tests.integration.gateway.house import START, Running
from tests.integration.insight.said import a_contact, a_scored, an_answer

pytestmark = pytest.mark.asyncio(loop_scope="module")
SLICE: dict[str, Any] = {"from": "2026-10-25T00:00:00Z", "to": "2026-11-24T00:00:00Z", "vendor": "graphql"}
ABOUT = {"driver": "late-delivery", "department": "logistics", "vendor": "graphql"}


async def _hear(house: Running, *events: Event) -> None:
    envelopes = [
        Envelope(
            id=new_id(), subject=one.subject, occurred_at=START, key=one.ordering_key(), correlation_id="test", causation_id=None,
            data=one.model_dump_json().encode(),
        )
        for one in events
    ]  # fmt: skip
    await house.runtimes[NAMES.index("insight")].inbox.deliver(envelopes, None)


async def _told(house: Running) -> str:
    contact = a_contact(**ABOUT, handle_seconds=360.0)
    told: list[Event] = [contact]
    for place in range(40):
        at = START - timedelta(days=place % 20, hours=3)
        told.append(an_answer(a_scored("csat5", 1 if place % 4 == 0 else 5), about={**ABOUT, "site": "north"}, answered_at=at))
    await _hear(house, *told)
    return str(contact.contact_id)


async def test_the_overview_the_places_and_a_chart_say_the_same(house: Running) -> None:
    key = await house.key("administrator")
    await _told(house)
    asked = await house.ask(
        key,
        """query($slice: InsightSlice) {
          overview(slice: $slice) { figures { key value n interval { low high method } } pareto { driver contacts } funnel { places { key share } } }
          places(metric: "csat", by: "vendor", slice: $slice) { places { key good n } tooFew }
          trend(metric: "csat", slice: $slice) { points { n } sentence comparedWith { start } change { before } }
          chart(name: "trend", metric: "csat", goal: 0.8, slice: $slice) { title svg table { columns rows } }
          cycleHealth(compareFrom: "2026-09-01T00:00:00Z") { comparedWith { start } stages { since change { difference } } }
          adjustedPlaces(metric: "csat", slice: $slice) { comparedWith { end } places { change { before } } }
          keyDrivers(slice: $slice) { comparedWith { end } drivers { change { before } } }
          nothing: places(metric: "nps", slice: $slice) { by }
          metricDefinitions { definitionId }
        }""",
        slice=SLICE,
    )
    assert "errors" not in asked
    found = asked["data"]
    tiles = {one["key"]: one for one in found["overview"]["figures"]}
    assert (tiles["csat"]["value"], tiles["csat"]["n"], tiles["csat"]["interval"]["method"]) == (0.75, 40, "wilson")
    assert found["overview"]["pareto"] == [{"driver": "late-delivery", "contacts": 1}]
    assert found["overview"]["funnel"]["places"] == [{"key": "north", "share": 0.75}]
    assert found["places"]["places"] == [{"key": "graphql", "good": 30, "n": 40}]
    assert sum(point["n"] for point in found["trend"]["points"]) == 40
    assert (found["chart"]["title"], found["chart"]["svg"][:4]) == ("Customer satisfaction", "<svg")
    assert len(found["chart"]["table"]["rows"]) == 20
    assert found["nothing"] is None
    assert (found["trend"]["change"], found["trend"]["comparedWith"]["start"][:10]) == (None, "2026-09-25")
    assert (found["cycleHealth"]["comparedWith"]["start"][:10], len(found["cycleHealth"]["stages"])) == ("2026-09-01", 6)
    assert found["adjustedPlaces"]["comparedWith"]["end"] == found["keyDrivers"]["comparedWith"]["end"] == "2026-10-25T00:00:00Z"
    assert "csat@1" in [one["definitionId"] for one in found["metricDefinitions"]]


async def test_a_department_disputes_a_contact_and_somebody_decides(house: Running) -> None:
    key = await house.key("administrator")
    contact = await _told(house)
    await house.rest(key, "PUT", "/insight/v1/cost-rates/agent", json={"per_hour": "30", "currency": "EUR"})
    statement = """query($slice: InsightSlice) {
      statement(department: "logistics", first: 10, slice: $slice) { amount lines { contactId amount } }
      chargeBack(slice: $slice) { total charges { department amount } }
      nobody: statement(department: "nobody", first: 1) { amount }
    }"""
    shown = (await house.ask(key, statement, slice=SLICE))["data"]
    assert {line["amount"] for line in shown["statement"]["lines"]} == {"3.00"}
    assert shown["chargeBack"]["total"] == shown["statement"]["amount"] == shown["chargeBack"]["charges"][0]["amount"]
    assert (contact in [line["contactId"] for line in shown["statement"]["lines"]], shown["nobody"]) == (True, None)
    dispute = """mutation($id: ID!) {
      raiseDispute(department: "logistics", input: {contactId: $id, note: "The bill was wrong.", suggested: "billing"}) {
        entity { uid state department } userErrors { code }
      }
    }"""
    raised = (await house.ask(key, dispute, id=contact))["data"]["raiseDispute"]
    again = (await house.ask(key, dispute, id=contact))["data"]["raiseDispute"]
    assert (raised["entity"]["state"], raised["userErrors"], again["userErrors"]) == ("open", [], [{"code": "contact_already_disputed"}])
    decide = """mutation($id: ID!) { decideDispute(id: $id, input: {accept: true, note: "True."}) { entity { state } userErrors { code } } }"""
    assert (await house.ask(key, decide, id=raised["entity"]["uid"]))["data"]["decideDispute"]["entity"]["state"] == "accepted"
    history = "query($id: ID!) { dispute(id: $id) { state steps { state note } } disputes(first: 5) { edges { node { uid } } } }"
    found = (await house.ask(key, history, id=raised["entity"]["uid"]))["data"]
    assert [step["note"] for step in found["dispute"]["steps"]] == ["The bill was wrong.", "True."]
    assert [edge["node"]["uid"] for edge in found["disputes"]["edges"]] == [raised["entity"]["uid"]]


async def test_every_question_to_insight_answers_and_needs_the_right(house: Running) -> None:
    key, guest = await house.key("administrator", holder="chief"), await house.key("agent", holder="guest")
    await _told(house)
    steps = [{"key": "deliver", "name": "Deliver", "drivers": ["late-delivery"]}]
    await house.rest(key, "PUT", "/insight/v1/processes/purchase", json={"name": "Purchase", "steps": steps})
    questions = """query($slice: InsightSlice) {
      keyDrivers(slice: $slice) { withheld n drivers { driver } }
      adjustedPlaces(metric: "csat", by: "agent", mix: ["driver"], slice: $slice) { mix centre strata places { key ratio low95 } tooFew }
      adjusted: chart(name: "adjusted-funnel", by: "vendor", mix: ["driver", "mode"], slice: $slice) { title table { columns } }
      noPlaces: adjustedPlaces(metric: "nps", slice: $slice) { by }
      repeats(slice: $slice, windowDays: 7) { n withheld comparedWith { start } change { difference } }
      metric(name: "csat", slice: $slice) { value comparedWith { start end } change { difference interval { method } } filters }
      whole: metric(name: "csat", slice: $slice) { nonResponse { by design n value } }
      drivers(first: 5, slice: $slice) { edges { node { driver contactsBefore } } }
      triangulation(slice: $slice) { driver verdict sources { source n } }
      responseBias(slice: $slice) { asked groups { group } rInsight: rIndicator }
      businessCase(minutesSaved: 1.5, contactsAYear: 40000, perHour: 24) { worth { amount } }
      contactsAvoided(resolutionBefore: 0.66, resolutionAfter: 0.8, callBack: 1, contacts: 68571429, perContact: 4.416667) { change }
      process(key: "purchase", slice: $slice) { bottleneck steps { key contacts } }
      processChart(key: "purchase", slice: $slice) { description }
      qualityReport(form: "none") { reviewed }
      teamLags { topic }
      pulseReport(key: "none", week: "2026-W40") { week }
      cycleHealth { sentence flaggedAnswers optedOut filters complete }
    }"""
    asked = await house.ask(key, questions, slice=SLICE)
    assert "errors" not in asked, asked["errors"]
    found = asked["data"]
    assert found["keyDrivers"]["withheld"].startswith("too_few")
    assert found["adjustedPlaces"] == {"mix": ["driver"], "centre": None, "strata": 0, "places": [], "tooFew": []}
    assert found["adjusted"]["title"] == "Customer satisfaction by vendor, adjusted for driver, mode"
    assert (found["adjusted"]["table"]["columns"][4], found["noPlaces"]) == ("observed / expected", None)
    assert found["repeats"]["comparedWith"] == {"start": "2026-09-25T00:00:00Z"}
    compared = {"start": "2026-09-25T00:00:00Z", "end": "2026-10-25T00:00:00Z"}
    assert found["metric"] == {"value": 0.75, "comparedWith": compared, "change": None, "filters": {"vendor": "graphql"}}
    assert found["whole"] == {"nonResponse": {"by": ["channel", "segment"], "design": True, "n": 0, "value": None}}
    assert found["drivers"]["edges"] == [{"node": {"driver": "late-delivery", "contactsBefore": 0}}]
    assert found["businessCase"]["worth"]["amount"] == "24000.00"
    assert round(found["contactsAvoided"]["change"], 3) == -0.175
    assert (found["process"]["bottleneck"], found["qualityReport"], found["pulseReport"]) == ("deliver", None, None)
    assert found["processChart"]["description"].startswith("The bottleneck is Deliver")
    refused = await house.ask(guest, questions, slice=SLICE)
    assert refused["data"]["keyDrivers"] is None
    assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}


async def test_lists_and_gaps_take_a_slice_and_the_cycle_does(house: Running) -> None:
    key = await house.key("administrator", holder="lister")
    await _told(house)
    asked = await house.ask(
        key,
        """query($slice: InsightSlice) {
          qualityForms { key }
          qualityReviews(form: "none", first: 5, slice: $slice) { edges { node { uid } } }
          firstContact: metric(name: "first_contact_resolution", slice: $slice) { definitionId n withheld parts }
          weighted: responseBias(slice: $slice) { weighted { by n withheld interval { low } } }
          teamLags(from: "2026-11-01T00:00:00Z", to: "2026-11-24T00:00:00Z", state: "open") { topic evidence }
          trainingGaps(slice: $slice) { comparedWith { end } filters minimum tooFew gaps { team interval { low } evidence change { before } } }
          disputeSummary(department: "logistics", slice: $slice) { raised raisedBefore n acceptedShare withheld amount filters }
          disputes(first: 5, slice: $slice) { edges { node { uid } } }
          alerts(first: 5, from: "2026-11-01T00:00:00Z", to: "2026-11-24T00:00:00Z", kind: "change") { edges { node { figure } } }
          cycleHere: cycleHealth(slice: $slice) { filters complete period { start } stages { stage n } }
          repeats(slice: $slice) { firstContact { n } }
        }""",
        slice=SLICE,
    )
    assert "errors" not in asked, asked["errors"]
    found = asked["data"]
    assert (found["firstContact"]["definitionId"], found["firstContact"]["n"]) == ("first_contact_resolution@1", 0)
    assert [one["by"] for one in found["weighted"]["weighted"]] == [[], ["channel"], ["programme"], ["site"], ["segment"], ["channel", "segment"]]
    assert (found["qualityForms"], found["qualityReviews"]["edges"]) == ([], [])
    before = {"end": "2026-10-25T00:00:00Z"}
    assert found["trainingGaps"] == {"comparedWith": before, "filters": {"vendor": "graphql"}, "minimum": 30, "tooFew": 0, "gaps": []}
    summary = found["disputeSummary"]
    assert (summary["raisedBefore"], summary["acceptedShare"], summary["filters"]) == (0, None, {"vendor": "graphql", "department": "logistics"})
    assert len(found["disputes"]["edges"]) == summary["raised"]
    assert (found["teamLags"], found["alerts"]["edges"]) == ([], [])
    assert (found["cycleHere"]["complete"], found["repeats"]["firstContact"]) == (True, {"n": 0})
    here = found["cycleHere"]
    assert (here["filters"], here["period"]["start"][:10]) == ({"vendor": "graphql"}, "2026-10-25")
    assert {one["stage"]: one["n"] for one in here["stages"]}["practise"] >= 1


async def test_files_and_flowcharts_are_found_through_graphql_too(house: Running) -> None:
    key = await house.key("administrator", holder="files")
    await _told(house)
    drawn = {"name": "Order", "steps": [{"key": "ship", "name": "Ship", "drivers": ["late-delivery"]}]}
    await house.rest(key, "PUT", "/insight/v1/processes/shipping", json=drawn)
    asked = await house.ask(
        key,
        """query($slice: InsightSlice) {
          insightExports { key columns { name kind } }
          insightExport(key: "drivers", format: "json", slice: $slice) { path format }
          unknown: insightExport(key: "secrets") { path }
          statementExport(department: "logistics", slice: $slice) { path format }
          process(key: "shipping") { mermaid steps { repeats { n withheld } } }
          triangulation(slice: $slice) { driver period { start } filters sources { definitionId nEffective weighted { value } } }
          drivers(first: 5, slice: $slice) { edges { node { definitions period { start } csat { definitionId weighted { value designEffect } } } } }
          responseBias(slice: $slice) { definitionId figures { definitionId weighted { by design value } } }
        }""",
        slice=SLICE,
    )
    assert "errors" not in asked
    found = asked["data"]
    rows = (await house.rest(key, "GET", found["insightExport"]["path"])).json()
    statement = await house.rest(key, "GET", found["statementExport"]["path"])
    wrong = await house.ask(key, '{ insightExport(key: "drivers", format: "exe") { path } }')

    assert {"contacts", "drivers", "figures"} <= {one["key"] for one in found["insightExports"]}
    assert (found["insightExport"]["format"], found["unknown"]) == ("json", None)
    assert [one["driver"] for one in rows] == [one["driver"] for one in found["triangulation"]] == ["late-delivery"]
    assert statement.headers["content-type"].startswith("text/csv")
    assert found["process"]["mermaid"].startswith("flowchart LR")
    assert found["triangulation"][0]["period"]["start"].startswith("2026-10-25")
    assert found["drivers"]["edges"][0]["node"]["csat"]["weighted"]["designEffect"] == 1.0
    assert [one["definitionId"] for one in found["responseBias"]["figures"]] == ["csat@1", "dsat@1", "nps@1", "ces@1", "resolution@1"]
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
