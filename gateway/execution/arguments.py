"""Arguments of a field, bound when its plan is made: constants once, plain variables by name, anything else the reference way for each call."""

from collections.abc import Callable, Mapping
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLField, NullValueNode, Undefined, VariableNode, get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryOptional

from gateway.execution.shape import NotPlain

Bound = Callable[[Any], dict[str, Any]]
"""From graphql-core's variable values to a resolver's keyword arguments."""
AS_THEY_ARE = frozenset({str, int, float, bool, strawberry.ID})


def bind(field: GraphQLField, node: FieldNode, python: Any, converter: Any) -> Bound:
    """Return how this occurrence of the field gets its arguments."""

    def reference(variables: Any) -> dict[str, Any]:
        found = get_argument_values(field, node, variables, None, True)
        return dict(convert_arguments(found, python.arguments, converter.scalar_registry, converter.config))

    if not any(_variables(node)):
        try:
            constant = reference(None)
        except Exception:  # noqa: BLE001  whatever is wrong with them is found again, and told, by the reference
            return reference
        if all(value is None or type(value) in AS_THEY_ARE for value in constant.values()):
            return lambda _variables: dict(constant)
        return reference
    try:
        return _by_name(field, node, python, converter, reference)
    except NotPlain:
        return reference


def _by_name(field: GraphQLField, node: FieldNode, python: Any, converter: Any, reference: Bound) -> Bound:
    """Return a binding that only copies variables of plain types; raises NotPlain when an argument is more than that."""
    given = {part.name.value: part.value for part in node.arguments or ()}
    names = {converter.config.name_converter.from_argument(argument): argument for argument in python.arguments}
    rest = FieldNode(name=node.name, arguments=tuple(part for part in node.arguments or () if not isinstance(part.value, VariableNode)))
    copied: list[tuple[str, str]] = []
    for name, value in given.items():
        if isinstance(value, VariableNode):
            if not _is_plain(names[name].type) or field.args[name].default_value not in {Undefined, None}:
                raise NotPlain
            copied.append((names[name].python_name, value.name.value))
        elif any(_variables(value)):
            raise NotPlain
    constant = _constants(field, rest, python, converter, frozenset(given))

    def by_name(variables: Any) -> dict[str, Any]:
        coerced: Mapping[str, Any] = variables.coerced
        found = dict(constant)
        for python_name, variable in copied:
            if variable not in coerced:
                return reference(variables)
            found[python_name] = coerced[variable]
        return found

    return by_name


def _constants(field: GraphQLField, rest: FieldNode, python: Any, converter: Any, given: frozenset[str]) -> dict[str, Any]:
    """Return the arguments that need no variable, defaults of those left out among them."""
    needed = {part.name.value for part in rest.arguments or ()}
    kept = GraphQLField(field.type, {name: arg for name, arg in field.args.items() if name in needed or name not in given})
    found = dict(convert_arguments(get_argument_values(kept, rest, None), python.arguments, converter.scalar_registry, converter.config))
    if any(value is not None and type(value) not in AS_THEY_ARE for value in found.values()):
        raise NotPlain
    return found


def _is_plain(kind: Any) -> bool:
    inner = kind.of_type if isinstance(kind, StrawberryOptional) else kind
    return any(inner is kind for kind in AS_THEY_ARE)


def _variables(node: Any) -> list[bool]:
    """Return a mark for every variable in the node's arguments or in the value."""
    if isinstance(node, VariableNode):
        return [True]
    if isinstance(node, NullValueNode) or node is None:
        return []
    parts = getattr(node, "arguments", None) or getattr(node, "fields", None) or getattr(node, "values", None) or ()
    return [mark for part in parts for mark in _variables(part.value if hasattr(part, "value") and hasattr(part, "name") else part)]
