"""Scopes are collected when a document is prepared and judged once per request; who lacks one is refused where it is wanted, as ever."""

import time
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, is_leaf_type, is_required_argument

from gateway.clients.all import NAMES, OWN, make_clients
from gateway.clients.service import Caller, Patience
from gateway.context import GatewayContext
from gateway.execution.documents import Documents
from gateway.execution.run import GraphQLRequest, Runner
from gateway.execution.scopes import scope_of
from gateway.execution.shape import python_field
from gateway.execution.stale import LastGood
from gateway.execution.written import written
from gateway.schema.build import core_schema
from services.kit.auth import Principal
from tests.support.gateway_upstream import CUSTOMER, FixedTransport

SCHEMA = core_schema()
DOCUMENTS = Documents(SCHEMA, suggestions=False)
EVERY = frozenset({f"{name}:read" for name in NAMES})
VIEW = """query View($id: ID!, $more: Boolean = false) {
  customer(id: $id) { displayName ...Parts }
  contacts(first: 1) @include(if: $more) { pageInfo { hasNextPage } }
}
fragment Parts on Customer { feedback(first: 2) { edges { node { uid } } } ...Others }
fragment Others on Customer { mood { mood } responses(first: 1) { pageInfo { endCursor } } }
"""
ROOT: Any = SCHEMA.query_type
LITERALS = {"Int": "1", "Float": "1.0", "Boolean": "true", "DateTime": '"2026-11-23T12:00:00Z"', "JSON": "{}"}


@dataclass
class Watched(GatewayContext):
    """A context that notes what fields ask of their caller."""

    judged: list[str] = field(default_factory=list)

    def need(self, scope: str) -> None:
        self.judged.append(scope)
        super().need(scope)


async def ask(text: str, scopes: frozenset[str], *, compiled: bool = True, **variables: Any) -> tuple[Any, list[Any], list[str]]:
    """Return data, (path, code, message) of the errors, and the scopes that were judged while it ran."""
    clients = make_clients({name: FixedTransport(name) for name in (*NAMES, OWN)}, lambda _principal, _service: "token", Patience())
    asker = Principal(subject="ada", roles=frozenset(), scopes=scopes)
    context = Watched(Caller(asker, "scopes", time.monotonic() + 60), clients, LastGood(30), 0.2)
    runner = Runner(DOCUMENTS, False, 60.0, 60.0, compiled)
    answered = await runner.run(runner.ready(GraphQLRequest(text, None, variables), asker), context)
    errors = [(one["path"], one["extensions"]["code"], one["message"]) for one in answered.errors]
    return orjson.loads(written(answered.data)), sorted(errors, key=repr), context.judged


def test_a_prepared_document_knows_what_its_operations_want_through_fragments_and_conditions() -> None:
    operation = DOCUMENTS.prepare(VIEW, reads_schema=False).operation(None)

    assert operation.scopes == {"customers:read", "feedback:read", "survey:read", "routing:read"}


def test_each_operation_of_a_document_wants_its_own() -> None:
    document = DOCUMENTS.prepare(
        "query A { contacts(first: 1) { pageInfo { endCursor } } } query B { __typename } query C($id: ID!) { node(id: $id) { id } }",
        reads_schema=False,
    )

    assert [sorted(document.operation(name).scopes) for name in "ABC"] == [["routing:read"], [], []]


async def test_who_holds_everything_is_not_judged_again_while_it_runs() -> None:
    data, errors, judged = await ask(VIEW, EVERY, id=str(CUSTOMER))

    assert (errors, judged) == ([], [])
    assert len(data["customer"]["feedback"]["edges"]) == 2


@pytest.mark.parametrize("lacking", ["feedback:read", "survey:read", "customers:read", "routing:read"])
async def test_who_lacks_one_scope_gets_the_rest_and_one_refusal_there(lacking: str) -> None:
    whole, _, _ = await ask(VIEW, EVERY, id=str(CUSTOMER))

    mine = await ask(VIEW, EVERY - {lacking}, id=str(CUSTOMER))
    core = await ask(VIEW, EVERY - {lacking}, compiled=False, id=str(CUSTOMER))

    place = {"feedback:read": ["customer", "feedback"], "survey:read": ["customer", "responses"], "customers:read": ["customer"]}.get(lacking)
    assert mine[:2] == core[:2]
    assert mine[1] == ([(place, "FORBIDDEN", f"This needs the scope {lacking}.")] if place else [])
    if place and len(place) > 1:
        assert mine[0] == {"customer": {**whole["customer"], place[-1]: None}}


async def test_a_refusal_leaves_nothing_behind_for_the_next_caller() -> None:
    narrow = EVERY - {"feedback:read"}

    answers = [await ask(VIEW, scopes, id=str(CUSTOMER)) for scopes in (EVERY, narrow, EVERY, narrow)]

    assert [len(errors) for _, errors, _ in answers] == [0, 1, 0, 1]
    assert [data["customer"]["feedback"] is None for data, *_ in answers] == [False, True, False, True]


def declared() -> list[str]:
    return sorted(name for name in ROOT.fields if (found := python_field(ROOT, name)) and scope_of(found.base_resolver.wrapped_func))


def literal(kind: Any) -> str:
    """Return something that may stand where the type is wanted."""
    named, text = get_named_type(kind), f'"{CUSTOMER}"'
    if isinstance(named, GraphQLEnumType):
        text = next(iter(named.values))
    elif isinstance(named, GraphQLInputObjectType):
        text = "{" + ", ".join(f"{key}: {literal(one.type)}" for key, one in named.fields.items() if is_required_argument(one)) + "}"
    elif named.name in LITERALS:
        text = LITERALS[named.name]
    return f"[{text}]" if "[" in str(kind) else text


def question(name: str) -> str:
    asked = ROOT.fields[name]
    given = ", ".join(f"{key}: {literal(one.type)}" for key, one in asked.args.items() if is_required_argument(one) or key == "first")
    below = "" if is_leaf_type(get_named_type(asked.type)) else " { __typename }"
    return f"{{ {name}{f'({given})' if given else ''}{below} }}"


def test_every_question_but_the_one_about_anything_says_what_it_wants() -> None:
    silent = sorted(set(ROOT.fields) - set(declared()))

    assert silent == ["node"]


@pytest.mark.parametrize("name", declared())
async def test_no_question_is_answered_to_somebody_without_its_scope(name: str) -> None:
    scope = scope_of(python_field(ROOT, name).base_resolver.wrapped_func)

    for compiled in (True, False):
        data, errors, _ = await ask(question(name), frozenset(), compiled=compiled)
        assert (data, errors) == ({name: None}, [([name], "FORBIDDEN", f"This needs the scope {scope}.")])
