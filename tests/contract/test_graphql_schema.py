"""The GraphQL schema is a promise: what is committed is what is served, described, and safe against a silent service."""

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    is_introspection_type,
    is_non_null_type,
    is_scalar_type,
    is_specified_scalar_type,
)

from gateway.schema.build import core_schema
from gateway.schema.customer_read import PARTS
from gateway.schema_check import COMMITTED, breaking_changes, text_of_code

SCHEMA = core_schema()
TYPES = [kind for kind in SCHEMA.type_map.values() if not is_introspection_type(kind) and not is_specified_scalar_type(kind)]


def fields() -> list[tuple[str, GraphQLField]]:
    return [
        (f"{kind.name}.{name}", field)
        for kind in TYPES
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in kind.fields.items()
    ]


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == text_of_code()


def test_everything_is_described() -> None:
    undescribed = [kind.name for kind in TYPES if not kind.description and not is_scalar_type(kind)]
    undescribed += [name for name, field in fields() if not field.description]
    undescribed += [f"{name}({arg})" for name, field in fields() for arg, given in field.args.items() if not given.description]

    assert undescribed == []


def test_every_page_needs_its_size() -> None:
    paged = [(name, field) for name, field in fields() if "first" in field.args]

    assert len(paged) > 15
    assert [name for name, field in paged if not is_non_null_type(field.args["first"].type)] == []


def test_nothing_that_another_service_owns_can_take_the_customer_with_it() -> None:
    customer = SCHEMA.type_map["Customer"]
    assert isinstance(customer, GraphQLObjectType)

    assert [name for name in (*PARTS, "timeline") if is_non_null_type(customer.fields[name].type)] == []


def test_no_root_question_is_non_null() -> None:
    assert SCHEMA.query_type is not None
    assert [name for name, field in SCHEMA.query_type.fields.items() if is_non_null_type(field.type)] == []


def test_every_mutation_answers_with_entity_and_user_errors() -> None:
    assert SCHEMA.mutation_type is not None
    for name, field in SCHEMA.mutation_type.fields.items():
        payload = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        assert isinstance(payload, GraphQLObjectType), name
        assert set(payload.fields) == {"entity", "userErrors"}, name


def test_the_customer_is_a_node_and_node_finds_every_kind() -> None:
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    kinds = {kind.name for kind in SCHEMA.get_possible_types(node)}

    assert kinds == {
        "AccessKey",
        "Customer",
        "Case",
        "Contact",
        "CustomerContact",
        "Reservation",
        "SurveyDecision",
        "FeedbackItem",
        "FollowUp",
        "Article",
        "Initiative",
    }


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        ("type Query { a: Int b: Int }", "type Query { a: Int }", ["FIELD_REMOVED: Field Query.b was removed."]),
        ("type Query { a: Int }", "type Query { a: Int b: Int }", []),
    ],
)
def test_a_removed_field_is_a_breaking_change_and_an_added_one_is_not(old: str, new: str, broken: list[str]) -> None:
    build_schema(old)

    assert breaking_changes(old, new) == broken
