"""Variables of one request: taken as they are when they are plainly right, else coerced, and refused, by graphql-core."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSchema, NonNullTypeNode, OperationDefinitionNode, VariableDefinitionNode
from graphql.execution.values import VariableValues, get_variable_values

Test = Callable[[Any], bool]
TESTS: Mapping[str, Test] = {
    "String": lambda value: value.__class__ is str,
    "ID": lambda value: value.__class__ is str,
    "Boolean": lambda value: value is True or value is False,
    "Int": lambda value: value.__class__ is int and -(2**31) <= value < 2**31,
}


class Variables:
    """The values of one request; as graphql-core's VariableValues, whose bookkeeping is made only when somebody needs it."""

    __slots__ = ("_reader", "_real", "coerced", "raw")

    def __init__(self, reader: "VariableReader", raw: Mapping[str, Any], coerced: dict[str, Any], real: VariableValues | None) -> None:
        self.raw = raw
        self.coerced = coerced
        self._reader = reader
        self._real = real

    @property
    def sources(self) -> Any:
        """Where each value comes from, as graphql-core wants to know it."""
        if self._real is None:
            found = self._reader.reference(self.raw)
            if isinstance(found, list):
                raise found[0]
            self._real = found
        return self._real.sources


class VariableReader:
    """Reads the variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        self._simple = [(node.variable.name.value, *_simple(node)) for node in self._definitions]

    def read(self, raw: Mapping[str, Any]) -> Variables | None:
        """Return the values; None when graphql-core refuses them, so that it may say why."""
        coerced: dict[str, Any] = {}
        for name, test, nullable in self._simple:
            value = raw.get(name)
            if value is None:
                if not nullable:
                    return self._slowly(raw)
                if name in raw:
                    coerced[name] = None
            elif test is None or not test(value):
                return self._slowly(raw)
            else:
                coerced[name] = value
        return Variables(self, raw, coerced, None)

    def reference(self, raw: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Coerce as graphql-core does."""
        return get_variable_values(self._schema, self._definitions, dict(raw), hide_suggestions=True)

    def _slowly(self, raw: Mapping[str, Any]) -> Variables | None:
        found = self.reference(raw)
        return None if isinstance(found, list) else Variables(self, raw, found.coerced, found)


def _simple(node: VariableDefinitionNode) -> tuple[Test | None, bool]:
    """Return the test of a plain value (None: there is none) and whether null or nothing is plainly right."""
    kind: Any = node.type
    required = isinstance(kind, NonNullTypeNode)
    inner: Any = kind.type if required else kind
    name = getattr(getattr(inner, "name", None), "value", "")
    return TESTS.get(name), not required and node.default_value is None
