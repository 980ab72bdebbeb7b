"""Scopes: what an operation wants its caller to hold, worked out when its document is prepared and judged once per request.

A field says its scope where it is declared (`computed` in `schema/relay.py`). Its resolver is then `judged`: graphql-core, and a plan for somebody
who lacks a scope, call it so and get a refusal at that field. A plan for callers who hold all that the operation wants calls what is behind the
judge: only a resolver whose scope is among those that were judged is ever called without it.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)

from gateway.execution.shape import python_field

NONE: frozenset[str] = frozenset()
Resolver = Callable[..., Any]


def judged(resolver: Resolver, scope: str) -> Resolver:
    """Return the resolver behind a judge: whoever lacks the scope gets Forbidden in place of its value. It must take `info`."""
    if iscoroutinefunction(resolver):

        @wraps(resolver)
        async def judging(*source: Any, **given: Any) -> Any:  # refused when it runs, not when it is called: so it has always been
            given["info"].context.need(scope)
            return await resolver(*source, **given)
    else:

        @wraps(resolver)
        def judging(*source: Any, **given: Any) -> Any:
            given["info"].context.need(scope)
            return resolver(*source, **given)

    made: Any = judging
    made.scope, made.unjudged = scope, resolver
    return judging


def reading(service: str) -> str:
    """Return the scope of whoever reads what a service owns."""
    return f"{service}:read"


def behind_judge(resolver: Resolver, granted: frozenset[str]) -> Resolver:
    """Return what is called for a caller who was judged already and holds these scopes."""
    unjudged: Resolver | None = getattr(resolver, "unjudged", None)
    return unjudged if unjudged is not None and scope_of(resolver) in granted else resolver


def scope_of(resolver: Any) -> str | None:
    """Return the scope that a resolver wants; None when none is declared: it wants none, or judges by what it is asked for (`node`, streams)."""
    found: str | None = getattr(resolver, "scope", None)
    return found


def scopes_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """Return every scope that a field of the operation wants, through fragments; a field under @skip or @include counts as if it were selected."""
    root = schema.get_root_type(operation.operation)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    reader = _Reader(schema, fragments)
    reader.read(operation.selection_set, root)
    return frozenset(reader.found)


class _Reader:
    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._left = dict(fragments)
        self.found: set[str] = set()

    def read(self, node: SelectionSetNode | None, owner: GraphQLNamedType | None) -> None:
        for part in node.selections if node is not None else ():
            if isinstance(part, FieldNode):
                self._field(part, owner)
            elif isinstance(part, InlineFragmentNode):
                self.read(part.selection_set, self._schema.get_type(part.type_condition.name.value) if part.type_condition else owner)
            else:
                fragment = self._left.pop(part.name.value, None)  # type: ignore[attr-defined]  # what is neither is a spread; each is read once
                if fragment is not None:
                    self.read(fragment.selection_set, self._schema.get_type(fragment.type_condition.name.value))

    def _field(self, node: FieldNode, owner: GraphQLNamedType | None) -> None:
        fields = getattr(owner, "fields", {})
        known = fields.get(node.name.value)
        if known is None:  # __typename and what tells of the schema
            return
        resolver = getattr(python_field(owner, node.name.value), "base_resolver", None) if isinstance(owner, GraphQLObjectType) else None
        scope = scope_of(resolver.wrapped_func) if resolver is not None else None
        if scope is not None:
            self.found.add(scope)
        self.read(node.selection_set, get_named_type(known.type))
