"""The one GraphQL door: who may come in for which field, and hostile requests, which are refused, never sent back, and change nothing."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)
from sqlalchemy import func, select
from sqlmodel import col, update

from gateway.execution.problems import BY_STATUS, STATUS
from gateway.models import AccessKey
from gateway.schema import ids
from gateway.schema.build import core_schema
from gateway.schema.relay import global_id
from services.kit.db import Tx, UnitOfWork
from tests.integration.gateway.house import Running, open_house
from tests.support.doors import SOME_ID
from tests.support.hostile import MARKER, MOST_ANSWER, malformed

pytestmark = pytest.mark.asyncio(loop_scope="module")
SCHEMA = core_schema()
STREAM = "text/event-stream"
CODES = {*STATUS, *BY_STATUS.values()}
KINDS = (ids.CUSTOMER, ids.CASE, ids.CONTACT, ids.DECISION, ids.ITEM, ids.FOLLOW_UP, ids.ARTICLE, ids.INITIATIVE)
VALUES = {
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "ID": SOME_ID,
    "UUID": SOME_ID,
    "DateTime": "2026-11-22T09:00:00Z",
    "JSON": {},
    "String": "example",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Run every service and the gateway."""
    async with open_house(tmp_path_factory.mktemp("house")) as running:
        yield running


def value_of(kind: GraphQLInputType) -> Any:
    bare = get_nullable_type(kind)
    if is_list_type(bare):
        return [value_of(bare.of_type)]
    named = get_named_type(bare)
    if isinstance(named, GraphQLInputObjectType):
        return {name: value_of(part.type) for name, part in named.fields.items() if is_required_input_field(part)}
    return next(iter(named.values)) if isinstance(named, GraphQLEnumType) else VALUES[named.name]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every root field as a whole operation with well-formed arguments; `node` once for each kind."""
    for word, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type), ("subscription", SCHEMA.subscription_type)):
        assert root is not None
        for name, field in root.fields.items():
            needed = {argument: given.type for argument, given in field.args.items() if is_required_argument(given)}
            if name == "customer":
                needed = {"id": field.args["id"].type}
            declared = f"({', '.join(f'${argument}: {kind}' for argument, kind in needed.items())})" if needed else ""
            given = f"({', '.join(f'{argument}: ${argument}' for argument in needed)})" if needed else ""
            picked = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
            text = f"{word}{declared} {{ {name}{given}{picked} }}"
            if name == "node":
                for kind in KINDS:
                    yield f"node of a {kind}", text, {"id": global_id(kind, SOME_ID)}
            else:
                yield name, text, {argument: value_of(kind) for argument, kind in needed.items()}


OPERATIONS = list(operations())


async def ask(house: Running, key: str | None, query: str, variables: Mapping[str, Any]) -> httpx.Response:
    accept = STREAM if query.startswith("subscription") else "application/graphql-response+json"
    return await house.post(key, {"query": query, "variables": variables}, accept=accept)


def codes(answer: httpx.Response) -> list[str]:
    """Return the codes of the errors of an answer, or of the first event of a stream."""
    text = answer.text.partition("data: ")[2].partition("\n")[0] if answer.headers["content-type"].startswith(STREAM) else answer.text
    return [error["extensions"]["code"] for error in orjson.loads(text).get("errors", [])]


async def key_without_scopes(house: Running) -> str:
    """Issue a key whose roles have lost every scope since."""
    key = await house.key("analyst", holder="somebody without rights")

    async def lose(uow: UnitOfWork) -> None:
        await uow.execute(update(AccessKey).where(col(AccessKey.holder) == "somebody without rights").values(scopes=[]))

    await house.app.state.own.state.runtime.write(lose)
    return key


@pytest.mark.parametrize(("name", "query", "variables"), OPERATIONS, ids=[name for name, _, _ in OPERATIONS])
async def test_nobody_reads_or_changes_a_field_without_a_key(house: Running, name: str, query: str, variables: Mapping[str, Any]) -> None:
    answer = await ask(house, None, query, variables)
    assert (name, answer.status_code, codes(answer)) == (name, 401, ["UNAUTHENTICATED"])
    assert "data" not in answer.json()


async def test_a_field_is_forbidden_to_a_key_without_its_scope(house: Running) -> None:
    key = await key_without_scopes(house)
    before = await sizes(house)
    found = {name: codes(await ask(house, key, query, variables)) for name, query, variables in OPERATIONS}
    assert found == {name: ["FORBIDDEN"] for name, _, _ in OPERATIONS}
    assert await sizes(house) == before


async def test_a_field_opens_for_the_administrator(house: Running) -> None:
    key = await house.key("administrator", holder="keeper")
    for name, query, variables in OPERATIONS:
        if not query.startswith("subscription"):
            found = codes(await ask(house, key, query, variables))
            assert not {"UNAUTHENTICATED", "FORBIDDEN", "INTERNAL"} & set(found), (name, found)


async def sizes(house: Running) -> dict[str, int]:
    """Count the rows of every table of the house."""
    found: dict[str, int] = {}
    for runtime in house.runtimes:

        async def count(tx: Tx, tables: Mapping[str, Any] = runtime.service.metadata.tables) -> dict[str, int]:
            return {name: await tx.scalar(select(func.count()).select_from(table)) for name, table in tables.items()}

        found |= {f"{runtime.service.name}.{name}": size for name, size in (await runtime.read(count)).items()}
    return found


def hostile() -> Iterator[tuple[str, bytes, Mapping[str, str]]]:
    """Yield hostile requests."""
    plain = {"content-type": "application/json"}
    for case in malformed({"query": "{ __typename }"}):
        yield case.name, case.content, case.headers
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        yield f"content type {kind or 'none'}", b'{"query": "{ __typename }"}', {"content-type": kind} if kind else {}
    texts = {
        "a body of 2 MB": {"query": "{ __typename }", "variables": {"a": MARKER * 170_000}},
        "a text": MARKER,
        "a number": 7,
        "nothing": None,
        "a batch": [{"query": "{ __typename }"}] * 3,
        "no query": {"variables": {"a": MARKER}},
        "a query that is a number": {"query": 7},
        "variables that are a list": {"query": "{ __typename }", "variables": [MARKER]},
        "a name that is an object": {"query": "{ __typename }", "operationName": {MARKER: 1}},
        "a name of 10,000 letters": {"query": "{ __typename }", "operationName": MARKER + "x" * 10_000},
        "a name that is not there": {"query": "query a { __typename }", "operationName": "b"},
        "no document": {"query": "{"},
        "200 levels": {"query": "{a" * 200 + "}" * 200},
        "5,000 levels": {"query": "{a" * 5000 + "}" * 5000},
        "1,000 times one field": {"query": "{" + "__typename " * 1000 + "}"},
        "3,000 aliases": {"query": "{" + " ".join(f"a{number}: __typename" for number in range(3000)) + "}"},
        "5,000 directives": {"query": "{ __typename " + "@skip(if: false) " * 5000 + "}"},
        "100 fields that are not there": {"query": "{" + " ".join(f"no{number}" for number in range(100)) + "}"},
        "a fragment in a circle": {"query": "{ ...a } fragment a on Query { ...a }"},
        "a fragment named __schema": {
            "query": "{ ...__schema } fragment __schema on Query { contacts(first: 100) { edges { node { id } } } nothing }"
        },
    }
    for name, value in texts.items():
        yield name, json.dumps(value).encode(), plain
    pages = "query($first: Int!) { contacts(first: $first) { edges { node { id } } } }"
    for first in (0, -1, 101, 2**31 - 1, 3_000_000_000, 10**19, 1.5, MARKER, None, True, [1], {MARKER: 1}):
        yield f"first: {first}", json.dumps({"query": pages, "variables": {"first": first}}).encode(), plain
        yield (
            f"first: {first} in the text",
            json.dumps({"query": pages.replace("$first: Int!", "$a: Int").replace("$first", json.dumps(first))}).encode(),
            plain,
        )
    node = "query($id: ID!) { node(id: $id) { __typename } }"
    for odd in (
        MARKER,
        "",
        "\x7f",
        "Q3VzdG9tZXI6",
        "4" * 10_000,
        global_id("Customer", MARKER),
        global_id(MARKER, SOME_ID),
        global_id("Agent", SOME_ID),
    ):
        yield f"node: {odd[:20]}", json.dumps({"query": node, "variables": {"id": odd}}).encode(), plain
    for name, wrong in {
        "a number": 7,
        "a list": [MARKER],
        "a wrong field": {"zebra": MARKER},
        "half": {"kind": MARKER},
        "long": {"kind": MARKER * 9999},
    }.items():
        asked = {"query": "query($key: IdentityKeyInput) { customer(key: $key) { __typename } }", "variables": {"key": wrong}}
        yield f"a key that is {name}", json.dumps(asked).encode(), plain


HOSTILE = list(hostile())


async def test_a_hostile_request_is_refused_with_a_code_and_changes_nothing(house: Running) -> None:
    key = await house.key("administrator", holder="attacker")
    await house.ask(key, "{ __typename }")  # the day of the key's first use is noted once
    before, wrong = await sizes(house), []
    for name, content, headers in HOSTILE:
        for accept in ("application/json", "application/graphql-response+json"):
            answer = await house.rest(key, "POST", "/graphql", content=content, headers={**headers, "accept": accept})
            wrong += [f"{name}: {one}" for one in faults(answer)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert await sizes(house) == before


def faults(answer: httpx.Response) -> Iterator[str]:
    """Say what is wrong with the refusal of a GraphQL request."""
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    errors = answer.json().get("errors")
    if not errors:
        yield "no errors"
    strange = {error.get("extensions", {}).get("code") for error in errors or ()} - CODES
    if strange:
        yield f"codes {strange}"
    if len(answer.content) > MOST_ANSWER:
        yield f"{len(answer.content)} bytes"
    if MARKER in answer.text:
        yield "sends input back: " + answer.text[max(0, answer.text.index(MARKER) - 60) :][:120]
