"""What an operation may cost at most, known before it runs: one for each object, and a list as many times as it may be long."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_introspection_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_union_type,
)

COST = 1_000
FIRST = 100
"""Largest page."""
PAGE_FIELDS = frozenset({"edges", "nodes"})
LIST_LENGTH = 10
"""What an unpaged list counts; lists of ours that can be longer are connections."""


class PageSizeRefused(Exception):
    """`first` is not between 1 and 100."""


class TooDear(Exception):
    """The operation may cost more than `COST`."""

    def __init__(self, cost: int) -> None:
        super().__init__(f"The operation may cost {cost}; the most is {COST}. Ask for smaller pages or fewer fields.")
        self.cost = cost


class CostCount:
    """Counts one operation of a valid document. Nothing is exempt; the schema's own lists count once, since only its readers get here."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        self._variables = variables

    def operation(self, node: OperationDefinitionNode) -> int:
        """Return the cost; raises PageSizeRefused or TooDear."""
        root = self._schema.get_root_type(node.operation)
        cost = self._selection(node.selection_set, root, 1) if root is not None else 0
        if cost > COST:
            raise TooDear(cost)
        return cost

    def _selection(self, node: SelectionSetNode | None, owner: GraphQLNamedType | None, page: int) -> int:
        if node is None:
            return 0
        total = 0
        for part in node.selections:
            if isinstance(part, FieldNode):
                total += self._field(part, owner, page)
            elif isinstance(part, InlineFragmentNode):
                on = self._schema.get_type(part.type_condition.name.value) if part.type_condition else owner
                total += self._selection(part.selection_set, on, page)
            elif isinstance(part, FragmentSpreadNode):
                fragment = self._fragments[part.name.value]
                total += self._selection(fragment.selection_set, self._schema.get_type(fragment.type_condition.name.value), page)
        return total

    def _field(self, node: FieldNode, owner: GraphQLNamedType | None, page: int) -> int:
        known = owner.fields.get(node.name.value) if isinstance(owner, GraphQLObjectType | GraphQLInterfaceType) else None
        if known is None:  # __typename, __schema, __type; or a field of a union, which has none
            return 0 if node.selection_set is None else 1 + self._selection(node.selection_set, None, 1)
        named = get_named_type(known.type)
        if is_leaf_type(named) and not is_union_type(named):
            return 0
        own_page = self._first(node, known)
        if own_page is not None:  # a connection: its items count where they stand, under edges
            return 1 + self._selection(node.selection_set, named, own_page)
        if node.name.value in PAGE_FIELDS:
            return page * self._selection(node.selection_set, named, 1)
        length = self._length(known, owner, page)
        return length * (1 + self._selection(node.selection_set, named, 1))

    def _length(self, known: GraphQLField, owner: GraphQLNamedType | None, page: int) -> int:
        """Return how many objects the field may hold: a list right below a paged field is as long as the page."""
        if not _is_list(known) or owner is None or is_introspection_type(owner):
            return 1
        return max(page, LIST_LENGTH)

    def _first(self, node: FieldNode, known: GraphQLField) -> int | None:
        if "first" not in known.args:
            return None
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                if isinstance(value, IntValueNode):
                    return _page(int(value.value))
                if isinstance(value, VariableNode):
                    return _page(self._variables.get(value.name.value, known.args["first"].default_value))
        return _page(None)


def _page(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= FIRST:
        raise PageSizeRefused(f"`first` must be a whole number from 1 to {FIRST}.")
    return value


def _is_list(known: GraphQLField) -> bool:
    kind = known.type
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)
