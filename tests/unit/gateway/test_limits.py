"""What one GraphQL operation may cost: judged before it runs, nothing exempt, and cheap to judge."""

import re
import time
from typing import Any

import pytest
from graphql import NoDeprecatedCustomRule, OperationDefinitionNode, parse, validate

from gateway.console.pages import STATIC
from gateway.execution.documents import Documents
from gateway.execution.problems import RequestRefused
from gateway.schema.build import core_schema

DOCUMENTS = Documents(core_schema(), suggestions=False)


def code_of(query: str, *, reads_schema: bool = False, **variables: Any) -> str | int:
    """Return the cost, or the code of the refusal."""
    try:
        return DOCUMENTS.prepare(query, reads_schema=reads_schema).operation(None).cost(variables)
    except RequestRefused as refused:
        return refused.code


def items(fields: str) -> str:
    return f'{{ customer(id: "x") {{ {fields} }} }}'


def test_the_unified_view_of_an_agent_fits_well_below_the_limit() -> None:
    view = items(
        "id displayName timeline(first: 20) { edges { node { title } } } cases(first: 5) { edges { node { title } } }"
        " feedback(first: 10) { edges { node { text labels { code } } } } suggestedArticles(first: 5) { edges { node { title } } }"
        " offer { withheld { code } } mood { mood } sections { name state }"
    )

    assert code_of(view) == 1 + (1 + 20) + (1 + 5) + (1 + 10 * (1 + 10)) + (1 + 5) + (1 + 10) + 1 + 10


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ('{ customer(id: "x") { id displayName } }', 1),
        (items("timeline(first: 20) { edges { node { title } } }"), 1 + 1 + 20),
        (items("timeline(first: 20) { edges { node { title } } pageInfo { hasNextPage } }"), 1 + 1 + 20 + 1),
        (items("feedback(first: 10) { edges { node { text labels { code } } } }"), 1 + 1 + 10 * (1 + 10)),
        ("{ drivers(first: 100) { edges { node { driver cost { amount } } } } }", 1 + 100 * 2),
        ('{ searchKnowledge(text: "x", first: 50) { results { title } } }', 1 + 50),
        ('{ searchKnowledge(text: "x", first: 5) { results { title } } }', 1 + 10),
        ("{ __typename }", 0),
    ],
)
def test_a_list_costs_as_many_objects_as_it_may_hold(query: str, cost: int) -> None:
    assert code_of(query) == cost


def test_the_page_size_of_a_variable_counts_when_it_is_known() -> None:
    query = 'query($n: Int!) { customer(id: "x") { timeline(first: $n) { edges { node { title } } } } }'

    assert code_of(query, n=20) == 22
    assert code_of(query, n=100) == 102
    assert code_of(query, n=2_147_483_647) == "BAD_USER_INPUT"
    assert code_of(query, n="100") == "BAD_USER_INPUT"
    assert code_of(query, n=True) == "BAD_USER_INPUT"
    assert code_of(query) == "BAD_USER_INPUT"


@pytest.mark.parametrize("size", [0, -1, 101, 2_147_483_647])
def test_a_page_size_out_of_bounds_is_refused(size: int) -> None:
    assert code_of(items(f"timeline(first: {size}) {{ edges {{ cursor }} }}")) == "BAD_USER_INPUT"


def test_a_page_without_its_size_is_refused() -> None:
    assert code_of(items("timeline { edges { cursor } }")) == "GRAPHQL_VALIDATION_FAILED"


def test_what_multiplies_beyond_the_limit_is_refused() -> None:
    dear = items("feedback(first: 100) { edges { node { labels { code } } } }")

    assert code_of(dear) == "MAX_COST_EXCEEDED"


def test_a_fragment_cannot_hide_cost_not_even_one_with_a_name_of_the_schema() -> None:
    dear = "feedback(first: 100) { edges { node { labels { code } } } }"

    assert code_of(f'query {{ customer(id: "x") {{ ...__schema }} }} fragment __schema on Customer {{ {dear} }}') == "MAX_COST_EXCEEDED"


def _aliases(count: int) -> str:
    return "{" + " ".join(f"a{index}: __typename" for index in range(count)) + "}"


def _fragments(depth: int) -> str:
    chain = " ".join(f"fragment f{index} on Query {{ ...f{index + 1} ...f{index + 1} }}" for index in range(depth))
    return f"{{ ...f0 }} {chain} fragment f{depth} on Query {{ __typename }}"


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("3,000 aliases", _aliases(3000), "GRAPHQL_PARSE_FAILED"),
        ("31 aliases below a field", items(" ".join(f"a{n}: uid" for n in range(31))), "GRAPHQL_VALIDATION_FAILED"),
        ("the same field 1,000 times", items("uid " * 1000), "GRAPHQL_VALIDATION_FAILED"),
        ("21 root fields", "{ " + "__typename " * 21 + "}", "GRAPHQL_VALIDATION_FAILED"),
        ("3,000 directives", "{ __typename " + "@include(if: true) " * 3000 + "}", "GRAPHQL_PARSE_FAILED"),
        ("60 directives", items(" ".join(["uid @include(if: true)"] * 15 + ["email @include(if: true)"] * 46)), "GRAPHQL_VALIDATION_FAILED"),
        ("600 fields in one selection", items("a { b } " * 650), "GRAPHQL_PARSE_FAILED"),
        ("depth 200", "{ a " * 200 + "}" * 200, "GRAPHQL_VALIDATION_FAILED"),
        ("depth 13", "{ a " * 13 + "}" * 13, "GRAPHQL_VALIDATION_FAILED"),
        ("fragments that double 40 times", _fragments(40), "GRAPHQL_VALIDATION_FAILED"),
        ("a circle of fragments", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "GRAPHQL_VALIDATION_FAILED"),
        ("an unknown fragment", "{ ...nowhere }", "GRAPHQL_VALIDATION_FAILED"),
        ("an unknown field", "{ nod }", "GRAPHQL_VALIDATION_FAILED"),
        ("70 KB of comment", "{ __typename } #" + "x" * 70_000, "DOCUMENT_TOO_LARGE"),
        ("a lone surrogate", '{ customer(id: "\ud800") { uid } }', "GRAPHQL_PARSE_FAILED"),
        ("an empty selection", "{ }", "GRAPHQL_PARSE_FAILED"),
        ("a fragment alone", "fragment a on Query { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("introspection without the right", "{ __schema { types { name } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("__type without the right", '{ __type(name: "Query") { name } }', "GRAPHQL_VALIDATION_FAILED"),
        ("introspection hidden in a fragment", "{ ...a } fragment a on Query { __schema { types { name } } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_a_hostile_document_is_refused_in_time(name: str, query: str, code: str) -> None:
    started = time.thread_time()

    assert code_of(query) == code, name

    assert time.thread_time() - started < 0.25, name


def test_who_may_read_the_schema_can_run_the_standard_introspection() -> None:
    from graphql import get_introspection_query

    assert isinstance(code_of(get_introspection_query(), reads_schema=True), int)
    assert code_of(get_introspection_query(), reads_schema=False) == "GRAPHQL_VALIDATION_FAILED"


def test_nothing_of_the_schema_leaks_in_a_sentence() -> None:
    with pytest.raises(RequestRefused) as refused:
        DOCUMENTS.prepare("{ custome { uid } }", reads_schema=False)

    assert "customer" not in str(refused.value.errors)
    assert "Did you mean" not in str(refused.value.errors)


def test_a_document_is_prepared_once() -> None:
    query = "query Once { __typename }"

    assert DOCUMENTS.prepare(query, reads_schema=False) is DOCUMENTS.prepare(query, reads_schema=False)
    assert isinstance(DOCUMENTS.prepare(query, reads_schema=False).operation(None).node, OperationDefinitionNode)


def test_the_example_documents_of_the_workbench_are_valid_and_affordable() -> None:
    script = (STATIC / "workbench.js").read_text(encoding="utf-8")
    examples = re.findall(r"query: `(.*?)`", script, re.DOTALL)

    assert len(examples) == 6
    assert [code for code in map(code_of, examples) if not isinstance(code, int)] == []
    assert [error.message for text in examples for error in validate(DOCUMENTS.schema, parse(text), [NoDeprecatedCustomRule])] == []
    assert [line for text in examples for line in text.splitlines() if len(line) > 50] == []  # what half a window shows
