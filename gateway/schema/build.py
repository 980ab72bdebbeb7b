"""The schema, put together."""

from graphql import GraphQLSchema
from strawberry import Schema
from strawberry.schema.config import StrawberryConfig

from gateway.execution.written import OWN_SCALARS
from gateway.schema.mutation import Mutation
from gateway.schema.query import Query
from gateway.schema.subscription import Subscription

FIRST_LINES = "# The GraphQL schema of Antiphon. Written by `python -m gateway.schema_check --write`; checked for drift and breaking changes.\n"


def make_schema(*, in_order: bool = True) -> Schema:
    """Return the schema; `in_order` sorts it for people to read, which costs enums their Python classes.

    Suggestions are off, since they tell a stranger what exists.
    """
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(disable_field_suggestions=True, sort_schema=in_order, scalar_map=OWN_SCALARS),
    )


def core_schema() -> GraphQLSchema:
    """Return the schema as graphql-core runs it."""
    found: GraphQLSchema = make_schema(in_order=False)._schema  # noqa: SLF001  strawberry has no public way to it
    return found
