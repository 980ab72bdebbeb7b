"""Escalations over GraphQL: raised, taken higher, acknowledged, resolved and listed."""

from tests.integration.gateway.house import Running
from tests.integration.gateway.test_routing_live import a_floor, asked

ESCALATE = """mutation($in: EscalateInput!, $once: String) { escalateContact(input: $in, idempotencyKey: $once) {
  entity { uid level state fromWhom toWhom contactId steps { level cause } } userErrors { code field } } }"""
TAKE = 'mutation($id: UUID!) { acknowledgeEscalation(uid: $id, by: "lena") { entity { state acknowledgedBy } userErrors { code } } }'
RAISE = 'mutation($id: UUID!) { raiseEscalation(uid: $id, reason: "higher", by: "lena") { entity { level state fromWhom } userErrors { code } } }'
RESOLVE = 'mutation($id: UUID!) { resolveEscalation(uid: $id, outcome: "done") { entity { state outcome } userErrors { code } } }'
LIST = "query($q: String, $s: String) { escalations(first: 10, queue: $q, state: $s) { edges { node { uid level customer { uid } } } } }"
ONE = "query($id: UUID!) { escalation(uid: $id) { state reason } }"
LEVELS = {"levels": [{"to_whom": "Team lead", "acknowledge_seconds": 900}, {"to_whom": "Head of care"}]}


async def test_an_escalation_is_raised_and_answered_over_graphql(house: Running) -> None:
    key = await a_floor(house, "esc1", "esc1")
    await house.rest(key, "PUT", "/routing/v1/queues/esc1/escalation-levels", json=LEVELS)
    contact = (await house.rest(key, "POST", "/routing/v1/contacts", json={"channel": "voice", "queue": "esc1", "external_id": "pbx-esc1"})).json()
    given = {"contactId": contact["id"], "reason": "wants the manager", "raisedBy": "esc1"}
    first, again = [(await asked(house, key, ESCALATE, **{"in": given, "once": "esc-1"}))["escalateContact"] for _ in range(2)]
    assert first == again
    raised = first["entity"]
    assert raised == {
        "uid": raised["uid"],
        "level": 1,
        "state": "open",
        "fromWhom": "esc1",
        "toWhom": "Team lead",
        "contactId": contact["id"],
        "steps": [{"level": 1, "cause": "person"}],
    }
    refused = (await asked(house, key, ESCALATE, **{"in": {"reason": "nothing"}, "once": None}))["escalateContact"]
    assert refused == {"entity": None, "userErrors": [{"code": "escalation_needs_one_subject", "field": "contactId"}]}
    taken = (await asked(house, key, TAKE, id=raised["uid"]))["acknowledgeEscalation"]
    assert taken == {"entity": {"state": "acknowledged", "acknowledgedBy": "lena"}, "userErrors": []}
    higher = (await asked(house, key, RAISE, id=raised["uid"]))["raiseEscalation"]
    assert higher == {"entity": {"level": 2, "state": "open", "fromWhom": "lena"}, "userErrors": []}
    assert (await asked(house, key, RAISE, id=raised["uid"]))["raiseEscalation"]["userErrors"] == [{"code": "escalation_at_highest_level"}]
    listed = (await asked(house, key, LIST, q="esc1", s="open"))["escalations"]["edges"]
    assert [edge["node"] for edge in listed] == [{"uid": raised["uid"], "level": 2, "customer": None}]
    assert (await asked(house, key, RESOLVE, id=raised["uid"]))["resolveEscalation"]["entity"] == {"state": "resolved", "outcome": "done"}
    assert (await asked(house, key, LIST, q="esc1", s="open"))["escalations"]["edges"] == []
    assert (await asked(house, key, ONE, id=raised["uid"]))["escalation"] == {"state": "resolved", "reason": "higher"}
    assert (await asked(house, key, ONE, id=contact["id"]))["escalation"] is None
