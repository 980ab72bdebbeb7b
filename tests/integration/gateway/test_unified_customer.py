"""The unified customer view over real services."""

from datetime import timedelta

import pytest

from services.kit.ids import new_id
from tests.integration.gateway.house import Running
from tests.integration.gateway.the_customer import KEY, VIEW, fill

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_one_query_shows_the_customer_over_all_services(house: Running) -> None:
    key = await fill(house)
    for way in house.ways.values():
        way.calls.clear()

    answer = await house.ask(key, VIEW, key=KEY)

    assert "errors" not in answer
    customer = answer["data"]["customer"]
    assert customer["displayName"] == "Ana Pérez"
    assert {"kind": "account", "value": "c-1001"} in [{**one, "value": one["value"].lower()} for one in customer["keys"]]
    order = {"orderReference": "R-77", "state": "placed", "status": "PLACED", "amount": "49.90", "currency": "EUR"}
    assert [edge["node"] for edge in customer["orders"]["edges"]] == [order]
    assert customer["value"] == {"orders": 1, "amounts": [{"currency": "EUR", "amount": "49.90"}], "recencyDays": 0}
    assert [(edge["node"]["title"], edge["node"]["status"]) for edge in customer["cases"]["edges"]] == [("The router drops the line", "OPEN")]
    assert [edge["node"]["disposition"] for edge in customer["contacts"]["edges"]] == ["order placed"]
    assert customer["offer"]["offer"] is None
    assert "open_case" in [reason["code"] for reason in customer["offer"]["withheld"]]
    assert {status["state"] for status in customer["sections"]} == {"FRESH"}
    assert answer["extensions"]["cost"] <= 1000


async def test_each_service_is_asked_for_its_sections_once(house: Running) -> None:
    key = await fill(house)
    for way in house.ways.values():
        way.calls.clear()

    await house.ask(key, VIEW, key=KEY)

    views = {name: [call for call in way.calls if "/internal/" in call] for name, way in house.ways.items()}
    assert {name: len(calls) for name, calls in views.items()} == {
        "customers": 1,
        "routing": 1,
        "survey": 1,
        "feedback": 1,
        "knowledge": 1,
        "insight": 0,
    }


async def test_a_person_of_several_records_is_asked_about_in_one_hop_once_they_were_met(house: Running) -> None:
    key = await house.key("administrator", holder=f"keeper {new_id()}")
    ids = []
    for number in (1, 2):
        account = f"T-{new_id().hex[-8:]}"
        put = await house.rest(key, "PUT", f"/customers/v1/customers/by-key/account/{account}", json={"display_name": f"Twin {number}"})
        ids.append(put.json()["id"])
        call = {"externalId": account, "channel": "voice", "direction": "inbound", "customerKey": {"kind": "account", "value": account}}
        call |= {"startedAt": f"2026-11-23T08:4{number}:00Z", "endedAt": f"2026-11-23T08:5{number}:00Z", "disposition": f"call {number}"}
        await house.ask(key, "mutation($c: EndContactInput!) { endContact(input: $c) { userErrors { code } } }", c=call)
    await house.settle()
    merge = {"survivor_id": ids[0], "merged_id": ids[1], "reason": "same passport"}
    merged = (await house.rest(key, "POST", "/customers/v1/merges", json=merge)).json()["id"]

    async def asked() -> tuple[str, list[str], int]:
        house.ways["routing"].calls.clear()
        query = "query($id: ID!) { customer(id: $id) { uid contacts(first: 5) { edges { node { disposition } } } } }"
        found = (await house.ask(key, query, id=ids[1]))["data"]["customer"]
        return found["uid"], [edge["node"]["disposition"] for edge in found["contacts"]["edges"]], len(house.ways["routing"].calls)

    met, again = await asked(), await asked()
    await house.rest(key, "POST", f"/customers/v1/merges/{merged}/undo")
    apart, alone = await asked(), await asked()

    assert (met, again) == ((ids[0], ["call 2", "call 1"], 2), (ids[0], ["call 2", "call 1"], 1))
    assert (apart, alone) == ((ids[1], ["call 2"], 2), (ids[1], ["call 2"], 1))


async def test_a_customer_is_found_by_every_kind_of_key_that_the_schema_names(house: Running) -> None:
    key = await fill(house)
    question = "query($kind: IdentityKeyKind!, $value: String!) { customerByKey(kind: $kind, value: $value) { displayName } }"

    by_account = await house.ask(key, question, kind="ACCOUNT", value="C-1001")
    by_order = await house.ask(key, question, kind="ORDER", value="R-77")
    nobody = await house.ask(key, question, kind="PHONE", value="+4930901820")
    wrong = await house.post(key, {"query": question, "variables": {"kind": "shoe size", "value": "44"}})

    assert [one["data"]["customerByKey"] for one in (by_account, by_order, nobody)] == [{"displayName": "Ana Pérez"}] * 2 + [None]
    assert wrong.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_small_question_asks_one_service_alone(house: Running) -> None:
    key = await fill(house)
    for way in house.ways.values():
        way.calls.clear()

    await house.ask(key, "query($key: IdentityKeyInput!) { customer(key: $key) { displayName } }", key=KEY)

    assert {name: len(way.calls) for name, way in house.ways.items() if way.calls} == {"customers": 1}


async def test_a_key_that_nobody_has_is_null_not_an_error(house: Running) -> None:
    key = await house.key("agent", holder=f"agent {new_id()}")

    answer = await house.ask(key, VIEW, key={"kind": "account", "value": "nobody"})

    assert answer["data"] == {"customer": None}
    assert "errors" not in answer


async def test_a_node_is_found_again_by_the_id_that_was_given_out(house: Running) -> None:
    key = await fill(house)
    customer = (await house.ask(key, VIEW, key=KEY))["data"]["customer"]
    case = customer["cases"]["edges"][0]["node"]

    answer = await house.ask(key, "query($id: ID!) { node(id: $id) { __typename id ... on Case { title } } }", id=case["id"])

    assert answer["data"]["node"] == {"__typename": "Case", "id": case["id"], "title": "The router drops the line"}


async def test_the_timeline_pages_on_behind_any_entry(house: Running) -> None:
    key = await fill(house)
    customer = (await house.ask(key, VIEW, key=KEY))["data"]["customer"]
    edges = customer["timeline"]["edges"]
    assert len(edges) >= 3

    answer = await house.ask(
        key,
        "query($id: ID!, $after: String) { customer(id: $id) { timeline(first: 2, after: $after) { edges { node { title seq } } } } }",
        id=customer["id"],
        after=edges[0]["cursor"],
    )

    assert [edge["node"]["seq"] for edge in answer["data"]["customer"]["timeline"]["edges"]] == [edge["node"]["seq"] for edge in edges[1:3]]


async def test_a_refused_change_names_the_field_and_the_code(house: Running) -> None:
    key = await house.key("agent", holder=f"agent {new_id()}")

    answer = await house.ask(
        key,
        """mutation($c: OpenCaseInput!) { openCase(input: $c) { entity { uid } userErrors { field code message } } }""",
        c={"customerKey": {"kind": "no such kind", "value": "x"}, "title": "t", "description": "d", "language": "en"},
    )

    assert answer["data"]["openCase"]["entity"] is None
    assert answer["data"]["openCase"]["userErrors"][0]["field"] == "customerKey.kind"


async def test_the_same_idempotency_key_changes_once(house: Running) -> None:
    key = await fill(house)
    mutation = """mutation($c: OpenCaseInput!) { openCase(input: $c, idempotencyKey: "again") { entity { uid } userErrors { code } } }"""
    case = {"customerKey": KEY, "title": "Second", "description": "d", "language": "en"}

    first = await house.ask(key, mutation, c=case)
    second = await house.ask(key, mutation, c=case)

    assert first["data"]["openCase"]["entity"]["uid"] == second["data"]["openCase"]["entity"]["uid"]


async def test_customers_of_a_list_are_loaded_in_one_call(house: Running) -> None:
    key = await fill(house)
    for number in range(3):
        put = await house.rest(key, "PUT", f"/customers/v1/customers/by-key/account/B-{number}", json={"display_name": f"B{number}"})
        person = put.json()
        contact = {
            "external_id": f"batch-{number}",
            "channel": "voice",
            "direction": "inbound",
            "customer_id": person["id"],
            "started_at": "2026-11-23T08:40:00Z",
            "ended_at": "2026-11-23T08:50:00Z",
        }
        assert (await house.rest(key, "POST", "/routing/v1/ended-contacts", json=contact)).status_code == 201
    house.ways["customers"].calls.clear()

    answer = await house.ask(key, "{ contacts(first: 50) { edges { node { externalId customer { displayName } } } } }")

    names = {edge["node"]["externalId"]: edge["node"]["customer"] for edge in answer["data"]["contacts"]["edges"]}
    assert [names[f"batch-{number}"] for number in range(3)] == [{"displayName": f"B{number}"} for number in range(3)]
    assert len(house.ways["customers"].calls) == 1


async def test_a_part_that_is_left_out_by_a_condition_asks_nobody(house: Running) -> None:
    key = await fill(house)
    house.ways["feedback"].calls.clear()
    query = """query($key: IdentityKeyInput!, $all: Boolean!) {
      customer(key: $key) { uid ...More @include(if: $all) mood @skip(if: true) { mood } }
    }
    fragment More on Customer { feedback(first: 1) { pageInfo { endCursor } } }"""

    without = await house.ask(key, query, key=KEY, all=False)
    asked_before = len(house.ways["feedback"].calls)
    with_it = await house.ask(key, query, key=KEY, all=True)

    assert "feedback" not in without["data"]["customer"]
    assert asked_before == 0
    assert "feedback" in with_it["data"]["customer"]
    assert len(house.ways["feedback"].calls) == 1


FOUND = """query($words: String) {
  feedback(first: 5, words: $words) { edges { node { uid text emotion duplicateOf aspects { dimension sentiment } customerId } } }
  unmatchedFeedback(first: 5) { edges { node { uid } } }
  reviewQueue(first: 5) { pageInfo { hasNextPage } }
  themes(first: 5) { size words quotes { text } }
  feedbackSpikes(first: 5) { code }
  driverPriorities { driver prevalence { share } trendP }
  recovery { closed recovered { share low high } stillOpen }
  reviewReplies(first: 5) { edges { node { state } } }
}"""


async def test_what_feedback_found_is_asked_and_changed_by_graphql(house: Running) -> None:
    await fill(house)
    key = await house.key("administrator", holder=f"admin {new_id()}")
    record = """mutation($f: RecordFeedbackInput!) { recordFeedback(input: $f) { entity { uid } userErrors { code } } }"""
    said = {"externalId": f"idea-{new_id()}", "kind": "email", "text": "The zeppelin never landed."}
    uid = (await house.ask(key, record, f=said))["data"]["recordFeedback"]["entity"]["uid"]
    house.clock.move_to(house.clock.now() + timedelta(seconds=40))
    await house.settle()

    found = await house.ask(key, FOUND, words="zeppelins landed")
    assert "errors" not in found, found
    data = found["data"]
    assert [edge["node"]["text"] for edge in data["feedback"]["edges"]] == ["The zeppelin never landed."]
    assert data["unmatchedFeedback"]["edges"] == []  # in the whole house every key finds or makes its customer
    assert (data["themes"], data["feedbackSpikes"], data["reviewReplies"]["edges"]) == ([], [], [])
    assert data["recovery"]["recovered"] == {"share": None, "low": None, "high": None}

    customer = (await house.ask(key, "query($key: IdentityKeyInput!) { customer(key: $key) { uid } }", key=KEY))["data"]["customer"]["uid"]
    change = """mutation($i: ID!, $c: UUID!) { matchFeedback(itemId: $i, customerId: $c) { entity { customerId } userErrors { code } }
      draftReviewReply(itemId: $i, text: "Sorry.") { entity { state } userErrors { code field } } }"""
    changed = (await house.ask(key, change, i=uid, c=customer))["data"]
    assert changed["matchFeedback"] == {"entity": {"customerId": customer}, "userErrors": []}
    assert changed["draftReviewReply"]["userErrors"][0]["code"] == "feedback_not_answerable"
