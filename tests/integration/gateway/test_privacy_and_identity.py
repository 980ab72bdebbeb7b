"""Merging, consents, cases and what a person may demand of us, by GraphQL."""

import pytest

from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_person_is_suggested_merged_exported_and_forgotten(house: Running) -> None:
    key = await house.key("administrator")
    paths = {name: f"/customers/v1/customers/by-key/account/PI-{name}" for name in ("1", "2")}
    fields = {"display_name": "Ann Smith", "email": "ann.smith@example.com"}
    one = (await house.rest(key, "PUT", paths["1"], json=fields)).json()["id"]
    other = (await house.rest(key, "PUT", paths["2"], json={"display_name": "SMITH Ann"})).json()["id"]
    await house.settle()
    found = await house.ask(key, "query($id: ID!) { customerCandidates(id: $id) { customerId evidence { kind } } }", id=one)
    assert found["data"]["customerCandidates"] == [{"customerId": other, "evidence": [{"kind": "name"}]}]
    refuse = "mutation($a: ID!, $b: ID!) { refuseCandidate(id: $a, otherId: $b) { entity { customerId otherId } userErrors { code } } }"
    pair = (await house.ask(key, refuse, a=one, b=other))["data"]["refuseCandidate"]["entity"]
    assert {pair["customerId"], pair["otherId"]} == {one, other}
    refused = await house.ask(
        key,
        "query($id: ID!) { now: customerCandidates(id: $id) { customerId } said: customerCandidates(id: $id, refused: true) { customerId } }",
        id=one,
    )
    assert refused["data"] == {"now": [], "said": [{"customerId": other}]}
    merge = 'mutation($a: ID!, $b: ID!) { mergeCustomers(survivorId: $a, mergedId: $b, reason: "same") { entity { uid } userErrors { code } } }'
    merged = (await house.ask(key, merge, a=one, b=other))["data"]["mergeCustomers"]
    again = (await house.ask(key, merge, a=one, b=other))["data"]["mergeCustomers"]
    assert (merged["userErrors"], again["userErrors"]) == ([], [{"code": "already_one_person"}])
    copy = await house.ask(key, "query($id: ID!) { customerExport(id: $id) { customerIds missing parts { service rows sha256 } } }", id=other)
    export = copy["data"]["customerExport"]
    assert sorted(export["customerIds"]) == sorted([one, other])
    assert "customers" in [part["service"] for part in export["parts"]]
    by_rest = await house.rest(key, "GET", f"/gateway/v1/customers/{other}/export")
    assert by_rest.headers["content-disposition"] == f'attachment; filename="customer-{other}.json"'
    assert {part["service"]: part["sha256"] for part in by_rest.json()["parts"]} == {part["service"]: part["sha256"] for part in export["parts"]}
    assert by_rest.json()["parts"][0]["tables"]["customer"][0]["display_name"] == "Ann Smith"
    undo = "mutation($id: ID!) { undoMerge(id: $id) { entity { undoneAt } userErrors { code } } }"
    assert (await house.ask(key, undo, id=merged["entity"]["uid"]))["data"]["undoMerge"]["userErrors"] == []
    erase = "mutation($id: ID!) { eraseCustomer(id: $id) { entity { uid state missing } userErrors { code } } }"
    erased = (await house.ask(key, erase, id=one))["data"]["eraseCustomer"]["entity"]
    assert (erased["state"], "survey" in erased["missing"]) == ("running", True)
    await house.settle()
    shown = await house.ask(key, "query($id: ID!) { customerErasure(id: $id) { state missing } }", id=erased["uid"])
    assert "customers" not in shown["data"]["customerErasure"]["missing"]
    agent = await house.key("agent")
    refused = await house.ask(agent, erase, id=other)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
