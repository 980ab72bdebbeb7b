"""The door for GraphQL: what it lets through, in which form, and that nothing hostile makes it fall."""

from collections.abc import AsyncIterator

import pytest

from gateway.clients.transport import Unreachable
from tests.integration.gateway.doors import ME, agent
from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")
GRAPHQL_RESPONSE = "application/graphql-response+json"
HOSTILE_BODIES = [
    b"",
    b'"x"',
    b"null",
    b"[]",
    b"[{}]",
    b"7",
    b"{",
    b"\xff\xfe{\x00}\x00",
    b'{"query": NaN}',
    b'{"query": 1e999}',
    b'{"query": "\\ud800"}',
    b'{"query": "{ a }\\u0000"}',
    b'{"query": 7}',
    b'{"query": ""}',
    b'{"query": "{ __typename }", "variables": []}',
    b'{"query": "{ __typename }", "variables": "x"}',
    b'{"query": "{ __typename }", "operationName": {}}',
    b'{"query": "{ __typename }", "variables": ' + b"[" * 400 + b"]" * 400 + b"}",
    b'{"query": null}',
]


@pytest.mark.parametrize("body", HOSTILE_BODIES)
async def test_a_malformed_graphql_request_is_400_never_500(house: Running, body: bytes) -> None:
    answer = await house.rest(await agent(house), "POST", "/graphql", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in answer.json()


async def test_other_kinds_of_body_and_method_are_refused(house: Running) -> None:
    key = await agent(house)

    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert (await house.rest(key, "POST", "/graphql", content=b"{}", headers={"Content-Type": kind})).status_code == 415
    assert (await house.rest(key, "GET", "/graphql", params={"query": ME})).status_code == 400
    assert (await house.rest(key, "PUT", "/graphql", json={"query": ME})).status_code == 405


async def test_a_body_over_256_kib_is_refused_by_what_really_arrives(house: Running) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 10_000

    answer = await house.rest(await agent(house), "POST", "/graphql", content=chunks(), headers={"Content-Type": "application/json"})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nod }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: Int!) { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ customer(id: "x") { timeline(first: 101) { pageInfo { endCursor } } } }', "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ('subscription { customerTimeline(customerId: "x") { title } }', "BAD_USER_INPUT"),
        ("{ " + " ".join(f"a{n}: contacts(first: 100) {{ edges {{ node {{ uid }} }} }}" for n in range(11)) + " }", "MAX_COST_EXCEEDED"),
    ],
)
async def test_the_status_tells_an_invalid_document_only_where_the_client_asked_for_it(house: Running, query: str, code: str) -> None:
    key = await agent(house)

    new = await house.post(key, {"query": query}, Accept=GRAPHQL_RESPONSE)
    old = await house.post(key, {"query": query}, Accept="application/json")

    assert (new.status_code, old.status_code) == (400, 200)
    assert new.headers["content-type"].startswith(GRAPHQL_RESPONSE)
    assert old.headers["content-type"].startswith("application/json")
    for answer in (new, old):
        assert answer.json()["errors"][0]["extensions"]["code"] == code
        assert "data" not in answer.json()


async def test_a_variable_of_the_wrong_type_is_the_clients_error(house: Running) -> None:
    query = "query($id: ID!) { customer(id: $id) { uid } }"
    answer = await house.post(await agent(house), {"query": query, "variables": {"id": {"a": 1}}}, Accept=GRAPHQL_RESPONSE)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_503_only_when_nothing_at_all_could_be_answered(house: Running) -> None:
    key = await agent(house)
    house.ways["customers"].broken = Unreachable()
    house.ways["routing"].broken = Unreachable()
    both = '{ customer(key: {kind: "account", value: "x"}) { uid } contacts(first: 1) { pageInfo { endCursor } } %s }'

    dark = await house.post(key, {"query": both % ""}, Accept=GRAPHQL_RESPONSE)
    dim = await house.post(key, {"query": both % "__typename"}, Accept=GRAPHQL_RESPONSE)

    assert (dark.status_code, dim.status_code) == (503, 200)


async def test_the_schema_is_read_with_the_right_and_in_development(house: Running) -> None:
    answer = await house.ask(await agent(house), '{ __type(name: "Customer") { name } }')

    assert answer["data"]["__type"] == {"name": "Customer"}
